import { crc32 } from 'node:zlib';

/** Everything in a segment begins at a multiple of this: no write touches a block of another record. */
export const BLOCK_BYTES = 4096;
/** Bytes of the identity that begins each use of a segment and is repeated in each record written in it. */
export const SEGMENT_ID_BYTES = 16;
/** Bytes of the fixed part of a record's head. */
const FIXED_BYTES = 64;
const EXTENT_BYTES = 10;

const SEGMENT_MAGIC = Buffer.from('EPSG\x02\0\0\0', 'latin1');
const RECORD_MAGIC = Buffer.from('EPSR', 'latin1');

/** Bytes of a body, without a gap in the file. */
export interface Extent {
  readonly offset: number;
  readonly length: number;
}

/** What the head of a record says; the head is one block, and the last bytes of the body follow it. */
export interface RecordHead {
  /** Counts the records of one use of the segment from 0. */
  readonly serial: number;
  /** Every record with a smaller serial was durable or had failed when this head was written. */
  readonly durableBelow: number;
  /** The index record. */
  readonly info: Buffer;
  /** Where the body lies before its last part, in order. */
  readonly extents: readonly Extent[];
  /** Bytes of the body that follow the head. */
  readonly tailBytes: number;
  /** CRC-32 over the body. */
  readonly checksum: number;
}

/** The next multiple of a block. */
export function wholeBlocks(bytes: number): number {
  return Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;
}

/** The first block of a segment. */
export function encodeSegmentHead(id: Buffer): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES);
  SEGMENT_MAGIC.copy(block);
  id.copy(block, SEGMENT_MAGIC.length);
  block.writeUInt32LE(crc32(id), SEGMENT_MAGIC.length + SEGMENT_ID_BYTES);
  return block;
}

/** The identity of a segment, or undefined where the file does not begin like one. */
export function decodeSegmentHead(block: Buffer): Buffer | undefined {
  const end = SEGMENT_MAGIC.length + SEGMENT_ID_BYTES;
  if (block.length < end + 4 || !block.subarray(0, SEGMENT_MAGIC.length).equals(SEGMENT_MAGIC)) return undefined;
  const id = Buffer.from(block.subarray(SEGMENT_MAGIC.length, end));
  return block.readUInt32LE(end) === crc32(id) ? id : undefined;
}

/** True where index record and extents fit a head. */
export function fitsHead(infoBytes: number, extents: number): boolean {
  return FIXED_BYTES + infoBytes + extents * EXTENT_BYTES <= BLOCK_BYTES;
}

/**
 * Writes a head into the first block of `into`. Bytes 0-3 `EPSR`, 4-19 identity of the segment's use, 20-23 serial,
 * 24-27 durable below, 28-31 bytes of the index record, 32-35 number of extents, 36-39 bytes of the tail, 40-43
 * checksum of the body, 60-63 CRC-32 of the block without these four bytes; from 64 on index record and extents
 * (6 bytes offset, 4 bytes length). The identity is new for each use and no sender knows it: neither what lies there
 * from an earlier use nor the bytes of an instance are ever taken for a record.
 */
export function encodeRecordHead(into: Buffer, id: Buffer, head: RecordHead): void {
  const { info, extents } = head;
  into.fill(0, 0, BLOCK_BYTES);
  RECORD_MAGIC.copy(into);
  id.copy(into, 4);
  into.writeUInt32LE(head.serial, 20);
  into.writeUInt32LE(head.durableBelow, 24);
  into.writeUInt32LE(info.length, 28);
  into.writeUInt32LE(extents.length, 32);
  into.writeUInt32LE(head.tailBytes, 36);
  into.writeUInt32LE(head.checksum, 40);
  info.copy(into, FIXED_BYTES);
  let at = FIXED_BYTES + info.length;
  for (const { offset, length } of extents) {
    into.writeUIntLE(offset, at, 6);
    into.writeUInt32LE(length, at + 6);
    at += EXTENT_BYTES;
  }
  into.writeUInt32LE(crc32(into.subarray(0, BLOCK_BYTES)), 60);
}

/** Undefined where the block is no head of a record written in this use of the segment. */
export function decodeRecordHead(block: Buffer, id: Buffer): RecordHead | undefined {
  if (block.length < BLOCK_BYTES || !block.subarray(0, 4).equals(RECORD_MAGIC)) return undefined;
  if (!block.subarray(4, 4 + SEGMENT_ID_BYTES).equals(id)) return undefined;
  const own = Buffer.from(block.subarray(0, BLOCK_BYTES));
  own.writeUInt32LE(0, 60);
  if (block.readUInt32LE(60) !== crc32(own)) return undefined;
  const [infoBytes, count] = [block.readUInt32LE(28), block.readUInt32LE(32)];
  if (!fitsHead(infoBytes, count)) return undefined;
  const first = FIXED_BYTES + infoBytes;
  const extents = Array.from({ length: count }, (_, i) => ({
    offset: block.readUIntLE(first + i * EXTENT_BYTES, 6),
    length: block.readUInt32LE(first + i * EXTENT_BYTES + 6),
  }));
  return {
    serial: block.readUInt32LE(20),
    durableBelow: block.readUInt32LE(24),
    info: own.subarray(FIXED_BYTES, first),
    extents,
    tailBytes: block.readUInt32LE(36),
    checksum: block.readUInt32LE(40),
  };
}
