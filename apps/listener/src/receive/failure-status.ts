import { type DimseStatus, errorCommentOf, Status } from '@endplate/dimse';

/**
 * The one table from failures of receiving to the statuses of the Storage service; STOW-RS gives the same numbers as
 * failure reasons. The first beginning that matches wins.
 * @standard PS3.4 B.2.3
 * @standard PS3.18 10.5
 */
const STATUS_BY_CODE: readonly (readonly [string, number])[] = [
  ['LISTENER_CLASS_UNSUPPORTED', Status.SOPClassNotSupported],
  ['LISTENER_INSTANCE_TOO_LARGE', Status.OutOfResources],
  ['LISTENER_QUOTA', Status.OutOfResources],
  ['LISTENER_FILTERED', Status.NotAuthorised],
  ['LISTENER_SYNTAX_UNSUPPORTED', Status.CannotUnderstand],
  ['LISTENER_', Status.DataSetDoesNotMatchSOPClass],
  ['DICOM_', Status.CannotUnderstand],
  ['STORE_KEY_INVALID', Status.CannotUnderstand],
  // Disk full, store away, store too slow, credentials wrong: not the sender's fault, and it may try later.
  ['STORE_', Status.OutOfResources],
  ['QUEUE_', Status.OutOfResources],
];

/** The status a sender gets for a failure. Foreign errors say nothing of themselves: their text may quote a value. */
export function statusOfFailure(error: unknown): DimseStatus {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  const found = typeof code === 'string' ? STATUS_BY_CODE.find(([beginning]) => code.startsWith(beginning)) : undefined;
  if (!found) return { status: Status.ProcessingFailure, errorComment: 'Internal error' };
  const away = found[1] === Status.OutOfResources && !String(code).startsWith('LISTENER_');
  const comment = away ? `Cannot store now: ${String(code)}` : String(message);
  return { status: found[1], errorComment: errorCommentOf(comment) };
}
