import { Status, statusKind } from '@endplate/dimse';
import { type SendAnswer } from './destination.port';

/** Failures that say "not now" rather than "not this". @standard PS3.4 B.2.3, PS3.7 C */
const PASSING: ReadonlySet<number> = new Set([Status.ProcessingFailure, Status.ResourceLimitation]);

/**
 * What a C-STORE status means for the object: A7xx (out of resources), processing failure and resource limitation may
 * pass; "duplicate" means that it is there, which reading back will prove.
 * @standard PS3.4 B.2.3
 */
export function storeVerdict(status: number): SendAnswer['verdict'] {
  const kind = statusKind(status);
  if (kind === 'success' || kind === 'warning' || status === Status.DuplicateSOPInstance) return 'accepted';
  return PASSING.has(status) || status >> 8 === 0xa7 ? 'busy' : 'refused';
}

/** Failures of one SOP class that another one may not have. @standard PS3.4 B.2.3 */
export function refusesSopClass(status: number): boolean {
  return status === Status.SOPClassNotSupported || status >> 8 === Status.DataSetDoesNotMatchSOPClass >> 8;
}
