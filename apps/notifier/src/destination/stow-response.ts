import { type DicomObject, type SendAnswer } from './destination.port';
import { storeVerdict } from './store-verdict';

const FAILED_SOP_SEQUENCE = '00081198';
const REFERENCED_SOP_SEQUENCE = '00081199';
const REFERENCED_SOP_INSTANCE_UID = '00081155';
const WARNING_REASON = '00081196';
const FAILURE_REASON = '00081197';
/** Processing failure, for an instance that failed without a reason. @standard PS3.7 C.4.2 */
const NO_REASON = 0x0110;

type JsonItem = Readonly<Record<string, { readonly Value?: unknown } | undefined>>;

/**
 * What a STOW-RS answer says of each object. Where it says nothing of one, the status of the whole decides: 409 means
 * that nothing was stored; after 200 and 202 the read-back will tell.
 * @param body - DICOM JSON; whatever has another form says nothing
 * @standard PS3.18 10.5.3
 */
export function stowAnswers(objects: readonly DicomObject[], status: number, body: Buffer): readonly SendAnswer[] {
  const answer = itemOf(jsonOf(body));
  const failed = reasons(answer, FAILED_SOP_SEQUENCE, FAILURE_REASON, NO_REASON);
  const stored = reasons(answer, REFERENCED_SOP_SEQUENCE, WARNING_REASON, 0);
  return objects.map((object) => {
    const failure = failed.get(object.sopInstanceUID);
    if (failure !== undefined) {
      return { object, verdict: storeVerdict(failure), status: failure, answer: `HTTP ${status}` };
    }
    const warning = stored.get(object.sopInstanceUID);
    if (warning !== undefined) return { object, verdict: 'accepted', status: warning, answer: `HTTP ${status}` };
    return { object, verdict: status === 409 ? 'refused' : 'accepted', answer: `HTTP ${status}` };
  });
}

/** Reason by SOP Instance UID. */
function reasons(answer: JsonItem, sequence: string, reason: string, absent: number): ReadonlyMap<string, number> {
  const items = answer[sequence]?.Value;
  return new Map(
    (Array.isArray(items) ? items : []).flatMap((one: unknown): [string, number][] => {
      const item = itemOf(one);
      const uid = first(item[REFERENCED_SOP_INSTANCE_UID]?.Value);
      const value = first(item[reason]?.Value);
      const known = typeof value === 'number' && value >= 0 && value <= 0xffff;
      return typeof uid === 'string' ? [[uid, known ? value : absent]] : [];
    }),
  );
}

/** Some servers put the one data set of the answer into a list. */
function itemOf(value: unknown): JsonItem {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  return typeof one === 'object' && one !== null ? (one as JsonItem) : {};
}

function first(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : undefined;
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
