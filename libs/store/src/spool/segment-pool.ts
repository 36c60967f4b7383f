import { open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fromFilesystemError } from '../filesystem/filesystem-error';
import { writeAt } from './file-bytes';
import { type FoundRecord } from './segment-reader';
import { type PagePool } from './page-pool';
import { type Retention } from './retention';
import { Segment } from './segment';
import { BLOCK_BYTES } from './spool-record';

/** Settings of the pool. */
export interface SegmentPoolOptions {
  readonly folder: string;
  /** A segment that holds this much is followed by the next. */
  readonly segmentBytes: number;
  /** Files that are kept for the next use when they are not needed: their blocks need no allocation any more. */
  readonly maxSpares: number;
  /** Where given, everything is written from these pages, and past the page cache where that is possible. */
  readonly pages?: PagePool;
  /** Where segments stay for a time when their records are delivered. */
  readonly retention?: Retention;
  /** Files in use and those that stay have at most this many bytes together. */
  readonly maxBytes?: number;
}

/** A segment of an earlier process. */
export interface RecoveredSegment {
  readonly segment: Segment;
  readonly name: string;
  readonly records: readonly FoundRecord[];
  readonly torn: number;
  readonly isDamaged: boolean;
}

const SEGMENT_NAME = /^\d{16}\.segment$/;
const SPARE_NAME = /^[\w-]+\.spare$/;
const FILL_BYTES = 1024 ** 2;

/** The files of the spool: the one that is written, the next one ready behind it, those that drain, and spare ones. */
export class SegmentPool {
  /** Every segment but the one that is ready. */
  readonly segments = new Set<Segment>();
  private current: Segment | undefined;
  private next: Promise<Segment> | undefined;
  private switching: Promise<Segment> | undefined;
  private readonly spares: string[] = [];
  private serial = 0;
  private isClosing = false;

  constructor(private readonly options: SegmentPoolOptions) {}

  /** Bytes in use. */
  get sizeBytes(): number {
    let sum = 0;
    for (const { sizeBytes } of this.segments) sum += sizeBytes;
    return sum;
  }

  get spareFiles(): number {
    return this.spares.length;
  }

  /** The segments that an earlier process left, oldest first. */
  async *recover(): AsyncGenerator<RecoveredSegment> {
    const names = (await readdir(this.options.folder)).sort();
    for (const name of names.filter((one) => SPARE_NAME.test(one))) await this.adoptSpare(name);
    for (const name of names.filter((one) => SEGMENT_NAME.test(one))) {
      this.serial = Number(name.slice(0, 16));
      const { segment, ...found } = await Segment.recover(join(this.options.folder, name));
      segment.isKept = found.isDamaged;
      this.segments.add(segment);
      yield { segment, name, ...found };
      await this.releaseIfDone(segment);
    }
  }

  /** True where the segment that takes bytes now is written past the page cache. */
  get isDirect(): boolean {
    return this.current?.isDirect ?? false;
  }

  /** The segment that takes bytes now. @throws STORE_FULL, STORE_DENIED, STORE_UNAVAILABLE where the next one cannot begin */
  take(): Segment | Promise<Segment> {
    const { current } = this;
    if (current && !current.isRetired && current.sizeBytes < this.options.segmentBytes) return current;
    this.switching ??= this.switch().finally(() => (this.switching = undefined));
    return this.switching;
  }

  /** Lets go of a file whose last record was confirmed or failed. */
  async releaseIfDone(segment: Segment): Promise<void> {
    if (segment === this.current && segment.isRetired) this.current = undefined;
    if (segment === this.current || segment.undelivered > 0 || segment.writers > 0) return;
    if (!this.segments.delete(segment)) return;
    // One that cannot be let go is delivered again after the next start: safe, and no reason to fail.
    await (this.stays(segment) ? this.options.retention!.keep(segment) : this.release(segment)).catch(() => undefined);
  }

  /** Makes spare files whose blocks are all allocated, while `mayWrite` says that nobody else needs the disk. */
  async fillSpares(count: number, mayWrite: () => boolean): Promise<void> {
    const zeros = Buffer.alloc(FILL_BYTES);
    while (this.spares.length < Math.min(count, this.options.maxSpares) && !this.isClosing) {
      const path = this.sparePath();
      const handle = await open(path, 'wx', 0o600);
      let at = 0;
      try {
        for (; at < this.options.segmentBytes && !this.isClosing && mayWrite(); at += zeros.length) {
          await writeAt(handle.fd, zeros, at);
        }
        if (at >= this.options.segmentBytes) await handle.sync();
      } finally {
        await handle.close();
        if (at >= this.options.segmentBytes) this.spares.push(path);
        else await unlink(path);
      }
      if (at < this.options.segmentBytes) return;
    }
  }

  async close(): Promise<void> {
    this.isClosing = true;
    const next = await this.next?.catch(() => undefined);
    const { current } = this;
    this.current = undefined;
    if (next) this.segments.add(next);
    for (const segment of [current, next]) if (segment) await this.releaseIfDone(segment);
    for (const segment of this.segments) await segment.close();
  }

  private async switch(): Promise<Segment> {
    const before = this.current;
    this.current = undefined;
    if (before) await this.releaseIfDone(before);
    // The disk is full, perhaps: who comes now needs the room more than what is delivered.
    while (before?.isRetired && (await this.giveUpOldest()));
    this.next ??= this.prepare();
    try {
      this.current = await this.next;
    } finally {
      this.next = undefined;
    }
    this.segments.add(this.current);
    if (!this.isClosing) {
      this.next = this.prepare();
      this.next.catch(() => (this.next = undefined));
    }
    return this.current;
  }

  private async prepare(): Promise<Segment> {
    this.serial += 1;
    const path = join(this.options.folder, `${String(this.serial).padStart(16, '0')}.segment`);
    await this.makeRoom();
    let spare = this.spares.pop();
    try {
      spare ??= await this.makeSpare();
      return await this.begin(spare, path);
    } catch (error) {
      if (spare !== undefined) await unlink(spare).catch(() => undefined);
      if (await this.giveUpOldest()) return this.prepare();
      throw fromFilesystemError(error, 'the spool');
    }
  }

  private async begin(spare: string, path: string): Promise<Segment> {
    const { pages } = this.options;
    if (!pages?.isAligned) return Segment.begin(spare, path);
    const page = pages.take();
    return Segment.begin(spare, path, page.subarray(0, BLOCK_BYTES)).finally(() => pages.give(page));
  }

  /** A file of full length whose blocks the disk gives when they are written. */
  private async makeSpare(): Promise<string> {
    const path = this.sparePath();
    const handle = await open(path, 'wx', 0o600);
    await handle.truncate(this.options.segmentBytes).finally(() => handle.close());
    return path;
  }

  private stays(segment: Segment): boolean {
    const isSound = !segment.isKept && !segment.hasFailed && !segment.isRetired;
    return this.options.retention !== undefined && isSound && segment.sizeBytes > BLOCK_BYTES;
  }

  private async makeRoom(): Promise<void> {
    const { retention, segmentBytes, maxBytes = Infinity } = this.options;
    const bytes = (): number => this.sizeBytes + ((retention?.files ?? 0) + 1) * segmentBytes;
    while (bytes() > maxBytes && (await this.giveUpOldest()));
  }

  /** False where no file stays. */
  private async giveUpOldest(): Promise<boolean> {
    const path = this.options.retention?.giveUp();
    if (path === undefined) return false;
    if (this.spares.length < this.options.maxSpares) {
      const spare = this.sparePath();
      await rename(path, spare);
      this.spares.push(spare);
    } else await unlink(path);
    return true;
  }

  /** Lets a file go whose records nobody needs any more. */
  async release(segment: Segment): Promise<void> {
    if (segment.isKept) {
      // Its whole records are delivered; the bytes stay for a person, under a name that is not replayed.
      await segment.rename(`${segment.path}.damaged`);
      await segment.close();
    } else if (this.spares.length < this.options.maxSpares && !segment.hasFailed) {
      const path = this.sparePath();
      await segment.rename(path);
      await segment.close();
      this.spares.push(path);
    } else await segment.remove();
  }

  private async adoptSpare(name: string): Promise<void> {
    const path = join(this.options.folder, name);
    const { size } = await stat(path);
    if (size >= this.options.segmentBytes && this.spares.length < this.options.maxSpares) this.spares.push(path);
    else await unlink(path);
  }

  private sparePath(): string {
    return join(this.options.folder, `${crypto.randomUUID()}.spare`);
  }
}
