/**
 * Reads DICOM files with dcmjs, writes them again and compares the elements: `node dcmjs-round-trip.js FILE...` prints the
 * files that came back with others, as JSON. In a process of its own, since dcmjs takes minutes inside a test's sandbox.
 * @packageDocumentation
 */
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { type DataSet, readPart10 } from '@endplate/dicom';
import { data } from 'dcmjs';

/** The part of dcmjs that a round trip needs. */
interface Dcmjs {
  readonly DicomMessage: { readFile(bytes: ArrayBuffer): { readonly dict: unknown; write(): ArrayBuffer } };
}

function comesBack(file: string): boolean {
  const { DicomMessage } = data as unknown as Dcmjs;
  const bytes = readFileSync(file);
  const read = DicomMessage.readFile(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer,
  );
  const again = Buffer.from(read.write());
  return isDeepStrictEqual(outline(readPart10(again).dataSet, misread), outline(readPart10(bytes).dataSet));
}

/** Every element by tag, sequences item by item; what a writer may pad is trimmed. */
function outline(dataSet: DataSet, nested = (bytes: Buffer): Buffer => bytes, depth = 0): unknown {
  return dataSet.tags.map((tag) => {
    const items = dataSet.sequence(tag);
    if (items.length > 0) return [tag, items.map((item) => outline(item, nested, depth + 1))];
    const bytes = dataSet.bytes(tag) ?? Buffer.alloc(0);
    return [tag, unpadded(depth > 0 ? nested(bytes) : bytes).toString('latin1')];
  });
}

/** By hand: a regular expression that looks for padding at the end tries every run of zeros in the pixels. */
function unpadded(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0 || bytes[end - 1] === 0x20)) end--;
  return bytes.subarray(0, end);
}

/** dcmjs forgets the character set below items of defined length: it reads UTF-8 there as Latin-1 and writes that as UTF-8. */
function misread(bytes: Buffer): Buffer {
  if (bytes.every((byte) => byte < 0x80)) return bytes;
  const text = bytes.toString('utf8');
  return [...text].every((letter) => letter.codePointAt(0)! <= 0xff) ? Buffer.from(text, 'latin1') : bytes;
}

process.stdout.write(JSON.stringify(process.argv.slice(2).filter((file) => !comesBack(file))));
