import { type JobInput } from './jobs';

/** `present`: the same job waits or runs already. A job that failed for good is replaced and counts as `added`. */
export type PublishOutcome = 'added' | 'present';

/**
 * Gives work to the next. Jobs are at-least-once and idempotent: the durable record (the object store) decides whether
 * something is to be done, the queue only moves it.
 */
export interface JobPublisher {
  /** Starts or prolongs the quiet period of a study: one job per study, `delayMs` (default `quietMs`) after the last call. */
  completeness(job: JobInput<'completeness'>, delayMs?: number): Promise<void>;
  analyse(job: JobInput<'analyse'>): Promise<PublishOutcome>;
  deliver(job: JobInput<'deliver'>): Promise<PublishOutcome>;
  /** `delayMs` from now. */
  verify(job: JobInput<'verify'>, delayMs?: number): Promise<PublishOutcome>;
  /** At most once per `everyMs` over all processes that ask; always when it is 0 (the default). */
  maintenance(job: JobInput<'maintenance'>, everyMs?: number): Promise<void>;
}

/** One at a time over all processes. */
export interface ExclusiveLock {
  /**
   * Runs `work` while holding the lock of that name. The signal fires when the lock is lost; then the call rejects,
   * whatever `work` gave.
   * @throws QUEUE_LOCK_BUSY, QUEUE_LOCK_LOST, QUEUE_UNAVAILABLE
   */
  withLock<T>(name: string, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

/** What processes say of studies to each other, for a time: that they still hold instances that no store has. */
export interface StudyMarks {
  /** Sets or prolongs the mark of one holder; a later end replaces it. @throws QUEUE_UNAVAILABLE */
  set(studyInstanceUID: string, holder: string, ttlMs: number): Promise<void>;
  /** @throws QUEUE_UNAVAILABLE */
  clear(studyInstanceUID: string, holder: string): Promise<void>;
  /** Whether anyone holds the study. @throws QUEUE_UNAVAILABLE */
  isSet(studyInstanceUID: string): Promise<boolean>;
}

/** What a name may use over all processes; 0 or absent: without that bound. */
export interface UsageBounds {
  /** Pieces that may come at once, and as many more in a minute. */
  readonly perMinute?: number;
  /** Amount of a day, UTC. */
  readonly perDay?: number;
}

/** What callers use up together over all processes. Nothing of it outlives Redis, and nothing needs to. */
export interface SharedUsage {
  /**
   * Says how many slots of a name this holder has, and takes one more where all holders together have fewer than
   * `most`. What a holder said ends after `ttlMs`, so that one that died holds nothing.
   * @throws QUEUE_UNAVAILABLE
   */
  takeSlot(name: string, holder: string, mine: number, most: number, ttlMs: number): Promise<boolean>;
  /** Says how many slots of a name this holder has. @throws QUEUE_UNAVAILABLE */
  tellSlots(name: string, holder: string, mine: number, ttlMs: number): Promise<void>;
  /** Takes one piece, or says which bound was reached. @throws QUEUE_UNAVAILABLE */
  takePiece(name: string, bounds: UsageBounds): Promise<'taken' | 'minute' | 'day'>;
  /** Adds to the amount of today. @throws QUEUE_UNAVAILABLE */
  addAmount(name: string, amount: number): Promise<void>;
}
