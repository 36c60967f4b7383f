import { crc32 } from 'node:zlib';
import { readAt } from './file-bytes';
import { BLOCK_BYTES, decodeRecordHead, decodeSegmentHead, type Extent, type RecordHead } from './spool-record';

/** A record that is whole. */
export interface FoundRecord {
  /** Where its head lies. */
  readonly offset: number;
  readonly info: Buffer;
  readonly bodyBytes: number;
}

/** What a segment holds. */
export interface SegmentContent {
  readonly id: Buffer;
  /** Whole records in the order they were begun. */
  readonly records: readonly FoundRecord[];
  /** Heads of records that are not whole: they were never acknowledged, or the segment is damaged. */
  readonly torn: number;
  /** A record that was durable is not whole any more: the disk changed what it had. */
  readonly isDamaged: boolean;
}

const SEARCH_BYTES = 1024 ** 2;

/** Looks at every block of a segment for heads of records, and compares the checksum of each. */
export async function readSegment(fd: number, sizeBytes: number): Promise<SegmentContent> {
  const first = Buffer.alloc(BLOCK_BYTES);
  const headBytes = await readAt(fd, first, 0);
  const id = decodeSegmentHead(first.subarray(0, headBytes));
  // The head is durable before the file gets its name: one that cannot be read was changed.
  if (!id) return { id: Buffer.alloc(0), records: [], torn: 0, isDamaged: true };
  const records: (FoundRecord & { readonly serial: number })[] = [];
  const seen = new Set<number>();
  let [durableBelow, torn] = [0, 0];
  for await (const [offset, head] of heads(fd, sizeBytes, id)) {
    durableBelow = Math.max(durableBelow, head.durableBelow);
    const body = await readBody(fd, offset, head);
    if (body === undefined) torn += 1;
    else {
      seen.add(head.serial);
      records.push({ serial: head.serial, offset, info: head.info, bodyBytes: body.length });
    }
  }
  let isDamaged = false;
  for (let serial = 0; serial < durableBelow; serial += 1) isDamaged ||= !seen.has(serial);
  return { id, records: records.sort((a, b) => a.serial - b.serial), torn, isDamaged };
}

/** The head at an offset. @throws where it is not what was written */
export async function readHead(fd: number, offset: number, id: Buffer): Promise<RecordHead> {
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  const taken = await readAt(fd, block, offset);
  const head = decodeRecordHead(block.subarray(0, taken), id);
  if (!head) throw new Error('a record of the spool is not what was written');
  return head;
}

/**
 * The body of the record whose head lies at `offset`; undefined where it is not what was written.
 * @param room - Gives memory for so many bytes at least.
 */
export async function readBody(
  fd: number,
  offset: number,
  head: RecordHead,
  room: (bytes: number) => Buffer = (bytes) => Buffer.allocUnsafeSlow(bytes),
): Promise<Buffer | undefined> {
  const parts: Extent[] = [...head.extents, { offset: offset + BLOCK_BYTES, length: head.tailBytes }];
  const sizeBytes = parts.reduce((sum, { length }) => sum + length, 0);
  const bytes = room(sizeBytes).subarray(0, sizeBytes);
  let at = 0;
  for (const part of parts) {
    if (part.length > 0 && (await readAt(fd, bytes.subarray(at, at + part.length), part.offset)) < part.length) {
      return undefined;
    }
    at += part.length;
  }
  return crc32(bytes) === head.checksum ? bytes : undefined;
}

async function* heads(fd: number, sizeBytes: number, id: Buffer): AsyncGenerator<[number, RecordHead]> {
  const bytes = Buffer.allocUnsafeSlow(SEARCH_BYTES);
  for (let from = BLOCK_BYTES; from < sizeBytes; from += SEARCH_BYTES) {
    const taken = await readAt(fd, bytes, from);
    for (let at = 0; at + BLOCK_BYTES <= taken; at += BLOCK_BYTES) {
      const head = decodeRecordHead(bytes.subarray(at, at + BLOCK_BYTES), id);
      if (head) yield [from + at, head];
    }
  }
}
