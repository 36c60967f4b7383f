import { ReadingRooms } from './reading-rooms';
import { type Segment } from './segment';
import { type Turn, Turns } from './turns';

const DELIVERIES_AT_ONCE = 4;

/** A record that is durable in the spool and not yet confirmed elsewhere. */
export interface SpooledRecord {
  /** The index record, as it was given to the writer's `commit`. */
  readonly info: Buffer;
  readonly sizeBytes: number;
  /** Reads the body; its memory is used again once the delivery has resolved. */
  read(): Promise<Buffer>;
}

/** Where a record waits. */
export interface Undelivered {
  readonly segment: Segment;
  readonly offset: number;
  readonly bodyBytes: number;
  /** Since when, on the monotonic clock, ms. */
  readonly since: number;
}

/** Settings of the deliveries. */
export interface DeliveryOptions {
  /** Deliveries at one time. Default 4. */
  readonly deliveriesAtOnce?: number;
  /**
   * Deliveries begin when nothing was appended for this long, in ms, so that a sender at work does not share the disk
   * with them; a record waits for that at most `maxYieldMs`, then one delivery runs at a time, and not at all when half
   * of the spool's room is used. Default 0.
   */
  readonly yieldMs?: number;
  /** Default 30 s. */
  readonly maxYieldMs?: number;
  /** Longest wait before a failed delivery is tried again, in ms. Default 30 s. */
  readonly maxRetryMs?: number;
  /**
   * Where a record belongs, read from its index record. Records of one place go there one after the other, in the order
   * they became durable, also when one has to be tried again; others pass them. Default: each has its own place.
   */
  readonly placeOf?: (info: Buffer) => string;
  /**
   * Brings a record to where it belongs. When it resolves the record is confirmed there and may be forgotten here; it
   * may be called again for the same record after a crash, so it must be safe to do twice.
   */
  readonly deliver: (record: SpooledRecord) => Promise<void>;
}

/** What the queue needs of its spool. */
export interface DeliveryPorts {
  /** The part of the room that is used, 0 to 1. */
  readonly usedShare: () => number;
  readonly delivered: (record: Undelivered) => Promise<void>;
  readonly failed: (error: unknown, attempt: number) => void;
}

/** A record whose head was read, and its turn at its place. */
interface Opened extends Awaited<ReturnType<Segment['read']>> {
  readonly turn: Turn | undefined;
}

/**
 * Delivers records, the oldest first and a few at a time, and leaves the disk to those who append. What belongs to the
 * same place gets there in the order it became durable.
 */
export class DeliveryQueue {
  private waiting: Undelivered[] = [];
  private first = 0;
  private appendedAt = -Infinity;
  private yielding: NodeJS.Timeout | undefined;
  private readonly running = new Map<Promise<void>, Undelivered>();
  private readonly sleepers = new Set<() => void>();
  private readonly rooms: ReadingRooms;
  private readonly turns = new Turns();
  private opening: Promise<unknown> = Promise.resolve();
  private isClosing = false;

  constructor(
    private readonly options: DeliveryOptions,
    private readonly ports: DeliveryPorts,
  ) {
    this.rooms = new ReadingRooms(options.deliveriesAtOnce ?? DELIVERIES_AT_ONCE);
  }

  /** Records that are not confirmed. */
  get size(): number {
    return this.waiting.length - this.first + this.running.size;
  }

  /** Since when the oldest record waits, on the monotonic clock, ms. */
  get oldestSince(): number | undefined {
    const [running] = this.running.values();
    return running?.since ?? this.waiting[this.first]?.since;
  }

  /** True while somebody appends. */
  get isYielding(): boolean {
    return performance.now() < this.appendedAt + (this.options.yieldMs ?? 0);
  }

  /** Somebody appends: the disk is theirs. */
  appended(): void {
    this.appendedAt = performance.now();
  }

  push(record: Undelivered): void {
    this.waiting.push(record);
  }

  /** Begins what may begin now. */
  start(): void {
    while (!this.isClosing && this.running.size < this.atOnce()) {
      const next = this.waiting[this.first]!;
      this.waiting[this.first] = undefined as unknown as Undelivered;
      this.first += 1;
      if (this.first > 1024 && this.first * 2 > this.waiting.length) {
        this.waiting = this.waiting.slice(this.first);
        this.first = 0;
      }
      const work: Promise<void> = this.deliver(next).finally(() => {
        this.running.delete(work);
        this.start();
      });
      this.running.set(work, next);
    }
  }

  /** Ends what is under way; what is not delivered stays. */
  async close(): Promise<void> {
    this.isClosing = true;
    clearTimeout(this.yielding);
    this.sleepers.forEach((wake) => wake());
    await Promise.all(this.running.keys());
  }

  /** How many deliveries may run now; where it is fewer than could, a timer asks again. */
  private atOnce(): number {
    const { deliveriesAtOnce = DELIVERIES_AT_ONCE, yieldMs = 0, maxYieldMs = 30_000 } = this.options;
    const first = this.waiting[this.first];
    if (!first) return 0;
    const now = performance.now();
    const [quietAt, overdueAt] = [this.appendedAt + yieldMs, first.since + maxYieldMs];
    if (quietAt <= now || this.ports.usedShare() > 0.5) return deliveriesAtOnce;
    clearTimeout(this.yielding);
    this.yielding = setTimeout(() => this.start(), Math.ceil(Math.max(1, (overdueAt > now ? Math.min(quietAt, overdueAt) : quietAt) - now))); // prettier-ignore
    return overdueAt <= now ? 1 : 0;
  }

  /** Never rejects. */
  private async deliver(record: Undelivered): Promise<void> {
    const opened = await this.untilDone(() => this.open(record));
    if (!opened) return;
    await opened.turn?.comes;
    await this.untilDone(() => this.bring(record, opened));
    opened.turn?.end();
  }

  /** Heads are read one after the other: that is the order in which turns are taken. */
  private open({ segment, offset }: Undelivered): Promise<Opened> {
    const opened = this.opening.then(async () => {
      const head = await segment.read(offset);
      const place = this.options.placeOf?.(head.info);
      return { ...head, turn: place === undefined ? undefined : this.turns.take(place) };
    });
    this.opening = opened.catch(() => undefined);
    return opened;
  }

  private async bring(record: Undelivered, { info, body }: Opened): Promise<void> {
    let room: Buffer | undefined;
    const read = (): Promise<Buffer> => body((bytes) => (room ??= this.rooms.take(bytes)));
    await this.options.deliver({ info, sizeBytes: record.bodyBytes, read });
    // After a failure somebody may still be sending it: that memory is left to the garbage collector.
    if (room) this.rooms.give(room);
    await this.ports.delivered(record);
  }

  /** Tries until it works; undefined where the queue closes before. Never rejects. */
  private async untilDone<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    for (let attempt = 1; !this.isClosing; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        this.ports.failed(error, attempt);
        await this.sleep(Math.min(this.options.maxRetryMs ?? 30_000, 100 * 2 ** Math.min(attempt, 20)));
      }
    }
    return undefined;
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
