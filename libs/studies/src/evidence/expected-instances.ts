import { createHash } from 'node:crypto';
import { isStorableUid } from '@endplate/store';
import { z } from 'zod';
import { EvidenceInvalidError } from '../errors';

const uid = z.string().refine(isStorableUid, 'must be a UID (PS3.5 9.1)');
/** @standard PS3.5 6.2 */
export const aeTitleSchema = z.string().regex(/^(?! )[\x20-\x5b\x5d-\x7e]{1,16}(?<! )$/);

/** What a study's completeness can rest on; the quiet period needs nobody who says it. */
export const EVIDENCE_SOURCES = ['quiet-period', 'c-find', 'mpps', 'ian'] as const;
/** What a study's completeness can rest on. */
export type EvidenceSource = (typeof EVIDENCE_SOURCES)[number];

/** Instances named by one statement at most; of more, the count is kept and the names beyond are not. */
export const MAX_NAMED_INSTANCES = 20_000;
/** Longest count that is believed. */
export const MAX_COUNT = 1_000_000;

/** An instance that somebody says exists. */
export const namedInstanceSchema = z.object({ seriesInstanceUID: uid, sopInstanceUID: uid });
/** An instance that somebody says exists. */
export type NamedInstance = z.output<typeof namedInstanceSchema>;

/** What somebody said of the instances that a study has, or that a step of its acquisition made. */
export const expectedInstancesSchema = z.object({
  schema: z.literal('endplate.evidence/1'),
  studyInstanceUID: uid,
  /** `c-find`: the whole study as its source has it. `mpps`, `ian`: one step, one notification; there may be several. */
  source: z.enum(['c-find', 'mpps', 'ian']),
  /** AE title of who said it. */
  saidBy: aeTitleSchema,
  /** When it was heard first; ISO 8601, UTC. */
  at: z.iso.datetime(),
  /** SOP Instance UID of the procedure step or notification. */
  reference: uid.optional(),
  /** How many instances there are. */
  count: z.int().min(0).max(MAX_COUNT),
  /** `c-find`: instances there that are not counted, for we do not take them or made them. */
  leftOut: z.int().min(0).max(MAX_COUNT).optional(),
  /** Which they are, ascending by UID, each once; absent where only the count is known, shorter where it is cut. */
  instances: z.array(namedInstanceSchema).max(MAX_NAMED_INSTANCES).optional(),
});
/** What somebody said of a study's instances. */
export type ExpectedInstances = z.output<typeof expectedInstancesSchema>;

/** A statement as it is heard. One of `count` and `instances` must be there. */
export interface HeardInstances {
  readonly studyInstanceUID: string;
  readonly source: ExpectedInstances['source'];
  readonly saidBy: string;
  readonly reference?: string;
  readonly count?: number;
  readonly leftOut?: number;
  readonly instances?: Iterable<NamedInstance>;
}

/**
 * The statement in the form in which it is kept: names sorted, each once, and not more than
 * {@link MAX_NAMED_INSTANCES}; the count is that of all names where none is given.
 * @throws STUDIES_EVIDENCE_INVALID where a UID, an AE title or a count is none
 */
export function expectedInstances(heard: HeardInstances, at: Date): ExpectedInstances {
  const { studyInstanceUID, source, saidBy, reference, count, leftOut } = heard;
  const named = heard.instances && sortedOnce(heard.instances);
  const parsed = expectedInstancesSchema.safeParse({
    schema: 'endplate.evidence/1',
    studyInstanceUID,
    source,
    saidBy,
    at: at.toISOString(),
    ...(reference === undefined ? {} : { reference }),
    count: count ?? named?.length,
    ...(leftOut === undefined ? {} : { leftOut }),
    ...(named ? { instances: named.slice(0, MAX_NAMED_INSTANCES) } : {}),
  });
  if (parsed.success) return parsed.data;
  const paths = parsed.error.issues.slice(0, 5).map(({ path }) => path.join('.'));
  throw new EvidenceInvalidError(paths);
}

/**
 * SHA-256 of what was said. A procedure step or a notification heard again is the same evidence; an answer to C-FIND
 * is one of its moment, and the same count an hour later is another answer.
 */
export function digestExpected(expected: ExpectedInstances): string {
  const { studyInstanceUID, source, saidBy, reference = '', count, instances } = expected;
  const moment = source === 'c-find' ? expected.at : '';
  const hash = createHash('sha256');
  hash.update(JSON.stringify([studyInstanceUID, source, saidBy, reference, count, moment]));
  for (const one of instances ?? []) hash.update(`${one.seriesInstanceUID}/${one.sopInstanceUID}\n`);
  return hash.digest('hex');
}

/** Whether a statement names every instance that it counts. */
export function namesAll({ count, instances }: ExpectedInstances): boolean {
  return instances !== undefined && instances.length >= count;
}

/** A notification that never ends is read up to the longest count that is believed. */
function sortedOnce(instances: Iterable<NamedInstance>): NamedInstance[] {
  const once = new Map<string, NamedInstance>();
  for (const { seriesInstanceUID, sopInstanceUID } of instances) {
    once.set(sopInstanceUID, { seriesInstanceUID, sopInstanceUID });
    if (once.size > MAX_COUNT) break;
  }
  return [...once.values()].sort((a, b) => (a.sopInstanceUID < b.sopInstanceUID ? -1 : 1));
}
