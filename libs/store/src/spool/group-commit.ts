import { BLOCK_BYTES, type RecordHead, wholeBlocks } from './spool-record';
import { type Segment } from './segment';
import { type SegmentPool } from './segment-pool';

/** Records that share one write at most; what more there are goes with the next. */
const MAX_GROUP = 64;
/** Writes past the page cache at one time: while one is on the disk, others are on their way there. */
const MAX_WRITES = 3;

/** One durable write for all that waited, told to who measures. */
export interface CommitGroup {
  readonly records: number;
  readonly syncMs: number;
}

/** A record that has all of its body; what is not in the segment yet lies in its page. */
export interface WholeRecord {
  /** Where its first pages are; where it has none, the commit says where it went, and enters it there as a writer. */
  segment: Segment | undefined;
  /** Room for the head, then the last bytes of the body; zeros to the end of the block. */
  readonly page: Buffer;
  readonly head: Omit<RecordHead, 'serial' | 'durableBelow'>;
}

interface Waiting {
  readonly record: WholeRecord;
  readonly resolve: (offset: number) => void;
  readonly reject: (error: unknown) => void;
}

/** Records that follow each other in a segment without a gap. */
interface Run {
  readonly segment: Segment;
  readonly offset: number;
  readonly records: (Waiting & { readonly serial: number; readonly offset: number })[];
  readonly pages: Buffer[];
  end: number;
}

/**
 * Makes records durable: a few writes run at a time, and all records that become whole meanwhile are the next one. Who is
 * alone is written at once; the more there are, the fewer writes each costs. Where the disk has to be flushed behind a
 * write, one runs at a time, so that a flush is for all that wait.
 */
export class GroupCommit {
  private waiting: Waiting[] = [];
  private readonly running = new Set<Promise<void>>();
  /** Of them those that will look once more at what waits. */
  private looking = 0;

  constructor(
    private readonly pool: Pick<SegmentPool, 'take' | 'isDirect'>,
    private readonly notify: (group: CommitGroup) => void,
  ) {}

  /**
   * Resolves when a record is durable, with the offset of its head; its pages before the last must be written by now.
   * @throws STORE_FULL, STORE_UNAVAILABLE, STORE_DENIED: the record does not count
   */
  commit(record: WholeRecord): Promise<number> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ record, resolve, reject });
      if (this.looking < (this.pool.isDirect ? MAX_WRITES : 1)) this.begin();
    });
  }

  /** Resolves when nothing waits. */
  async idle(): Promise<void> {
    await Promise.all(this.running);
  }

  private begin(): void {
    this.looking += 1;
    const run: Promise<void> = this.run().finally(() => this.running.delete(run));
    this.running.add(run);
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      const group = this.waiting.splice(0, MAX_GROUP);
      const startedAt = performance.now();
      const runs: Run[] = [];
      for (const one of group) {
        try {
          if (!one.record.segment) {
            const taken = this.pool.take();
            one.record.segment = taken instanceof Promise ? await taken : taken;
            one.record.segment.writers += 1;
          }
          place(one, one.record.segment, runs);
        } catch (error) {
          one.reject(error);
        }
      }
      // Two at most as a rule, where the group began in one segment and went on in the next.
      await (runs.length === 1 ? write(runs[0]!) : Promise.all(runs.map(write)));
      this.notify({ records: group.length, syncMs: performance.now() - startedAt });
    }
    // In the same turn as the last look: nobody is left waiting.
    this.looking -= 1;
  }
}

/** Gives a record its place behind the one before it, and completes its head. */
function place(one: Waiting, segment: Segment, runs: Run[]): void {
  const { page, head } = one.record;
  const bytes = wholeBlocks(BLOCK_BYTES + head.tailBytes);
  const offset = segment.allocate(bytes);
  const serial = segment.sealHead(page, head);
  let run = runs.find((before) => before.segment === segment && before.end === offset);
  if (!run) runs.push((run = { segment, offset, records: [], pages: [], end: offset }));
  run.records.push({ ...one, serial, offset });
  run.pages.push(page.subarray(0, bytes));
  run.end += bytes;
}

async function write({ segment, offset, records, pages }: Run): Promise<void> {
  try {
    const hasPagesBefore = records.some(({ record }) => record.head.extents.length > 0);
    await segment.writeDurably(pages, offset, hasPagesBefore);
    for (const { serial, resolve, offset: at } of records) {
      segment.markDurable(serial);
      resolve(at);
    }
  } catch (error) {
    for (const { reject } of records) reject(error);
  }
}
