import { type JobsOptions } from 'bullmq';
import { type JobData, type JobInput, type Priority, type QueueName } from '../contract/jobs';

const DAY_S = 24 * 3600;

/**
 * BullMQ takes lower numbers first, and jobs without a priority before all: so every analyse job has one, and the
 * queue's length is the length of one sorted set.
 */
const PRIORITY: Readonly<Record<Priority, number>> = { stat: 1, routine: 10 };

/** Tries and pauses per queue. Between them lie 2^(n-1) times the base, with jitter. */
const TRIES: Readonly<Record<QueueName, { attempts: number; baseMs: number }>> = {
  completeness: { attempts: 10, baseMs: 2_000 },
  analyse: { attempts: 4, baseMs: 10_000 },
  // A day of a PACS that is down, whatever the jitter takes from the pauses; after that a person has to look.
  deliver: { attempts: 13, baseMs: 31_000 },
  verify: { attempts: 13, baseMs: 31_000 },
  maintenance: { attempts: 1, baseMs: 60_000 },
};

/**
 * Options of a job. A finished job is removed at once: its id must be free for the same study and version, because the
 * object store says what is done, not Redis. A job that failed for good is kept to be looked at; whoever publishes it
 * again replaces it.
 */
export function jobOptions<Q extends QueueName>(queue: Q, data: JobData<Q>): JobsOptions {
  const { attempts, baseMs } = TRIES[queue];
  return {
    attempts,
    backoff: { type: 'exponential', delay: baseMs, jitter: 0.3 },
    removeOnComplete: true,
    removeOnFail: { age: 14 * DAY_S, count: 10_000 },
    stackTraceLimit: 0,
    ...(queue === 'analyse' ? { priority: PRIORITY[(data as JobData<'analyse'>).priority] } : {}),
  };
}

/**
 * The quiet period: while the study's job is delayed, every instance replaces it and its delay begins anew. An
 * instance that comes while the job runs makes one more run after it (`keepLastIfActive`), and the key that holds all
 * this has no time of its own, so it cannot run out between the end of the delay and the run.
 */
export function debounceOptions(job: JobInput<'completeness'>, delayMs: number): JobsOptions {
  return {
    delay: delayMs,
    deduplication: {
      id: job.studyInstanceUID,
      ttl: Math.max(delayMs, 1),
      extend: true,
      replace: true,
      keepLastIfActive: true,
    },
  };
}
