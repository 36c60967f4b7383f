import { crc32 } from 'node:zlib';

/** Bytes of the identity that begins each segment and is repeated in each of its records. */
export const SEGMENT_ID_BYTES = 16;
/** Bytes of a segment's own head: `EPSG`, format 1, identity. */
export const SEGMENT_HEAD_BYTES = 8 + SEGMENT_ID_BYTES;
/** Bytes of a record's head. */
export const RECORD_HEAD_BYTES = 40;
/** Longest index record. */
export const MAX_INFO_BYTES = 64 * 1024;

const SEGMENT_MAGIC = Buffer.from('EPSG\x01\0\0\0', 'latin1');
const RECORD_MAGIC = Buffer.from('EPSR', 'latin1');

/** What the head of a record says. */
export interface RecordHead {
  readonly infoBytes: number;
  readonly bodyBytes: number;
  /** CRC-32 over index record and body. */
  readonly checksum: number;
}

/** The first bytes of a segment. */
export function encodeSegmentHead(id: Buffer): Buffer {
  return Buffer.concat([SEGMENT_MAGIC, id]);
}

/** The identity of a segment, or undefined where the file does not begin like one. */
export function decodeSegmentHead(bytes: Buffer): Buffer | undefined {
  if (bytes.length < SEGMENT_HEAD_BYTES || !bytes.subarray(0, 8).equals(SEGMENT_MAGIC)) return undefined;
  return Buffer.from(bytes.subarray(8, SEGMENT_HEAD_BYTES));
}

/** How every record of a segment begins. Its sender cannot know it, so no instance can carry a forged record. */
export function recordBeginning(id: Buffer): Buffer {
  return Buffer.concat([RECORD_MAGIC, id]);
}

/** Head and index record, to be written in front of the body. */
export function encodeRecordHead(id: Buffer, info: Buffer, body: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(RECORD_HEAD_BYTES);
  recordBeginning(id).copy(head, 0);
  head.writeUInt32LE(info.length, 20);
  head.writeUIntLE(
    body.reduce((sum, part) => sum + part.length, 0),
    24,
    6,
  );
  head.writeUInt32LE(checksumOf(info, body), 32);
  head.writeUInt32LE(crc32(head.subarray(0, 36)), 36);
  return Buffer.concat([head, info]);
}

/** Undefined where the bytes are no whole head of a record of this segment. */
export function decodeRecordHead(bytes: Buffer, id: Buffer): RecordHead | undefined {
  if (bytes.length < RECORD_HEAD_BYTES || !bytes.subarray(0, 20).equals(recordBeginning(id))) return undefined;
  if (bytes.readUInt32LE(36) !== crc32(bytes.subarray(0, 36))) return undefined;
  const infoBytes = bytes.readUInt32LE(20);
  if (infoBytes > MAX_INFO_BYTES) return undefined;
  return { infoBytes, bodyBytes: bytes.readUIntLE(24, 6), checksum: bytes.readUInt32LE(32) };
}

/** CRC-32 over an index record and its body. */
export function checksumOf(info: Buffer, body: readonly Buffer[]): number {
  return body.reduce((sum, part) => crc32(part, sum), crc32(info));
}
