import { statusOfFailure } from '../receive/failure-status';
import { type PartResult } from './part-intake';

/** A dataset in the DICOM JSON model, as far as the answer needs it. @standard PS3.18 F.2 */
export type JsonDataSet = Readonly<Record<string, { readonly vr: string; readonly Value?: readonly unknown[] }>>;

/**
 * The Store Instances response: what is stored, what is not and why, and what could not even be named.
 * @standard PS3.18 10.5.3
 */
export function storeResponse(results: readonly PartResult[]): { status: number; body: JsonDataSet } {
  const taken = results.filter((one) => one.kind === 'taken');
  const refused = results.filter((one) => one.kind === 'refused');
  const named = refused.filter((one) => one.sopInstanceUID !== undefined);
  const unnamed = refused.filter((one) => one.sopInstanceUID === undefined);
  const body: JsonDataSet = {
    // Retrieve URL: zero length, there is nothing to retrieve from here.
    '00081190': { vr: 'UR' },
    ...sequence('00081199', taken.map(referenced)),
    ...sequence(
      '00081198',
      named.map((one) => ({ ...referenced(one), ...failureReason(one.error) })),
    ),
    ...sequence(
      '0008119A',
      unnamed.map((one) => failureReason(one.error)),
    ),
  };
  const status = refused.length === 0 ? 200 : taken.length > 0 ? 202 : 409;
  return { status, body };
}

function referenced({ sopClassUID, sopInstanceUID }: { sopClassUID?: string; sopInstanceUID?: string }): JsonDataSet {
  return {
    '00081150': { vr: 'UI', Value: [sopClassUID] },
    '00081155': { vr: 'UI', Value: [sopInstanceUID] },
  };
}

function failureReason(error: unknown): JsonDataSet {
  return { '00081197': { vr: 'US', Value: [statusOfFailure(error).status] } };
}

function sequence(tag: string, items: readonly JsonDataSet[]): JsonDataSet {
  return items.length === 0 ? {} : { [tag]: { vr: 'SQ', Value: items } };
}
