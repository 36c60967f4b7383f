import { type Segment } from './segment';

/** One fsync for all that waited, told to who measures. */
export interface CommitGroup {
  readonly records: number;
  readonly syncMs: number;
}

interface Waiting {
  readonly segment: Segment;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Makes records durable: one fsync runs at a time, and all that were written meanwhile share the next. */
export class GroupCommit {
  private waiting: Waiting[] = [];
  private running: Promise<void> | undefined;

  constructor(private readonly notify: (group: CommitGroup) => void) {}

  /** Resolves when all that was written to the segment before the call is durable. */
  durable(segment: Segment): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ segment, resolve, reject });
      this.running ??= this.run();
    });
  }

  /** Resolves when nothing waits. */
  async idle(): Promise<void> {
    await this.running;
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      const group = this.waiting;
      this.waiting = [];
      const startedAt = performance.now();
      // Two at most, where the group began in one segment and went on in the next.
      const segments = [...new Set(group.map(({ segment }) => segment))];
      const ends = await Promise.allSettled(segments.map((segment) => segment.sync()));
      for (const { segment, resolve, reject } of group) {
        const end = ends[segments.indexOf(segment)]!;
        if (end.status === 'fulfilled') resolve();
        else reject(end.reason);
      }
      this.notify({ records: group.length, syncMs: performance.now() - startedAt });
    }
    this.running = undefined;
  }
}
