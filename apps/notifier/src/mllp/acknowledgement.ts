import { type SendAnswer } from '../destination/destination.port';

/** What an acknowledgement says. */
export interface Acknowledgement {
  /** MSA-1. @standard HL7 v2.5.1 table 0008 */
  readonly code: string;
  /** MSA-2: the control id of the message that is meant. */
  readonly controlId: string;
  /** ERR-3 (or ERR-1.4 of older versions). @standard HL7 v2.5.1 table 0357 */
  readonly errorCode?: string;
}

/** Errors that another try may not meet: a locked record, an internal error. @standard HL7 v2.5.1 table 0357 */
const PASSING_ERRORS: ReadonlySet<string> = new Set(['206', '207']);
/** Message type, event, processing id or version that the receiver does not take. @standard HL7 v2.5.1 table 0357 */
const LASTING_ERRORS: ReadonlySet<string> = new Set(['200', '201', '202', '203']);

/** MSH-10 of a message, or undefined where it is none. @standard HL7 v2.5.1 2.14.9.10 */
export function controlIdOf(message: Buffer): string | undefined {
  const msh = segments(message)[0];
  if (msh?.[0] !== 'MSH') return undefined;
  // MSH-1 is the separator itself, so that MSH-n stands at n - 1.
  return msh[9] === '' ? undefined : msh[9];
}

/** Reads an acknowledgement, undefined where it is none. Its texts are left out: receivers quote the patient there. */
export function readAcknowledgement(message: Buffer): Acknowledgement | undefined {
  const all = segments(message);
  const msa = all.find(([id]) => id === 'MSA');
  if (all[0]?.[0] !== 'MSH' || !/^[AC][AER]$/.test(msa?.[1] ?? '')) return undefined;
  const err = all.find(([id]) => id === 'ERR');
  const errorCode = /^[0-9]{3}/.exec(err?.[3] ?? '')?.[0] ?? /\^([0-9]{3})/.exec(err?.[1] ?? '')?.[1];
  return { code: msa![1]!, controlId: msa![2] ?? '', ...(errorCode === undefined ? {} : { errorCode }) };
}

/**
 * What an acknowledgement means for the message: accept is accepted; an error is one of the message, unless it names a
 * lock or a failure of the receiver; a rejection is one of the receiver's state, unless it names what it never takes.
 * @standard HL7 v2.5.1 2.9.2
 */
export function acknowledgementVerdict({ code, errorCode = '' }: Acknowledgement): SendAnswer['verdict'] {
  if (code.endsWith('A')) return 'accepted';
  if (code.endsWith('E')) return PASSING_ERRORS.has(errorCode) ? 'busy' : 'refused';
  return LASTING_ERRORS.has(errorCode) ? 'refused' : 'busy';
}

/** Fields by segment; the separator is the one that MSH names. */
function segments(message: Buffer): readonly (readonly string[])[] {
  const text = message.toString('latin1');
  const separator = text.startsWith('MSH') ? text.charAt(3) : '|';
  return text.split(/[\r\n]+/).map((segment) => segment.split(separator));
}
