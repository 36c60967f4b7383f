import { randomBytes } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fsyncFolder } from '../filesystem/directory-sync';
import { fromFilesystemError } from '../filesystem/filesystem-error';
import { type RecordPlace, readAt, readSegment } from './segment-reader';
import { encodeRecordHead, encodeSegmentHead, SEGMENT_HEAD_BYTES, SEGMENT_ID_BYTES } from './spool-record';

/** One file of the spool. Appends are the caller's, one at a time; reads may overlap with them. */
export class Segment {
  /** Records that are not confirmed in the object store. */
  open = 0;
  /** True when nothing will be appended any more. */
  isSealed = false;
  /** True when the file stays although its records are confirmed: a person must look at it. */
  isKept = false;

  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
    private readonly id: Buffer,
    private end: number,
  ) {}

  /** Bytes on the disk. */
  get sizeBytes(): number {
    return this.end;
  }

  /** Makes a segment whose name is durable. */
  static async create(path: string): Promise<Segment> {
    const handle = await open(path, 'wx+', 0o600);
    try {
      const id = randomBytes(SEGMENT_ID_BYTES);
      await handle.write(encodeSegmentHead(id), 0, SEGMENT_HEAD_BYTES, 0);
      await handle.sync();
      await fsyncFolder(dirname(path));
      return new Segment(path, handle, id, SEGMENT_HEAD_BYTES);
    } catch (error) {
      await handle.close().catch(() => undefined);
      await unlink(path).catch(() => undefined);
      throw error;
    }
  }

  /** Opens a segment that an earlier process left, its torn tail cut. Nothing is appended to it. */
  static async recover(
    path: string,
  ): Promise<{ segment: Segment; records: readonly RecordPlace[]; isDamaged: boolean; cutBytes: number }> {
    // prettier-ignore
    const handle = await open(path, 'r+');
    try {
      const { records, endOffset, isDamaged } = await readSegment(handle);
      const cutBytes = (await handle.stat()).size - endOffset;
      if (cutBytes > 0) {
        await handle.truncate(endOffset);
        await handle.sync();
      }
      const segment = new Segment(path, handle, Buffer.alloc(0), endOffset);
      segment.isSealed = true;
      return { segment, records, isDamaged, cutBytes };
    } catch (error) {
      await handle.close().catch(() => undefined);
      throw error;
    }
  }

  /**
   * Appends records and resolves when all of them are durable. After a failure none counts, and the segment is sealed:
   * what a failed fsync left in the page cache cannot be trusted.
   */
  async append(batch: readonly { readonly info: Buffer; readonly body: readonly Buffer[] }[]): Promise<RecordPlace[]> {
    const places: RecordPlace[] = [];
    const buffers: Buffer[] = [];
    let at = this.end;
    for (const { info, body } of batch) {
      const head = encodeRecordHead(this.id, info, body);
      const bodyBytes = body.reduce((sum, part) => sum + part.length, 0);
      buffers.push(head, ...body);
      places.push({ info, bodyOffset: at + head.length, bodyBytes });
      at += head.length + bodyBytes;
    }
    try {
      await this.writeFully(buffers, at - this.end);
      await this.handle.datasync();
    } catch (error) {
      this.isSealed = true;
      await this.handle.truncate(this.end).catch(() => undefined);
      throw fromFilesystemError(error, 'the spool');
    }
    this.end = at;
    return places;
  }

  /** The body of a record. @throws STORE_UNAVAILABLE where the file is shorter than it was */
  async read({ bodyOffset, bodyBytes }: RecordPlace): Promise<Buffer> {
    const bytes = await readAt(this.handle, bodyOffset, bodyBytes);
    if (bytes.length !== bodyBytes) throw fromFilesystemError(new Error('segment is short'), 'the spool');
    return bytes;
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  async remove(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    await unlink(this.path);
  }

  private async writeFully(buffers: readonly Buffer[], total: number): Promise<void> {
    const { bytesWritten } = await this.handle.writev(buffers, this.end);
    if (bytesWritten === total) return;
    // A short write is the disk's way to say that it is nearly full; the rest says why.
    const rest = Buffer.concat(buffers).subarray(bytesWritten);
    for (let at = 0; at < rest.length;) {
      const { bytesWritten: more } = await this.handle.write(rest, at, rest.length - at, this.end + bytesWritten + at);
      if (more === 0) throw new Error('the disk took no byte');
      at += more;
    }
  }
}
