import { Queue } from 'bullmq';
import { type Redis } from 'ioredis';
import { type QueueListener } from '../contract/events';
import { type JobData, type JobInput, jobIdOf, parseJob, QUEUE_NAMES, type QueueName } from '../contract/jobs';
import {
  type ExclusiveLock,
  type JobPublisher,
  type PublishOutcome,
  type SharedUsage,
  type StudyMarks,
} from '../contract/publisher.port';
import { QueueError, QueueUnavailableError } from '../errors';
import { DEFAULT_PREFIX, firstAttempt, type OwnedRedis, producerConnection, type QueueConnection } from './connection';
import { debounceOptions, jobOptions } from './job-policy';
import { type LockTimes, RedisLock } from './redis-lock';
import { RedisUsage } from './shared-usage';
import { RedisStudyMarks } from './study-marks';

/** Work of one queue by state. */
export interface QueueCounts {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
}

/** Settings of the giving side. */
export interface QueuesOptions extends QueueConnection {
  readonly notify?: QueueListener;
  readonly lock?: LockTimes;
}

/** The giving side of all queues over one connection. Nothing is asked of Redis before the first call. */
export function createQueues(options: QueuesOptions): Queues {
  return new Queues(options);
}

/** Gives jobs, counts them, schedules housekeeping, holds locks. */
export class Queues implements JobPublisher, ExclusiveLock {
  /** Which studies have instances on their way. */
  readonly marks: StudyMarks;
  /** What callers use up together over all processes. */
  readonly usage: SharedUsage;
  private readonly owned: OwnedRedis;
  private readonly redis: Redis;
  private readonly queues: ReadonlyMap<QueueName, Queue>;
  private readonly lock: RedisLock;
  private readonly timeoutMs: number;

  constructor(options: QueuesOptions) {
    const notify = options.notify ?? (() => undefined);
    const prefix = options.prefix ?? DEFAULT_PREFIX;
    this.timeoutMs = options.commandTimeoutMs ?? 5000;
    this.owned = producerConnection(options, notify);
    this.redis = this.owned.redis;
    this.lock = new RedisLock(this.redis, prefix, options.lock);
    const marks = new RedisStudyMarks(this.redis, prefix);
    this.marks = {
      set: (...mark) => this.ask('Marking a study', () => marks.set(...mark)),
      clear: (...mark) => this.ask('Unmarking a study', () => marks.clear(...mark)),
      isSet: (study) => this.ask('Asking for marks', () => marks.isSet(study)),
    };
    const usage = new RedisUsage(this.redis, prefix);
    this.usage = {
      takeSlot: (...slot) => this.ask('Taking a slot', () => usage.takeSlot(...slot)),
      tellSlots: (...slots) => this.ask('Telling slots', () => usage.tellSlots(...slots)),
      takePiece: (...piece) => this.ask('Taking a piece', () => usage.takePiece(...piece)),
      addAmount: (...amount) => this.ask('Adding an amount', () => usage.addAmount(...amount)),
    };
    this.queues = new Map(
      QUEUE_NAMES.map((name) => {
        const queue = new Queue(name, { connection: this.redis, prefix, skipVersionCheck: true });
        queue.on('error', (error) => notify({ type: 'redis-error', queue: name, error }));
        return [name, queue];
      }),
    );
  }

  async completeness(input: JobInput<'completeness'>, delayMs = input.quietMs): Promise<void> {
    const job = parseJob('completeness', input);
    const options = { ...jobOptions('completeness', job), ...debounceOptions(job, delayMs) };
    await this.ask('Adding a completeness job', () => this.queue('completeness').add('completeness', job, options));
  }

  analyse(job: JobInput<'analyse'>): Promise<PublishOutcome> {
    return this.publish('analyse', parseJob('analyse', job));
  }

  deliver(job: JobInput<'deliver'>): Promise<PublishOutcome> {
    return this.publish('deliver', parseJob('deliver', job));
  }

  verify(job: JobInput<'verify'>, delayMs = 0): Promise<PublishOutcome> {
    return this.publish('verify', parseJob('verify', job), delayMs);
  }

  async maintenance(input: JobInput<'maintenance'>, everyMs = 0): Promise<void> {
    const job = parseJob('maintenance', input);
    const options = {
      ...jobOptions('maintenance', job),
      ...(everyMs > 0 ? { deduplication: { id: job.task, ttl: everyMs } } : {}),
    };
    await this.ask('Adding a maintenance job', () => this.queue('maintenance').add('maintenance', job, options));
  }

  async withLock<T>(name: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    await firstAttempt(this.redis);
    return this.lock.withLock(name, work);
  }

  /** How much work a queue holds. @throws QUEUE_UNAVAILABLE */
  async counts(queue: QueueName): Promise<QueueCounts> {
    const states = ['wait', 'prioritized', 'active', 'delayed', 'failed'] as const;
    const found = await this.ask('Counting', () => this.queue(queue).getJobCounts(...states));
    const of = (state: (typeof states)[number]) => found[state] ?? 0;
    return {
      waiting: of('wait') + of('prioritized'),
      active: of('active'),
      delayed: of('delayed'),
      failed: of('failed'),
    };
  }

  /** Resolves when Redis answers. @throws QUEUE_UNAVAILABLE */
  async ping(): Promise<void> {
    await this.ask('Ping', () => this.redis.ping());
  }

  /** Gives the connection back. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.queues.values()].map((queue) => queue.close()));
    this.owned.end();
  }

  private async publish<Q extends QueueName>(name: Q, data: JobData<Q>, delayMs = 0): Promise<PublishOutcome> {
    const jobId = jobIdOf(name, data);
    const queue = this.queue(name);
    return this.ask(`Adding a job to ${name}`, async () => {
      const before = jobId === undefined ? undefined : await queue.getJob(jobId);
      if (before) {
        const state = await before.getState();
        // One that failed for good keeps its id; the durable record asks for it again, so it makes room.
        if (state !== 'failed' && state !== 'completed' && state !== 'unknown') return 'present';
        await before.remove();
      }
      const options = {
        ...jobOptions(name, data),
        ...(jobId ? { jobId } : {}),
        ...(delayMs ? { delay: delayMs } : {}),
      };
      await queue.add(name, data, options);
      return 'added';
    });
  }

  private queue(name: QueueName): Queue {
    return this.queues.get(name)!;
  }

  /** Every exchange has an end, also the wait for a connection that was never there. */
  private async ask<T>(what: string, exchange: () => Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new QueueUnavailableError(what)), this.timeoutMs);
    });
    const answer = firstAttempt(this.redis).then(exchange);
    // When the timer wins, a late rejection has nobody else to catch it.
    answer.catch(() => undefined);
    try {
      return await Promise.race([answer, late]);
    } catch (cause) {
      if (cause instanceof QueueError) throw cause;
      throw new QueueUnavailableError(what, { cause });
    } finally {
      clearTimeout(timer);
    }
  }
}
