import {
  ITEM,
  ITEM_DELIMITATION,
  readElementHeader,
  SEQUENCE_DELIMITATION,
  UNDEFINED_LENGTH,
  type ElementEncoding,
} from '../element/element-header';
import { DicomValueError } from '../errors';

/** Deeper than any object that is written here. */
const MAX_DEPTH = 64;

/**
 * Writes sequences and items of undefined length anew with their lengths: shorter, and what toolkits of PACS write too, so
 * that an object comes back byte for byte as it was sent. Encapsulated pixel data stay as they are.
 *
 * @param bytes - a data set of our own writer, little endian
 * @throws {@link DicomValueError} `DICOM_VALUE_INVALID` for bytes that are no data set
 * @standard PS3.5 7.5.1
 */
export function withDefinedLengths(bytes: Buffer, encoding: ElementEncoding): Buffer {
  const { parts } = elements(bytes, 0, bytes.length, encoding, 0);
  return Buffer.concat(parts);
}

interface Rewritten {
  readonly parts: readonly Buffer[];
  /** Bytes of the parts. */
  readonly length: number;
  /** Where reading goes on. */
  readonly next: number;
}

/** Elements up to `end`, or up to the delimitation of the item that they are in. */
function elements(bytes: Buffer, from: number, end: number, encoding: ElementEncoding, depth: number): Rewritten {
  const parts: Buffer[] = [];
  let [at, length] = [from, 0];
  const take = (part: Buffer): void => {
    parts.push(part);
    length += part.length;
  };
  while (at < end) {
    const { header, tag, vr, valueAt, valueLength } = elementAt(bytes, at, end, encoding);
    if (tag === ITEM_DELIMITATION) return { parts, length, next: valueAt };
    if (vr !== 'SQ') {
      // Only encapsulated pixel data have no length here, and they are last.
      const next = valueLength === UNDEFINED_LENGTH ? end : valueAt + valueLength;
      if (next > end) throw new DicomValueError('a data set', 'was cut');
      take(bytes.subarray(at, next));
      at = next;
      continue;
    }
    const items = sequence(bytes, valueAt, valueLength, end, encoding, depth + 1);
    take(withLength(header, items.length));
    items.parts.forEach(take);
    at = items.next;
  }
  return { parts, length, next: at };
}

function sequence(
  bytes: Buffer,
  from: number,
  given: number,
  end: number,
  encoding: ElementEncoding,
  depth: number,
): Rewritten {
  if (depth > MAX_DEPTH) throw new DicomValueError('a sequence', 'is nested too deep');
  const stop = given === UNDEFINED_LENGTH ? end : from + given;
  const parts: Buffer[] = [];
  let [at, length] = [from, 0];
  while (at < stop) {
    const { header, tag, valueAt, valueLength } = elementAt(bytes, at, stop, encoding);
    if (tag === SEQUENCE_DELIMITATION) return { parts, length, next: valueAt };
    if (tag !== ITEM) throw new DicomValueError('a sequence', 'has something else than items');
    const itemEnd = valueLength === UNDEFINED_LENGTH ? stop : valueAt + valueLength;
    const item = elements(bytes, valueAt, itemEnd, encoding, depth);
    parts.push(withLength(header, item.length), ...item.parts);
    length += header.length + item.length;
    at = item.next;
  }
  return { parts, length, next: at };
}

function elementAt(bytes: Buffer, at: number, end: number, encoding: ElementEncoding) {
  const header = readElementHeader(bytes, at, end - at, encoding, at);
  if (typeof header === 'number') throw new DicomValueError('a data set', 'was cut');
  const { tag, vr, length, size } = header;
  return { header: bytes.subarray(at, at + size), tag, vr, valueAt: at + size, valueLength: length };
}

/** The header with another length, which is its last field in every form of it that sequences and items have. */
function withLength(header: Buffer, length: number): Buffer {
  const copy = Buffer.from(header);
  copy.writeUInt32LE(length, copy.length - 4);
  return copy;
}
