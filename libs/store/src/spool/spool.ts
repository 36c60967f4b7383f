import { mkdir } from 'node:fs/promises';
import { StoreFullError, WriterClosedError } from '../errors';
import { fromFilesystemError } from '../filesystem/filesystem-error';
import { type DeliveryOptions, DeliveryQueue, type SpooledRecord } from './delivery-queue';
import { lockFolder, type FolderLock } from './folder-lock';
import { type CommitGroup, GroupCommit } from './group-commit';
import { PagePool } from './page-pool';
import { type RecoveredSegment, SegmentPool } from './segment-pool';
import { Retention } from './retention';
import { SpoolWriter } from './spool-writer';

/** What a spool tells. */
export type SpoolEvent =
  /** A segment of an earlier process; `torn` records were never acknowledged and do not count. */
  | { readonly type: 'segment-replayed'; readonly records: number; readonly torn: number }
  /** A record of a segment is not what was written; the file is kept beside, for a person. */
  | { readonly type: 'segment-damaged'; readonly segment: string }
  | { readonly type: 'delivery-failed'; readonly error: unknown; readonly attempt: number }
  /** One durable write had these records. */
  | ({ readonly type: 'group-committed' } & CommitGroup);

/** Settings of a spool. */
export interface SpoolOptions extends DeliveryOptions {
  /** Folder of this process alone, on a disk that outlives it. */
  readonly folder: string;
  /** Above this the records are refused, in bytes. */
  readonly maxBytes: number;
  /** A segment that holds this is followed by the next, in bytes. Default 64 MiB, at most a quarter of `maxBytes`. */
  readonly segmentBytes?: number;
  /** Bytes of segment files that are made ready at the start; twice as many are kept for the next use. Default 0. */
  readonly spareBytes?: number;
  /**
   * How long a segment stays when its records are delivered, in ms; then each goes to `recheck`. Less where its room is
   * needed. Default 0: it is used again at once.
   */
  readonly retainMs?: number;
  /**
   * Resolves when a delivered record is still where it belongs, or is there again; may be called more than once.
   */
  readonly recheck?: (record: SpooledRecord) => Promise<void>;
  /** Records that wait at one time; it bounds the memory. Default 200,000. */
  readonly maxRecords?: number;
  /** Told of each record that an earlier process left, before any of them is delivered. */
  readonly replayed?: (info: Buffer) => void;
  readonly notify?: (event: SpoolEvent) => void;
}

/** How a spool stands. */
export interface SpoolState {
  /** Records that are durable here and not confirmed elsewhere. */
  readonly records: number;
  /** Bytes in use, and what may be. */
  readonly sizeBytes: number;
  readonly maxBytes: number;
  /** How long the oldest record waits, in ms; 0 where none does. */
  readonly oldestMs: number;
  /** Files in use, and files kept for the next use. */
  readonly segments: number;
  readonly spares: number;
  /** Files whose records are delivered and that stay for a time. */
  readonly retained: number;
}

/**
 * Records that are durable before they are where they belong: everyone writes to one segment file while the bytes
 * arrive, a few durable writes at a time for all that are whole (group commit), delivered in the background; a segment whose records
 * are all confirmed is used again.
 */
export class Spool {
  private readonly pages = new PagePool();
  private readonly pool: SegmentPool;
  private readonly retention: Retention | undefined;
  private readonly commits: GroupCommit;
  private readonly queue: DeliveryQueue;
  private readonly endings = new Set<Promise<void>>();
  private filling: Promise<void> = Promise.resolve();
  private isClosing = false;

  private constructor(
    private readonly options: SpoolOptions,
    private readonly lock: FolderLock,
  ) {
    const { folder, maxBytes, spareBytes = 0, notify } = options;
    const { segmentBytes = Math.min(64 * 1024 ** 2, Math.floor(maxBytes / 4)) } = options;
    const readySpares = Math.ceil(spareBytes / segmentBytes);
    const retention = (this.retention = this.retain());
    const bounds = { segmentBytes, maxSpares: 2 * readySpares, maxBytes, ...(retention ? { retention } : {}) };
    this.pool = new SegmentPool({ folder, pages: this.pages, ...bounds });
    this.commits = new GroupCommit(this.pool, (group) => notify?.({ type: 'group-committed', ...group }));
    this.queue = new DeliveryQueue(options, {
      usedShare: () => this.pool.sizeBytes / maxBytes,
      failed: (error, attempt) => notify?.({ type: 'delivery-failed', error, attempt }),
      delivered: ({ segment }) => {
        segment.undelivered -= 1;
        return this.pool.releaseIfDone(segment);
      },
    });
    this.fillSpares = () => this.pool.fillSpares(readySpares, () => !this.isClosing && !this.queue.isYielding);
  }

  private readonly fillSpares: () => Promise<void>;

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
      for await (const found of spool.pool.recover()) spool.replay(found);
      await spool.retention?.adopt();
    } catch (error) {
      await lock.release();
      throw fromFilesystemError(error, 'the spool');
    }
    spool.queue.start();
    // Without spare files the spool is slower, and tells it by itself when the disk is full.
    spool.filling = spool.fillSpares().catch(() => undefined);
    return spool;
  }

  /** Records that are durable here and not confirmed elsewhere. */
  get records(): number {
    return this.queue.size;
  }

  get state(): SpoolState {
    const { oldestSince, size } = this.queue;
    return {
      records: size,
      sizeBytes: this.pool.sizeBytes,
      maxBytes: this.options.maxBytes,
      oldestMs: oldestSince === undefined ? 0 : performance.now() - oldestSince,
      segments: this.pool.segments.size,
      spares: this.pool.spareFiles,
      retained: this.retention?.files ?? 0,
    };
  }

  /** @throws STORE_FULL when a record would be refused now */
  checkRoom(): void {
    const { maxBytes, maxRecords = 200_000 } = this.options;
    if (this.pool.sizeBytes >= maxBytes || this.queue.size >= maxRecords) {
      throw new StoreFullError('The spool holds as much as it may');
    }
  }

  /**
   * Begins a record.
   * @throws STORE_FULL, STORE_WRITER_CLOSED
   */
  begin(): SpoolWriter {
    if (this.isClosing) throw new WriterClosedError();
    this.checkRoom();
    this.queue.appended();
    const { pages, pool, commits } = this;
    return new SpoolWriter({
      pages,
      pool,
      commits,
      ended: (segment, committed) => {
        this.queue.appended();
        if (!segment) return;
        if (committed) {
          segment.undelivered += 1;
          this.queue.push({ segment, ...committed, since: performance.now() });
        }
        const ending: Promise<void> = pool.releaseIfDone(segment).finally(() => this.endings.delete(ending));
        this.endings.add(ending);
        this.queue.start();
      },
    });
  }

  /**
   * Resolves when the record is durable.
   * @throws STORE_FULL, STORE_UNAVAILABLE: the record does not count
   */
  async append(info: Buffer, body: readonly Buffer[]): Promise<void> {
    const writer = this.begin();
    try {
      for (const part of body) await writer.write(part);
      await writer.commit(info);
    } finally {
      writer.abort();
    }
  }

  /** Ends what is under way. What is not delivered stays on the disk for the next process. */
  async close(): Promise<void> {
    this.isClosing = true;
    await this.filling;
    await this.commits.idle();
    await this.queue.close();
    await Promise.all(this.endings);
    await this.retention?.close();
    await this.pool.close();
    await this.lock.release();
  }

  private retain(): Retention | undefined {
    const { folder, retainMs = 0, recheck, maxRetryMs, notify } = this.options;
    if (retainMs === 0 || !recheck) return undefined;
    return new Retention({
      folder,
      retainMs,
      recheck,
      release: (segment) => this.pool.release(segment),
      failed: (error, attempt) => notify?.({ type: 'delivery-failed', error, attempt }),
      ...(maxRetryMs === undefined ? {} : { maxRetryMs }),
    });
  }

  private replay({ segment, name, records, torn, isDamaged }: RecoveredSegment): void {
    const { notify, replayed } = this.options;
    if (isDamaged) notify?.({ type: 'segment-damaged', segment: name });
    for (const { offset, bodyBytes, info } of records) {
      segment.undelivered += 1;
      this.queue.push({ segment, offset, bodyBytes, since: performance.now() });
      replayed?.(info);
    }
    notify?.({ type: 'segment-replayed', records: records.length, torn });
  }
}
