import { type FileHandle } from 'node:fs/promises';
import {
  checksumOf,
  decodeRecordHead,
  decodeSegmentHead,
  RECORD_HEAD_BYTES,
  type RecordHead,
  recordBeginning,
  SEGMENT_HEAD_BYTES,
} from './spool-record';

/** Where one record lies in its segment. */
export interface RecordPlace {
  readonly info: Buffer;
  /** Offset and length of the body, in bytes. */
  readonly bodyOffset: number;
  readonly bodyBytes: number;
}

/** What a segment holds. */
export interface SegmentContent {
  readonly records: readonly RecordPlace[];
  /** Where the last whole record ends: what comes after it was never acknowledged. */
  readonly endOffset: number;
  /** A record that is not whole lies before one that is: the disk changed what it had, or lost a part of a batch. */
  readonly isDamaged: boolean;
}

const SEARCH_BYTES = 1024 ** 2;

/** Reads a segment from its beginning, every checksum compared. One record is in memory at a time. */
export async function readSegment(handle: FileHandle): Promise<SegmentContent> {
  const { size } = await handle.stat();
  const id = decodeSegmentHead(await readAt(handle, 0, Math.min(size, SEGMENT_HEAD_BYTES)));
  if (!id) {
    // The head was durable before any record: a file that has more than a head and no readable one was changed.
    const isDamaged = size > SEGMENT_HEAD_BYTES;
    return { records: [], endOffset: isDamaged ? size : 0, isDamaged };
  }
  const records: RecordPlace[] = [];
  let [at, endOffset, isDamaged, isSearching] = [SEGMENT_HEAD_BYTES, SEGMENT_HEAD_BYTES, false, false];
  while (at < size) {
    const record = await readRecord(handle, at, size, id);
    if (record) {
      records.push(record);
      isDamaged ||= isSearching;
      isSearching = false;
      at = record.bodyOffset + record.bodyBytes;
      endOffset = at;
      continue;
    }
    isSearching = true;
    const next = await findBeginning(handle, at + 1, size, recordBeginning(id));
    if (next === undefined) break;
    at = next;
  }
  return { records, endOffset, isDamaged };
}

/** Bytes of a file; fewer than asked for where it ends before. */
export async function readAt(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let taken = 0;
  while (taken < length) {
    const { bytesRead } = await handle.read(bytes, taken, length - taken, offset + taken);
    if (bytesRead === 0) break;
    taken += bytesRead;
  }
  return bytes.subarray(0, taken);
}

async function readRecord(handle: FileHandle, at: number, size: number, id: Buffer): Promise<RecordPlace | undefined> {
  if (at + RECORD_HEAD_BYTES > size) return undefined;
  const head: RecordHead | undefined = decodeRecordHead(await readAt(handle, at, RECORD_HEAD_BYTES), id);
  if (!head) return undefined;
  const bodyOffset = at + RECORD_HEAD_BYTES + head.infoBytes;
  if (bodyOffset + head.bodyBytes > size) return undefined;
  const bytes = await readAt(handle, at + RECORD_HEAD_BYTES, head.infoBytes + head.bodyBytes);
  const info = Buffer.from(bytes.subarray(0, head.infoBytes));
  if (checksumOf(info, [bytes.subarray(head.infoBytes)]) !== head.checksum) return undefined;
  return { info, bodyOffset, bodyBytes: head.bodyBytes };
}

async function findBeginning(
  handle: FileHandle,
  from: number,
  size: number,
  beginning: Buffer,
): Promise<number | undefined> {
  for (let at = from; at < size; at += SEARCH_BYTES) {
    const bytes = await readAt(handle, at, Math.min(size - at, SEARCH_BYTES + beginning.length - 1));
    const found = bytes.indexOf(beginning);
    if (found >= 0) return at + found;
  }
  return undefined;
}
