import { crc32 } from 'node:zlib';
import { StoreFullError, WriterClosedError } from '../errors';
import { type GroupCommit } from './group-commit';
import { PAGE_BYTES, type PagePool } from './page-pool';
import { type Segment } from './segment';
import { type SegmentPool } from './segment-pool';
import { BLOCK_BYTES, type Extent, fitsHead, wholeBlocks } from './spool-record';

/** Pages of one record that may wait for the disk; then its sender has to. */
const MAX_WRITES = 2;

/** What a writer needs of its spool. */
export interface WriterHome {
  readonly pages: PagePool;
  readonly pool: SegmentPool;
  readonly commits: GroupCommit;
  /** Told once, with where the head lies; undefined where the record does not count. */
  readonly ended: (segment: Segment | undefined, committed: { offset: number; bodyBytes: number } | undefined) => void;
}

/**
 * One record on its way into the spool: whole pages go to the file while the rest still arrives, the head with the
 * checksum goes last, so that a record that is not whole is never taken for one.
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
      const segment = (this.segment ??= await this.adopt());
      const [offset, serial] = await this.writeHead(segment, info);
      await this.home.commits.durable(segment);
      segment.markDurable(serial);
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

  private async writeHead(segment: Segment, info: Buffer): Promise<[number, number]> {
    const page = (this.page ??= this.home.pages.take());
    const [tailBytes, { extents, checksum }] = [this.inPage, this];
    const offset = segment.allocate(BLOCK_BYTES + tailBytes);
    const serial = segment.sealHead(page, { info, extents, checksum, tailBytes });
    const end = wholeBlocks(BLOCK_BYTES + tailBytes);
    page.fill(0, BLOCK_BYTES + tailBytes, end);
    const writing = segment.write(page.subarray(0, end), offset);
    await Promise.all([writing, this.writes > 0 ? this.settled(0) : undefined]);
    if (this.failure !== undefined) throw this.failure;
    return [offset, serial];
  }

  private async adopt(): Promise<Segment> {
    return this.enter(await this.home.pool.take());
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
