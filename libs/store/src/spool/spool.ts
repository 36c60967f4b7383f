import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreFullError, WriterClosedError } from '../errors';
import { fromFilesystemError } from '../filesystem/filesystem-error';
import { lockFolder, type FolderLock } from './folder-lock';
import { Segment } from './segment';
import { type RecordPlace } from './segment-reader';

/** A record that is durable in the spool and not yet confirmed elsewhere. */
export interface SpooledRecord {
  /** The index record, as it was given to {@link Spool.append}. */
  readonly info: Buffer;
  readonly sizeBytes: number;
  /** Reads the body. */
  read(): Promise<Buffer>;
}

/** What a spool tells. */
export type SpoolEvent =
  /** A segment of an earlier process: `cutBytes` of a tail that was never acknowledged are gone. */
  | { readonly type: 'segment-replayed'; readonly records: number; readonly cutBytes: number }
  /** A record of a segment is not what was written; the file was kept beside, for a person. */
  | { readonly type: 'segment-damaged'; readonly segment: string }
  | { readonly type: 'delivery-failed'; readonly error: unknown; readonly attempt: number };

/** Settings of a spool. */
export interface SpoolOptions {
  /** Folder of this process alone, on a disk that outlives it. */
  readonly folder: string;
  /** Above this the records are refused, in bytes. */
  readonly maxBytes: number;
  /** A segment that has grown beyond this is followed by a new one, in bytes. Default 64 MiB. */
  readonly segmentBytes?: number;
  /** Records that wait at one time; it bounds the memory. Default 200,000. */
  readonly maxRecords?: number;
  /** Deliveries at one time. Default 4. */
  readonly deliveriesAtOnce?: number;
  /**
   * Deliveries begin when nothing was appended for this long, in ms, so that a sender at work does not share the disk
   * with them; a record waits for that at most `maxYieldMs`, and not at all when half of `maxBytes` is used. Default 0.
   */
  readonly yieldMs?: number;
  /** Default 5 s. */
  readonly maxYieldMs?: number;
  /** Longest wait before a failed delivery is tried again, in ms. Default 30 s. */
  readonly maxRetryMs?: number;
  /**
   * Brings a record to where it belongs. When it resolves the record is confirmed there and may be forgotten here; it
   * may be called again for the same record after a crash, so it must be safe to do twice.
   */
  readonly deliver: (record: SpooledRecord) => Promise<void>;
  /** Told of each record that an earlier process left, before any of them is delivered. */
  readonly replayed?: (record: SpooledRecord) => void;
  readonly notify?: (event: SpoolEvent) => void;
}

interface Waiting {
  readonly info: Buffer;
  readonly body: readonly Buffer[];
  readonly sizeBytes: number;
  readonly done: (record: SpooledRecord) => void;
  readonly failed: (error: unknown) => void;
}

interface Undelivered {
  readonly record: SpooledRecord;
  readonly segment: Segment;
  /** Since when, on the monotonic clock, ms. */
  readonly since: number;
}

/** Bytes of one batch; more wait for the next. */
const BATCH_BYTES = 32 * 1024 ** 2;
const SEGMENT_NAME = /^\d{16}\.segment$/;

/**
 * Records that are durable before they are where they belong: appended by everyone to one segment file, one fsync for
 * all that wait (group commit), delivered in the background, and gone from the disk with the last of their segment.
 */
export class Spool {
  private readonly waiting: Waiting[] = [];
  private readonly undelivered: Undelivered[] = [];
  private appendedAt = -Infinity;
  private yielding: NodeJS.Timeout | undefined;
  private readonly segments = new Set<Segment>();
  private current: Segment | undefined;
  private serial = 0;
  private committing: Promise<void> | undefined;
  private readonly deliveries = new Set<Promise<void>>();
  private readonly sleepers = new Set<() => void>();
  private waitingBytes = 0;
  private open = 0;
  private isClosing = false;

  private constructor(
    private readonly options: SpoolOptions,
    private readonly lock: FolderLock,
  ) {}

  /**
   * Opens a folder; what an earlier process left there is delivered from now on.
   * @throws STORE_DENIED where another process has the folder, STORE_FULL, STORE_UNAVAILABLE
   */
  static async open(options: SpoolOptions): Promise<Spool> {
    await mkdir(options.folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
      throw fromFilesystemError(error, 'the spool');
    });
    const lock = await lockFolder(options.folder);
    const spool = new Spool(options, lock);
    try {
      await spool.replay();
    } catch (error) {
      await lock.release();
      throw fromFilesystemError(error, 'the spool');
    }
    spool.deliverNext();
    return spool;
  }

  /** Records that are durable here and not confirmed elsewhere. */
  get records(): number {
    return this.open;
  }

  /** Bytes of the segments on the disk. */
  get sizeBytes(): number {
    return [...this.segments].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  /** @throws STORE_FULL when a record of this size would be refused now */
  checkRoom(sizeBytes: number): void {
    const { maxBytes, maxRecords = 200_000 } = this.options;
    if (this.sizeBytes + this.waitingBytes + sizeBytes > maxBytes || this.open >= maxRecords) {
      throw new StoreFullError('The spool holds as much as it may');
    }
  }

  /**
   * Resolves when the record is durable; until then the buffers are the spool's.
   * @throws STORE_FULL, STORE_UNAVAILABLE: the record does not count
   */
  async append(info: Buffer, body: readonly Buffer[]): Promise<void> {
    if (this.isClosing) throw new WriterClosedError();
    const sizeBytes = body.reduce((sum, part) => sum + part.length, info.length);
    this.checkRoom(sizeBytes);
    this.waitingBytes += sizeBytes;
    this.appendedAt = performance.now();
    await new Promise<SpooledRecord>((done, failed) => {
      this.waiting.push({ info, body, sizeBytes, done, failed });
      this.committing ??= this.commit();
    });
  }

  /** Ends what is under way. What is not delivered stays on the disk for the next process. */
  async close(): Promise<void> {
    this.isClosing = true;
    clearTimeout(this.yielding);
    await this.committing;
    this.sleepers.forEach((wake) => wake());
    await Promise.all(this.deliveries);
    if (this.current) {
      this.current.isSealed = true;
      await this.removeIfDone(this.current);
    }
    for (const segment of this.segments) await segment.close();
    await this.lock.release();
  }

  private async commit(): Promise<void> {
    while (this.waiting.length > 0) {
      let bytes = 0;
      const count = this.waiting.findIndex((one) => (bytes += one.sizeBytes) > BATCH_BYTES);
      const batch = this.waiting.splice(0, count < 0 ? this.waiting.length : Math.max(1, count));
      try {
        const segment = await this.segmentForBatch();
        const places = await segment.append(batch);
        batch.forEach((one, i) => one.done(this.register(segment, places[i]!)));
      } catch (error) {
        const known = fromFilesystemError(error, 'the spool');
        batch.forEach((one) => one.failed(known));
      }
      batch.forEach((one) => (this.waitingBytes -= one.sizeBytes));
      this.deliverNext();
    }
    this.committing = undefined;
  }

  private async segmentForBatch(): Promise<Segment> {
    const { segmentBytes = 64 * 1024 ** 2, folder } = this.options;
    const { current } = this;
    if (current && !current.isSealed && current.sizeBytes < segmentBytes) return current;
    this.current = undefined;
    if (current) {
      current.isSealed = true;
      await this.removeIfDone(current);
    }
    this.serial += 1;
    this.current = await Segment.create(join(folder, `${String(this.serial).padStart(16, '0')}.segment`));
    this.segments.add(this.current);
    return this.current;
  }

  private register(segment: Segment, place: RecordPlace): SpooledRecord {
    const record = { info: place.info, sizeBytes: place.bodyBytes, read: () => segment.read(place) };
    segment.open += 1;
    this.open += 1;
    this.undelivered.push({ record, segment, since: performance.now() });
    return record;
  }

  private async replay(): Promise<void> {
    const names = (await readdir(this.options.folder)).filter((name) => SEGMENT_NAME.test(name)).sort();
    for (const name of names) {
      const path = join(this.options.folder, name);
      this.serial = Number(name.slice(0, 16));
      const { segment, records, isDamaged, cutBytes } = await Segment.recover(path);
      this.segments.add(segment);
      if (isDamaged) {
        segment.isKept = true;
        this.options.notify?.({ type: 'segment-damaged', segment: name });
      }
      for (const place of records) {
        const record = this.register(segment, place);
        this.options.replayed?.(record);
      }
      this.options.notify?.({ type: 'segment-replayed', records: records.length, cutBytes });
      await this.removeIfDone(segment);
    }
  }

  private deliverNext(): void {
    const { deliveriesAtOnce = 4 } = this.options;
    while (!this.isClosing && this.deliveries.size < deliveriesAtOnce) {
      const [first] = this.undelivered;
      if (!first || this.mustYield(first)) return;
      const next = this.undelivered.shift()!;
      const work: Promise<void> = this.deliver(next.record, next.segment).finally(() => {
        this.deliveries.delete(work);
        this.deliverNext();
      });
      this.deliveries.add(work);
    }
  }

  /** Whether deliveries leave the disk to the senders for now; they go on by themselves. */
  private mustYield({ since }: Undelivered): boolean {
    const { yieldMs = 0, maxYieldMs = 5000, maxBytes } = this.options;
    const now = performance.now();
    const left = Math.min(this.appendedAt + yieldMs, since + maxYieldMs) - now;
    if (left <= 0 || this.sizeBytes > maxBytes / 2) return false;
    clearTimeout(this.yielding);
    this.yielding = setTimeout(() => this.deliverNext(), Math.ceil(left));
    return true;
  }

  /** Never rejects. */
  private async deliver(record: SpooledRecord, segment: Segment): Promise<void> {
    for (let attempt = 1; !this.isClosing; attempt += 1) {
      try {
        await this.options.deliver(record);
        segment.open -= 1;
        this.open -= 1;
        await this.removeIfDone(segment);
        return;
      } catch (error) {
        this.options.notify?.({ type: 'delivery-failed', error, attempt });
        await this.sleep(Math.min(this.options.maxRetryMs ?? 30_000, 100 * 2 ** Math.min(attempt, 20)));
      }
    }
  }

  private async removeIfDone(segment: Segment): Promise<void> {
    if (!segment.isSealed || segment.open > 0 || !this.segments.delete(segment)) return;
    // One that cannot be removed is delivered again after the next start: safe, and no reason to fail.
    if (segment.isKept) {
      // Its whole records are delivered; the bytes stay for a person, under a name that is not replayed.
      await rename(segment.path, `${segment.path}.damaged`).catch(() => undefined);
      await segment.close();
    } else await segment.remove().catch(() => undefined);
  }

  private sleep(ms: number): Promise<void> {
    if (this.isClosing) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.sleepers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.sleepers.add(wake);
    });
  }
}
