import { z } from 'zod';
import { JobInvalidError } from '../errors';

/** @standard PS3.5 9.1 */
const uid = z
  .string()
  .max(64)
  .regex(/^(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))*$/);
const version = z.int().min(1);
const priority = z.enum(['stat', 'routine']);
/** As in the key table, so that a destination can stand in a key and in a job id. */
const destination = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/i);

/**
 * The data of every job: keys and versions only, never a name, a patient's id or pixel data. Unknown fields are
 * refused, so nothing can ride along.
 */
export const JOB_SCHEMAS = {
  /** A study was silent for its quiet period: see whether its instances make a new version. */
  completeness: z.strictObject({
    studyInstanceUID: uid,
    /** Silence that was waited for, in ms. */
    quietMs: z.int().min(0),
    priority,
    /** How often this study was found still moving when its job ran. */
    rearmed: z.int().min(0).default(0),
    /** The quiet period was not waited for: somebody said which instances there are. */
    early: z.boolean().optional(),
  }),
  /** Analyse one version. */
  analyse: z.strictObject({ studyInstanceUID: uid, version, priority: priority.default('routine') }),
  /** Bring the results of one version to one destination. */
  deliver: z.strictObject({ studyInstanceUID: uid, version, destination }),
  /** See whether what was sent to a destination is there (commitment, read back). */
  verify: z.strictObject({ studyInstanceUID: uid, version, destination }),
  /** Housekeeping. */
  maintenance: z.strictObject({ task: z.enum(['reconcile']) }),
} as const;

/** Names of the queues. */
export type QueueName = keyof typeof JOB_SCHEMAS;

/** All queues, in the order work flows through them. */
export const QUEUE_NAMES = [
  'completeness',
  'analyse',
  'deliver',
  'verify',
  'maintenance',
] as const satisfies QueueName[];

/** What a publisher gives. */
export type JobInput<Q extends QueueName> = z.input<(typeof JOB_SCHEMAS)[Q]>;

/** What a handler gets. */
export type JobData<Q extends QueueName> = z.output<(typeof JOB_SCHEMAS)[Q]>;

/** STAT goes before routine. */
export type Priority = z.infer<typeof priority>;

/**
 * Reads a job's data at the door of a handler.
 * @throws QUEUE_JOB_INVALID
 */
export function parseJob<Q extends QueueName>(queue: Q, data: unknown): JobData<Q> {
  const parsed = JOB_SCHEMAS[queue].safeParse(data);
  if (parsed.success) return parsed.data as JobData<Q>;
  throw new JobInvalidError(
    queue,
    parsed.error.issues.map((issue) => issue.path.join('.')),
  );
}

/**
 * The id that makes a job unique in its queue, or undefined where BullMQ numbers (debounced and scheduled jobs).
 * UIDs and versions only: an id shows up in logs and dashboards.
 */
export function jobIdOf<Q extends QueueName>(queue: Q, data: JobData<Q>): string | undefined {
  switch (queue) {
    case 'analyse': {
      const { studyInstanceUID, version: n } = data as JobData<'analyse'>;
      return `${studyInstanceUID}.${n}`;
    }
    case 'deliver':
    case 'verify': {
      const { studyInstanceUID, version: n, destination: to } = data as JobData<'deliver'>;
      return `${studyInstanceUID}.${n}.${to}`;
    }
    case 'completeness':
    case 'maintenance':
      return undefined;
    default:
      return undefined;
  }
}
