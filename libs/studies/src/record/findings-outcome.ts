import { findingsKey, type ObjectStore } from '@endplate/store';
import { z } from 'zod';
import { readRecord } from './read-record';

/** The little of `findings.json` that a worklist needs; the rest is the findings room's. */
const findingsOutcomeSchema = z.looseObject({
  outcome: z.discriminatedUnion('status', [
    z.looseObject({ status: z.literal('analysed') }),
    z.looseObject({ status: z.literal('not-analysed'), reason: z.looseObject({ code: z.string(), text: z.string() }) }),
  ]),
});

/** Whether a version was analysed, and if not, why. */
export type FindingsOutcome =
  | { readonly status: 'analysed' }
  | { readonly status: 'not-analysed'; readonly reason: { readonly code: string; readonly text: string } };

/** Undefined while the version has no findings. @throws STUDIES_RECORD_INVALID */
export async function readFindingsOutcome(
  store: ObjectStore,
  studyInstanceUID: string,
  version: number,
): Promise<FindingsOutcome | undefined> {
  const found = await readRecord(store, findingsKey(studyInstanceUID, version), findingsOutcomeSchema);
  if (!found) return undefined;
  if (found.outcome.status === 'analysed') return { status: 'analysed' };
  const { code, text } = found.outcome.reason;
  return { status: 'not-analysed', reason: { code, text } };
}
