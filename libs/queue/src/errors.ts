/** Stable codes of everything the queues can fail with. */
export type QueueErrorCode =
  'QUEUE_JOB_INVALID' | 'QUEUE_UNAVAILABLE' | 'QUEUE_LOCK_BUSY' | 'QUEUE_LOCK_LOST' | 'QUEUE_JOB_ABORTED';

/** Base of every failure of the queues. */
export class QueueError extends Error {
  constructor(
    readonly code: QueueErrorCode,
    readonly retryable: boolean,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The data of a job does not have the form of its schema; trying again changes nothing. */
export class JobInvalidError extends QueueError {
  constructor(
    readonly queue: string,
    readonly paths: readonly string[],
  ) {
    super(
      'QUEUE_JOB_INVALID',
      false,
      `A job of ${queue} does not fit its schema at: ${paths.join(', ') || 'the top'}.`,
    );
  }
}

/** Redis cannot be reached or did not answer in time; whether the job was added is unknown. */
export class QueueUnavailableError extends QueueError {
  constructor(what: string, options?: ErrorOptions) {
    super('QUEUE_UNAVAILABLE', true, `${what}: Redis cannot be reached or did not answer in time.`, options);
  }
}

/** Somebody else holds the lock and did not give it back in time. */
export class LockBusyError extends QueueError {
  constructor(waitedMs: number) {
    super('QUEUE_LOCK_BUSY', true, `The lock is held by another process; waited ${waitedMs} ms.`);
  }
}

/** The lock ran out while the work was going on; what was written after that moment may collide. */
export class LockLostError extends QueueError {
  constructor() {
    super('QUEUE_LOCK_LOST', true, 'The lock ran out before the work was done.');
  }
}

/** The job was told to stop: the process shuts down, or another process took the job over. */
export class JobAbortedError extends QueueError {
  constructor(reason: string) {
    super('QUEUE_JOB_ABORTED', true, `The job was stopped: ${reason}.`);
  }
}
