import { type DimseStatus, type EventReporter, Status } from '@endplate/dimse';
import { type AeDirectory } from '../association/ae-directory';
import { type CommitmentRequestRecord, type CommitmentRequests, LEASE_MS } from './commitment-requests';
import { decideCommitment, type DecisionPorts } from './decide-commitment';
import { reportHere, reportThere } from './report-commitment';

/** What the desk tells. */
export type CommitmentEvent =
  | { readonly type: 'answered'; readonly requester: string; readonly committed: number; readonly failed: number; readonly here: boolean } // prettier-ignore
  | { readonly type: 'delayed' | 'given-up'; readonly requester: string; readonly attempt: number; readonly error: Error }; // prettier-ignore

/** What the desk needs. */
export interface DeskPorts extends Pick<DecisionPorts, 'instances' | 'moving'> {
  readonly records: CommitmentRequests;
  readonly directory: Pick<AeDirectory, 'partner'>;
  /** Our AE title. */
  readonly aeTitle: string;
  readonly now: () => Date;
  readonly notify: (event: CommitmentEvent) => void;
}

/** Times of the desk, ms. */
export interface DeskTimes {
  /**
   * A requester that waits for its answer gets it on its association after this; most release it at once, and an event
   * that crosses their release confuses some.
   */
  readonly stayMs: number;
  /** First pause after a report that failed; it doubles up to an hour. */
  readonly retryMs: number;
  /** How often the open transactions of the store are looked at. */
  readonly sweepMs: number;
  /** Answered transactions are kept this long: their UID is in use. */
  readonly keepMs: number;
}

/** The times where nothing else is asked for. */
export const DESK_TIMES: DeskTimes = { stayMs: 500, retryMs: 5_000, sweepMs: 30_000, keepMs: 7 * 86_400_000 };

const HOUR_MS = 3_600_000;
/** About a day of tries. */
const MAX_ATTEMPTS = 34;

/** Works off storage commitments: decides once, reports until the requester has answered. */
export class CommitmentDesk {
  private readonly running = new Map<string, Promise<void>>();
  private readonly wakers = new Set<() => void>();
  private sweeping: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly ports: DeskPorts,
    private readonly times: DeskTimes = DESK_TIMES,
  ) {}

  /** Transactions that this process works on. */
  get open(): number {
    return this.running.size;
  }

  /** Takes up what an earlier process left, and goes on looking for it. */
  start(): void {
    if (this.stopped) return;
    void this.sweep()
      .catch((error: unknown) => this.tell('delayed', '', 0, error))
      .finally(() => {
        if (!this.stopped) this.sweeping = setTimeout(() => this.start(), this.times.sweepMs);
      });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.sweeping);
    this.wakers.forEach((wake) => wake());
    await Promise.all(this.running.values());
  }

  /** Works on a transaction that this process holds the lease of. */
  take(record: CommitmentRequestRecord, reporter?: EventReporter): void {
    if (this.stopped || this.running.has(record.transactionUID)) return;
    const work = this.work(record, reporter)
      .catch((error: unknown) => this.tell('delayed', record.requester, record.attempts, error))
      .finally(() => this.running.delete(record.transactionUID));
    this.running.set(record.transactionUID, work);
  }

  /** One look at the store: what is due is taken up, what is over is forgotten. */
  async sweep(): Promise<void> {
    const { records, now } = this.ports;
    for await (const { transactionUID, changedAt } of records.list()) {
      if (this.stopped) return;
      if (this.running.has(transactionUID)) continue;
      const record = await records.read(transactionUID);
      if (!record) continue;
      const nowMs = now().getTime();
      if (record.state !== 'open') {
        if (nowMs - changedAt.getTime() > this.times.keepMs) await records.delete(transactionUID);
      } else if (Date.parse(record.nextAttemptAt) <= nowMs) {
        const leased = { ...record, nextAttemptAt: new Date(nowMs + LEASE_MS).toISOString() };
        await records.write(leased);
        this.take(leased);
      }
    }
  }

  private async work(taken: CommitmentRequestRecord, reporter: EventReporter | undefined): Promise<void> {
    const { records, now } = this.ports;
    let record = taken;
    try {
      if (!record.result) {
        const result = await decideCommitment(record.instances, { ...this.ports, wait: (ms) => this.pause(ms) });
        record = { ...record, result: { committed: [...result.committed], failed: [...result.failed] } };
        await records.write(record);
      }
      const here = await this.report(record, reporter);
      await records.write({ ...record, state: 'answered' });
      const { committed, failed } = record.result!;
      const { requester } = record;
      this.ports.notify({ type: 'answered', requester, committed: committed.length, failed: failed.length, here });
    } catch (error) {
      const attempts = record.attempts + (this.stopped ? 0 : 1);
      const over = attempts >= MAX_ATTEMPTS;
      const pauseMs = this.stopped ? 0 : Math.min(HOUR_MS, this.times.retryMs * 2 ** Math.min(attempts - 1, 20));
      const nextAttemptAt = new Date(now().getTime() + pauseMs).toISOString();
      await records.write({ ...record, attempts, nextAttemptAt, state: over ? 'given-up' : 'open' });
      this.tell(over ? 'given-up' : 'delayed', record.requester, attempts, error);
    }
  }

  /** @returns true where the association of the request was still there */
  private async report(
    { transactionUID, requester, result }: CommitmentRequestRecord,
    reporter: EventReporter | undefined,
  ): Promise<boolean> {
    const answer = { transactionUID, ...result! };
    if (reporter) await this.pause(this.times.stayMs);
    if (reporter?.open) {
      const status = await reportHere(answer, reporter).catch(() => undefined);
      if (status) return accepted(status, true);
    }
    const address = this.ports.directory.partner(requester).commitment;
    if (!address) throw new Error('the association is over, and no commitment address of the requester is known');
    return accepted(await reportThere(answer, address, this.ports.aeTitle), false);
  }

  private tell(type: 'delayed' | 'given-up', requester: string, attempt: number, error: unknown): void {
    this.ports.notify({ type, requester, attempt, error: error instanceof Error ? error : new Error('unknown') });
  }

  /** @throws where the desk is closed meanwhile: the next process goes on */
  private pause(ms: number): Promise<void> {
    const over = new Error('the listener ends before the commitment is answered');
    if (this.stopped) return Promise.reject(over);
    return new Promise((resolve, reject) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.wakers.delete(wake);
        if (this.stopped) reject(over);
        else resolve();
      };
      const timer = setTimeout(wake, ms);
      this.wakers.add(wake);
    });
  }
}

/** @throws where the requester answered a failure: it will be told again */
function accepted({ status }: DimseStatus, here: boolean): boolean {
  if (status !== Status.Success) throw new Error(`the requester answered the event with 0x${status.toString(16)}`);
  return here;
}
