import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fsyncFolder } from '../filesystem/directory-sync';
import { fromFilesystemError } from '../filesystem/filesystem-error';
import { syncData, writeAllAt, writeAt } from './file-bytes';
import { type FoundRecord, readBody, readHead, readSegment } from './segment-reader';
import { BLOCK_BYTES, encodeRecordHead, encodeSegmentHead, type RecordHead, SEGMENT_ID_BYTES, wholeBlocks } from './spool-record'; // prettier-ignore

/** Unit of `stat`'s blocks, whatever the file system's are. */
const STAT_BLOCK_BYTES = 512;

/** One file past the page cache. */
interface DirectHandles {
  /** What is written here is durable after {@link Segment.sync}. */
  readonly plain: FileHandle;
  /** What is written here is durable when the write has ended, and nothing else is. */
  readonly durable: FileHandle;
}

/** One file of the spool in one use of it; the next use has another identity. */
export class Segment {
  /** Records that are durable here and not confirmed in the object store. */
  undelivered = 0;
  /** Records that are being written. */
  writers = 0;
  /** True when the file stays although its records are confirmed: a person must look at it. */
  isKept = false;
  /** True when a write failed: nobody begins here any more, so that it drains and gives its room back. */
  isRetired = false;
  private failure: Error | undefined;
  private serial = 0;
  private syncing: Promise<void> = Promise.resolve();
  /** Serials of records that are not durable yet, ascending. */
  private readonly unsynced = new Set<number>();

  private constructor(
    private filePath: string,
    private readonly handle: FileHandle,
    private readonly id: Buffer,
    private end: number,
    /** The same file past the page cache; every write goes here or none does. */
    private readonly direct?: DirectHandles,
  ) {}

  get path(): string {
    return this.filePath;
  }

  /** Bytes in use. */
  get sizeBytes(): number {
    return this.end;
  }

  /** True where it is written past the page cache, so that each write is durable, or has failed, by itself. */
  get isDirect(): boolean {
    return this.direct !== undefined;
  }

  /** True when an fsync failed: what the page cache has of this file cannot be trusted. */
  get hasFailed(): boolean {
    return this.failure !== undefined;
  }

  /**
   * Begins a new use of a file: from here on nothing that lies in it is a record. The name is durable.
   * @param aligned - Memory that begins at a multiple of a block, one block long; where it is given, {@link write} gets
   * such memory alone, and goes past the page cache if the file's blocks are all allocated and its disk can do it.
   */
  static async begin(sparePath: string, path: string, aligned?: Buffer): Promise<Segment> {
    const handle = await open(sparePath, 'r+');
    let direct: DirectHandles | undefined;
    try {
      const id = randomBytes(SEGMENT_ID_BYTES);
      const head = encodeSegmentHead(id);
      if (aligned && (await hasAllBlocks(handle))) {
        head.copy(aligned);
        direct = await openDirect(sparePath, aligned);
      }
      if (!direct) {
        await writeAt(handle.fd, head, 0);
        await handle.sync();
      }
      await rename(sparePath, path);
      await fsyncFolder(dirname(path));
      return new Segment(path, handle, id, BLOCK_BYTES, direct);
    } catch (error) {
      await Promise.allSettled([handle.close(), direct?.plain.close(), direct?.durable.close()]);
      throw error;
    }
  }

  /** Opens a segment that an earlier process left. Nothing more is written to it. */
  static async recover(
    path: string,
  ): Promise<{ segment: Segment; records: readonly FoundRecord[]; torn: number; isDamaged: boolean }> {
    const handle = await open(path, 'r+');
    try {
      const { size } = await handle.stat();
      const { id, records, torn, isDamaged } = await readSegment(handle.fd, size);
      const usedBytes = records.reduce((sum, { bodyBytes }) => sum + wholeBlocks(bodyBytes) + BLOCK_BYTES, BLOCK_BYTES);
      return { segment: new Segment(path, handle, id, usedBytes), records, torn, isDamaged };
    } catch (error) {
      await handle.close().catch(() => undefined);
      throw error;
    }
  }

  /** Sets room aside; gives its offset. */
  allocate(bytes: number): number {
    const offset = this.end;
    this.end += wholeBlocks(bytes);
    return offset;
  }

  /** @throws STORE_FULL, STORE_UNAVAILABLE */
  async write(bytes: Buffer, offset: number): Promise<void> {
    try {
      await writeAt((this.direct?.plain ?? this.handle).fd, bytes, offset);
    } catch (error) {
      this.isRetired = true;
      throw fromFilesystemError(error, 'the spool');
    }
  }

  /**
   * Writes pages one behind the other; resolves when they are durable.
   * @param withBefore - Everything that was written before the call is to be durable, too.
   * @throws STORE_FULL, STORE_UNAVAILABLE
   */
  async writeDurably(pages: readonly Buffer[], offset: number, withBefore: boolean): Promise<void> {
    this.check();
    try {
      // A disk may make these bytes durable and leave in its cache what it was given before.
      if (this.direct && !withBefore) await writeAllAt(this.direct.durable.fd, pages, offset);
      else await writeAllAt((this.direct?.plain ?? this.handle).fd, pages, offset);
    } catch (error) {
      this.isRetired = true;
      if (this.direct && !withBefore) this.failure = fromFilesystemError(error, 'the spool');
      throw fromFilesystemError(error, 'the spool');
    }
    if (this.direct && !withBefore) this.check();
    else await this.sync();
  }

  /** Completes the head in the first block of a page; the record counts when it was written and {@link sync} came after. */
  sealHead(page: Buffer, head: Omit<RecordHead, 'serial' | 'durableBelow'>): number {
    const serial = this.serial;
    this.serial += 1;
    this.unsynced.add(serial);
    const [durableBelow = serial] = this.unsynced;
    encodeRecordHead(page, this.id, { ...head, serial, durableBelow });
    return serial;
  }

  /** Says that a record is durable; one that failed is never said to be. */
  markDurable(serial: number): void {
    this.unsynced.delete(serial);
  }

  /** Resolves when everything written before the call is durable. After a failure nothing that was not is ever. */
  sync(): Promise<void> {
    // The kernel tells a failure once, to whoever asks first: the next one asks when that is known.
    const mine = this.syncing.then(() => this.syncNow());
    this.syncing = mine.catch(() => undefined);
    return mine;
  }

  private async syncNow(): Promise<void> {
    this.check();
    try {
      await syncData(this.handle.fd);
    } catch (error) {
      this.isRetired = true;
      this.failure = fromFilesystemError(error, 'the spool');
    }
    this.check();
  }

  /** @throws the failure of an fsync since the segment began */
  check(): void {
    if (this.failure) throw this.failure;
  }

  /** The record whose head lies at an offset. @throws STORE_UNAVAILABLE where it is not what was written */
  async read(offset: number): Promise<{ info: Buffer; body: (room: (bytes: number) => Buffer) => Promise<Buffer> }> {
    try {
      const { fd } = this.handle;
      const head = await readHead(fd, offset, this.id);
      const body = async (room: (bytes: number) => Buffer): Promise<Buffer> => {
        const bytes = await readBody(fd, offset, head, room);
        if (!bytes) throw fromFilesystemError(new Error('a record changed'), 'the spool');
        return bytes;
      };
      return { info: head.info, body };
    } catch (error) {
      throw fromFilesystemError(error, 'the spool');
    }
  }

  /** Bytes of a body that is being written, as far as they were written. */
  readBack(into: Buffer, offset: number): Promise<unknown> {
    return this.handle.read(into, 0, into.length, offset);
  }

  async close(): Promise<void> {
    await this.direct?.plain.close();
    await this.direct?.durable.close();
    await this.handle.close();
  }

  /** Gives the file another name, without waiting for the disk. */
  async rename(path: string): Promise<void> {
    await rename(this.filePath, path);
    this.filePath = path;
  }

  async remove(): Promise<void> {
    await this.close().catch(() => undefined);
    await unlink(this.filePath);
  }
}

/** False where blocks of the file are still to be given: their journal would make each direct write wait. */
async function hasAllBlocks(handle: FileHandle): Promise<boolean> {
  const { blocks, size } = await handle.stat();
  return blocks * STAT_BLOCK_BYTES >= size;
}

/** Handles past the page cache; the first block is durable. Undefined where the disk or its files cannot. */
async function openDirect(path: string, head: Buffer): Promise<DirectHandles | undefined> {
  const { O_RDWR, O_DIRECT, O_DSYNC } = constants;
  const opened: FileHandle[] = [];
  try {
    const plain = await open(path, O_RDWR | O_DIRECT);
    opened.push(plain);
    const durable = await open(path, O_RDWR | O_DIRECT | O_DSYNC);
    opened.push(durable);
    await writeAt(durable.fd, head, 0);
    return { plain, durable };
  } catch {
    // Whatever it is, the page cache's way is left, and tells of a disk that is ill.
    await Promise.allSettled(opened.map((handle) => handle.close()));
    return undefined;
  }
}
