import { crc32 } from 'node:zlib';
import { StoreFullError, WriterClosedError } from '../errors';
import { type GroupCommit, type WholeRecord } from './group-commit';
import { PAGE_BYTES, type PagePool } from './page-pool';
import { type Segment } from './segment';
import { type SegmentPool } from './segment-pool';
import { BLOCK_BYTES, type Extent, fitsHead, wholeBlocks } from './spool-record';

/** Pages of one record that may be on their way to the disk while the next one fills; then its sender has to wait. */
const MAX_WRITES = 1;

/** What a writer needs of its spool. */
export interface WriterHome {
  readonly pages: PagePool;
  readonly pool: SegmentPool;
  readonly commits: GroupCommit;
  /** Told once, with where the head lies; undefined where the record does not count. */
  readonly ended: (segment: Segment | undefined, committed: { offset: number; bodyBytes: number } | undefined) => void;
}

/**
 * One record on its way into the spool. Of a record longer than a page whole pages go to the file while the rest still
 * arrives; the last one goes with the head and the checksum when all is there, so that a record that is not whole is
 * never taken for one. Most records are one page, and so one write.
 */
export class SpoolWriter {
  private page: Buffer | undefined;
  private inPage = 0;
  private bodyBytes = 0;
  private checksum = 0;
  private segment: Segment | undefined;
  private readonly extents: Extent[] = [];
  private writes = 0;
  private wake: (() => void) | undefined;
  private failure: unknown;
  private state: 'open' | 'committing' | 'over' = 'open';

  constructor(private readonly home: WriterHome) {}

  /** Bytes taken so far. */
  get sizeBytes(): number {
    return this.bodyBytes;
  }

  /**
   * Takes a copy of bytes of the body; a promise where the disk has to catch up first.
   * @throws STORE_FULL, STORE_UNAVAILABLE, STORE_WRITER_CLOSED
   */
  write(chunk: Buffer): void | Promise<void> {
    if (this.state !== 'open') throw new WriterClosedError();
    if (this.failure !== undefined) throw this.failure;
    this.checksum = crc32(chunk, this.checksum);
    this.bodyBytes += chunk.length;
    for (let from = 0; from < chunk.length;) {
      if (this.inPage === PAGE_BYTES) {
        const waiting = this.flush();
        if (waiting) return waiting.then(() => this.copyRest(chunk, from));
      }
      from += this.copy(chunk, from);
    }
    return undefined;
  }

  /**
   * Ends the body. When it resolves the record is durable.
   * @throws STORE_FULL, STORE_UNAVAILABLE: the record does not count
   */
  async commit(info: Buffer): Promise<void> {
    if (this.state !== 'open') throw new WriterClosedError();
    this.state = 'committing';
    let committed: { offset: number; bodyBytes: number } | undefined;
    try {
      if (!fitsHead(info.length, this.extents.length)) throw new StoreFullError('An index record is too long');
      if (this.writes > 0) await this.settled(0);
      if (this.failure !== undefined) throw this.failure;
      const record = this.whole(info);
      const offset = await this.home.commits.commit(record).finally(() => (this.segment = record.segment));
      committed = { offset, bodyBytes: this.bodyBytes };
    } finally {
      this.end(committed);
    }
  }

  /** Throws everything away, also while a write is under way; has no effect on a record that is being committed. */
  abort(): void {
    if (this.state === 'open') this.end(undefined);
  }

  /** What was taken so far, in order; nothing may be written meanwhile. */
  async *taken(): AsyncGenerator<Buffer> {
    await this.settled(0);
    for (const { offset, length } of this.extents) {
      const bytes = Buffer.allocUnsafe(length);
      await this.segment?.readBack(bytes, offset);
      yield bytes;
    }
    if (this.page) yield this.page.subarray(BLOCK_BYTES, BLOCK_BYTES + this.inPage);
  }

  private async copyRest(chunk: Buffer, from: number): Promise<void> {
    for (let at = from; at < chunk.length;) {
      if (this.inPage === PAGE_BYTES) await this.flush();
      if (this.state !== 'open') throw new WriterClosedError();
      at += this.copy(chunk, at);
    }
  }

  private copy(chunk: Buffer, from: number): number {
    this.page ??= this.home.pages.take();
    const length = Math.min(PAGE_BYTES - this.inPage, chunk.length - from);
    chunk.copy(this.page, BLOCK_BYTES + this.inPage, from, from + length);
    this.inPage += length;
    return length;
  }

  /** Sends a full page to the file; a promise where too much is on its way, or no segment is ready. */
  private flush(): void | Promise<void> {
    if (!this.segment) {
      const taken = this.home.pool.take();
      if (taken instanceof Promise) {
        return taken.then((segment) => {
          if (this.state === 'open') return this.flushTo((this.segment = this.enter(segment)));
        });
      }
      this.segment = this.enter(taken);
    }
    return this.flushTo(this.segment);
  }

  private flushTo(segment: Segment): void | Promise<void> {
    const page = this.page!;
    const offset = segment.allocate(PAGE_BYTES);
    this.extents.push({ offset, length: PAGE_BYTES });
    this.page = undefined;
    this.inPage = 0;
    this.writes += 1;
    segment
      .write(page.subarray(BLOCK_BYTES), offset)
      .catch((error: unknown) => (this.failure ??= error))
      .finally(() => {
        this.home.pages.give(page);
        this.writes -= 1;
        this.wake?.();
        if (this.state === 'over' && this.writes === 0) this.leave(undefined);
      });
    if (this.writes > MAX_WRITES) return this.settled(MAX_WRITES);
  }

  private whole(info: Buffer): WholeRecord {
    const page = (this.page ??= this.home.pages.take());
    const { inPage: tailBytes, extents, checksum, segment } = this;
    page.fill(0, BLOCK_BYTES + tailBytes, wholeBlocks(BLOCK_BYTES + tailBytes));
    return { segment, page, head: { info, extents, checksum, tailBytes } };
  }

  private enter(segment: Segment): Segment {
    segment.writers += 1;
    return segment;
  }

  private async settled(most: number): Promise<void> {
    while (this.writes > most) await new Promise<void>((resolve) => (this.wake = resolve));
  }

  private end(committed: { offset: number; bodyBytes: number } | undefined): void {
    this.state = 'over';
    if (this.page) this.home.pages.give(this.page);
    this.page = undefined;
    this.wake?.();
    if (this.writes === 0) this.leave(committed);
  }

  private leave(committed: { offset: number; bodyBytes: number } | undefined): void {
    const { segment } = this;
    this.segment = undefined;
    if (segment) segment.writers -= 1;
    this.home.ended(segment, committed);
  }
}
