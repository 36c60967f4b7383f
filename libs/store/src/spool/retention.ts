import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type SpooledRecord } from './delivery-queue';
import { ReadingRooms } from './reading-rooms';
import { Segment } from './segment';
import { type FoundRecord } from './segment-reader';

/** What the retention needs. */
export interface RetentionPorts {
  readonly folder: string;
  /** How long a file stays, in ms. */
  readonly retainMs: number;
  /** Resolves when a record is still where it was delivered, or is there again; rejects where that cannot be told now. */
  readonly recheck: (record: SpooledRecord) => Promise<void>;
  /** Takes a segment that nobody needs any more. */
  readonly release: (segment: Segment) => Promise<void>;
  readonly failed: (error: unknown, attempt: number) => void;
  /** Longest wait before a failed check is tried again, in ms. Default 30 s. */
  readonly maxRetryMs?: number;
}

const RETAINED_NAME = /^[\w-]+\.retained$/;

/**
 * Segments whose records were all delivered and that stay for a time, since a place may lose what it has confirmed; at
 * its end each record is looked for once more, and only then the file is used again. Whoever needs the room first may
 * take the oldest before its time.
 */
export class Retention {
  /** Oldest first. */
  private readonly kept: { readonly path: string; readonly until: number }[] = [];
  private readonly rooms = new ReadingRooms(1);
  private timer: NodeJS.Timeout | undefined;
  private checking: Promise<void> | undefined;
  private wake: () => void = () => undefined;
  private isClosing = false;

  constructor(private readonly ports: RetentionPorts) {}

  /** Files that stay. */
  get files(): number {
    return this.kept.length + (this.checking ? 1 : 0);
  }

  /** Takes over what an earlier process kept; the time begins anew. */
  async adopt(): Promise<void> {
    const names = await readdir(this.ports.folder);
    for (const name of names.filter((one) => RETAINED_NAME.test(one))) this.push(join(this.ports.folder, name));
  }

  /** Keeps a segment whose records are all delivered. After a crash it may be delivered again, which is safe. */
  async keep(segment: Segment): Promise<void> {
    const path = join(this.ports.folder, `${randomUUID()}.retained`);
    await segment.rename(path);
    await segment.close();
    this.push(path);
  }

  /** The oldest file, which is the caller's from now on; undefined where there is none. */
  giveUp(): string | undefined {
    return this.kept.shift()?.path;
  }

  /** Ends what is under way; the files stay for the next process. */
  async close(): Promise<void> {
    this.isClosing = true;
    clearTimeout(this.timer);
    this.wake();
    await this.checking;
  }

  private push(path: string): void {
    this.kept.push({ path, until: performance.now() + this.ports.retainMs });
    this.schedule();
  }

  private schedule(): void {
    const [oldest] = this.kept;
    if (!oldest || this.timer || this.checking || this.isClosing) return;
    this.timer = setTimeout(
      () => {
        this.timer = undefined;
        // The one that this timer was set for may have been given up meanwhile.
        if ((this.kept[0]?.until ?? Infinity) > performance.now()) return this.schedule();
        this.checking = this.checkOldest().finally(() => {
          this.checking = undefined;
          this.schedule();
        });
      },
      Math.max(0, oldest.until - performance.now()),
    );
    this.timer.unref();
  }

  /** Never rejects: a file that cannot be read any more was confirmed all the same. */
  private async checkOldest(): Promise<void> {
    const path = this.giveUp();
    if (path === undefined) return;
    try {
      const { segment, records } = await Segment.recover(path);
      for (const record of records) {
        if (!(await this.isThere(segment, record))) return await segment.close();
      }
      await this.ports.release(segment);
    } catch (error) {
      this.ports.failed(error, 1);
    }
  }

  /** False where the spool closes before it is known. */
  private async isThere(segment: Segment, { offset, bodyBytes }: FoundRecord): Promise<boolean> {
    for (let attempt = 1; !this.isClosing; attempt += 1) {
      try {
        const { info, body } = await segment.read(offset);
        let room: Buffer | undefined;
        const read = (): Promise<Buffer> => body((bytes) => (room ??= this.rooms.take(bytes)));
        await this.ports.recheck({ info, sizeBytes: bodyBytes, read });
        if (room) this.rooms.give(room);
        return true;
      } catch (error) {
        this.ports.failed(error, attempt);
        await this.sleep(Math.min(this.ports.maxRetryMs ?? 30_000, 100 * 2 ** Math.min(attempt, 20)));
      }
    }
    return false;
  }

  private sleep(ms: number): Promise<void> {
    if (this.isClosing) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
