import { createHash } from 'node:crypto';
import { DicomUidError } from '../errors';

/** A unique identifier that was checked by {@link parseUid} or made by {@link deriveUid}. @standard PS3.5 9.1 */
export type UID = string & { readonly __brand: 'UID' };

const MAX_UID_LENGTH = 64;
// Components without leading zeros; the quantifiers cannot overlap, so matching is linear.
const UID_PATTERN = /^(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))+$/;

/** True if `text` is a UID: at most 64 characters, digits and dots, two components or more, none with a leading zero. */
export function isUid(text: string): text is UID {
  return text.length <= MAX_UID_LENGTH && UID_PATTERN.test(text);
}

/**
 * Checks a UID before it is used as a key, a file name or an answer; padding must have been removed.
 *
 * @throws {@link DicomUidError} `DICOM_UID_INVALID`
 * @standard PS3.5 9.1
 */
export function parseUid(text: string): UID {
  if (isUid(text)) return text;
  if (text.length === 0) throw new DicomUidError('empty');
  if (text.length > MAX_UID_LENGTH) throw new DicomUidError(`${text.length} characters, 64 are allowed`);
  if (/[^0-9.]/.test(text)) throw new DicomUidError('a character other than 0-9 and "."');
  throw new DicomUidError('an empty component, a leading zero, or a single component');
}

/**
 * A UID that is a pure function of its parts: the first 128 bits of a SHA-256, written under the arc 2.25, so that doing
 * work twice names the same object. Every part is length-prefixed: ("ab","c") and ("a","bc") differ.
 *
 * @standard PS3.5 B.2
 */
export function deriveUid(...parts: string[]): UID {
  const hash = createHash('sha256');
  for (const part of parts) {
    const bytes = Buffer.from(part, 'utf8');
    hash.update(`${bytes.length}:`).update(bytes);
  }
  const bits = hash.digest().subarray(0, 16);
  // A name-based UUID (RFC 9562 version 8, variant 10), so that 2.25 holds a UUID as PS3.5 B.2 wants.
  bits[6] = (bits.readUInt8(6) & 0x0f) | 0x80;
  bits[8] = (bits.readUInt8(8) & 0x3f) | 0x80;
  return `2.25.${BigInt(`0x${bits.toString('hex')}`).toString(10)}` as UID;
}
