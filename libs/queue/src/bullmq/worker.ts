import { setTimeout as delay } from 'node:timers/promises';
import { type Job, UnrecoverableError, Worker } from 'bullmq';
import { type QueueListener } from '../contract/events';
import { type JobData, parseJob, type QueueName } from '../contract/jobs';
import { JobAbortedError } from '../errors';
import { consumerConnection, DEFAULT_PREFIX, type OwnedRedis, type QueueConnection } from './connection';
import { Watchdog } from './watchdog';

/** What a handler learns besides the data. */
export interface JobContext {
  readonly jobId: string;
  /** 1 for the first try. */
  readonly attempt: number;
  /** Fires when the job is to stop: shutdown, or the lock was lost and another process has the job. */
  readonly signal: AbortSignal;
}

/** Does one job. It may be called again for the same job, after a crash even at the same time in another process. */
export type JobHandler<Q extends QueueName> = (data: JobData<Q>, context: JobContext) => Promise<void>;

/** Settings of the taking side. */
export interface WorkerOptions extends QueueConnection {
  /** Jobs at once in this process. Default 1. */
  readonly concurrency?: number;
  /** A job whose process is silent for this long is given to another, in ms. Default 30 s. */
  readonly lockDurationMs?: number;
  /** How often silent jobs are looked for, in ms. Default 15 s. */
  readonly stalledIntervalMs?: number;
  /**
   * How often a job may lose its process before it counts as failed. Default 5: BullMQ's 1 would park a study for good
   * after two kills, and kills (out of memory, eviction, rolling update) are the node's fault more often than the
   * study's. A study that does kill its process ends here after six.
   */
  readonly maxStalledCount?: number;
  /** Work waits, hands are free, and nothing is taken for this long: the worker is stuck. In ms, default 60 s. */
  readonly watchdogMs?: number;
  /** At close, running jobs get this long before they are told to stop, in ms. Default 30 s. */
  readonly drainMs?: number;
  readonly notify?: QueueListener;
}

/** The taking side of one queue. */
export interface QueueWorker {
  /** Resolves while the worker takes work or there is none; rejects when it is stuck. For a liveness probe. */
  health(): Promise<void>;
  /** Resolves when the worker is connected. */
  ready(): Promise<void>;
  /** Takes no new job, waits for the running ones, then tells them to stop. */
  close(): Promise<void>;
}

/** Starts to take jobs of a queue. */
export function createWorker<Q extends QueueName>(
  queue: Q,
  handler: JobHandler<Q>,
  options: WorkerOptions,
): QueueWorker {
  return new BullQueueWorker(queue, handler, options);
}

/** How long Redis may take to hear that a worker closes. */
const CLOSE_MS = 3000;

class BullQueueWorker<Q extends QueueName> implements QueueWorker {
  private readonly owned: OwnedRedis;
  private readonly worker: Worker;
  private readonly watchdog: Watchdog;
  private readonly running = new Map<string, AbortController>();
  /** What the handler threw, by what was told to BullMQ instead. */
  private readonly thrown = new WeakMap<Error, Error>();
  private readonly notify: QueueListener;
  private closing: Promise<void> | undefined;
  private onIdle: () => void = () => undefined;

  constructor(
    private readonly queue: Q,
    private readonly handler: JobHandler<Q>,
    private readonly options: WorkerOptions,
  ) {
    this.notify = options.notify ?? (() => undefined);
    const concurrency = options.concurrency ?? 1;
    this.owned = consumerConnection(options);
    this.owned.redis.on('error', (error: Error) => this.notify({ type: 'redis-error', queue, error }));
    this.worker = new Worker(queue, (job) => this.process(job), {
      connection: this.owned.redis,
      prefix: options.prefix ?? DEFAULT_PREFIX,
      concurrency,
      lockDuration: options.lockDurationMs ?? 30_000,
      stalledInterval: options.stalledIntervalMs ?? 15_000,
      maxStalledCount: options.maxStalledCount ?? 5,
    });
    this.listen();
    this.watchdog = new Watchdog(queue, options, {
      hasFreeHands: () => this.running.size < concurrency && !this.closing,
      notify: this.notify,
    });
  }

  health(): Promise<void> {
    return this.watchdog.health();
  }

  async ready(): Promise<void> {
    await this.worker.waitUntilReady();
  }

  close(): Promise<void> {
    this.closing ??= this.drain();
    return this.closing;
  }

  private async drain(): Promise<void> {
    await this.watchdog.close();
    const stop = setTimeout(() => {
      for (const controller of this.running.values()) controller.abort(new JobAbortedError('shutdown'));
    }, this.options.drainMs ?? 30_000);
    // BullMQ's own close waits for Redis: while that is away there is nothing to wait for but our running jobs.
    await Promise.race([this.worker.close(), this.idle().then(() => delay(CLOSE_MS, undefined, { ref: false }))]);
    clearTimeout(stop);
    this.owned.end();
  }

  /** Resolves when no handler runs. */
  private idle(): Promise<void> {
    if (this.running.size === 0) return Promise.resolve();
    return new Promise((resolve) => (this.onIdle = resolve));
  }

  /** Anything thrown here ends in Redis as the job's failure reason, so only safe texts leave. */
  private async process(job: Job): Promise<void> {
    const jobId = job.id ?? '';
    const controller = new AbortController();
    this.running.set(jobId, controller);
    this.watchdog.progress();
    try {
      const data = parseJob(this.queue, job.data);
      await this.handler(data, { jobId, attempt: job.attemptsMade + 1, signal: controller.signal });
    } catch (error) {
      const failure = asFailure(error);
      this.thrown.set(failure, error instanceof Error ? error : new Error('not an error'));
      throw failure;
    } finally {
      this.running.delete(jobId);
      if (this.running.size === 0) this.onIdle();
      this.watchdog.progress();
    }
  }

  private listen(): void {
    const { worker, queue, notify } = this;
    worker.on('completed', (job: Job) => {
      const durationMs = (job.finishedOn ?? 0) - (job.processedOn ?? 0);
      notify({ type: 'job-completed', queue, jobId: job.id ?? '', durationMs });
    });
    // Also told for a job that lost its process too often and never reached the handler again.
    worker.on('failed', (job: Job | undefined, failure: Error) => {
      const attempt = job?.attemptsMade ?? 0;
      const final = failure instanceof UnrecoverableError || attempt >= (job?.opts.attempts ?? 1);
      const error = this.thrown.get(failure) ?? failure;
      notify({ type: 'job-failed', queue, jobId: job?.id ?? '', attempt, final, error });
    });
    worker.on('stalled', (jobId: string) => notify({ type: 'job-stalled', queue, jobId }));
    worker.on('lockRenewalFailed', (jobIds: string[]) => {
      for (const jobId of jobIds) {
        notify({ type: 'lock-lost', queue, jobId });
        // Another process may have the job by now: ours must not go on writing.
        this.running.get(jobId)?.abort(new JobAbortedError('its lock was lost'));
      }
    });
    worker.on('error', (error: Error) => notify({ type: 'redis-error', queue, error }));
  }
}

/** `retryable: false` becomes BullMQ's UnrecoverableError; of foreign errors only the name goes to Redis. */
function asFailure(error: unknown): Error {
  const { code, retryable } = (error ?? {}) as { code?: unknown; retryable?: unknown };
  const ours = error instanceof Error && typeof code === 'string' && typeof retryable === 'boolean';
  if (!ours) return new Error(`UNEXPECTED: ${error instanceof Error ? error.name : typeof error}`);
  const text = `${code}: ${error.message}`;
  return retryable ? new Error(text) : new UnrecoverableError(text);
}
