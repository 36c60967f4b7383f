import { type SharedUsage } from '@endplate/queue';
import { type AeQuota, AeQuotas, QUOTA_COMMENTS } from './ae-quota';

/** What a listener that is gone had open counts no longer after this. */
const SLOT_MS = 30_000;
/** Longest that a sender waits for Redis here. */
const WAIT_MS = 500;
/** After Redis did not answer this process counts alone for so long. */
const ALONE_MS = 5000;

/** What the quotas need. */
export interface QuotaPorts {
  /** What all listeners use together. */
  readonly usage: SharedUsage;
  /** Another name for each process, also for two on one machine. */
  readonly holder: string;
  /** ms since 1970, UTC */
  readonly now: () => number;
  readonly waitMs?: number;
}

/**
 * Holds each AE to its quota over all listeners. While Redis is away each listener counts what comes to itself and holds
 * the AE to the whole quota: instances are worth more than a bound, and there is a bound all the same.
 */
export class SharedQuotas {
  private readonly local: AeQuotas;
  /** Titles whose associations are counted together. */
  private readonly told = new Set<string>();
  private readonly timer: NodeJS.Timeout;
  private aloneUntil = -Infinity;

  constructor(private readonly ports: QuotaPorts) {
    this.local = new AeQuotas(ports.now);
    this.timer = setInterval(() => this.told.forEach((aeTitle) => this.tell(aeTitle)), SLOT_MS / 3);
    this.timer.unref();
  }

  /** Keeps a slot for the association of a connection, if that is within the quota. */
  async reserve(aeTitle: string, connection: string, quota: AeQuota): Promise<boolean> {
    const { associations } = quota;
    if (associations === undefined) return true;
    if (!this.local.reserve(aeTitle, connection, quota)) return false;
    this.told.add(aeTitle);
    const others = this.local.associations(aeTitle) - 1;
    const { usage, holder } = this.ports;
    const taken = await this.ask(() => usage.takeSlot(aeTitle, holder, others, associations, SLOT_MS));
    if (taken === false) this.local.associationEnded(aeTitle, connection);
    return taken !== false;
  }

  associationOpened(aeTitle: string, connection: string): void {
    this.local.associationOpened(aeTitle, connection);
  }

  associationEnded(aeTitle: string, connection: string): void {
    this.local.associationEnded(aeTitle, connection);
    if (this.told.has(aeTitle)) this.tell(aeTitle);
  }

  /** Takes one instance out of the quota; else says which bound it broke, in words that fit (0000,0902). */
  async takeInstance(aeTitle: string, quota: AeQuota): Promise<string | undefined> {
    const { instancesPerMinute, bytesPerDay } = quota;
    if (instancesPerMinute === undefined && bytesPerDay === undefined) return undefined;
    // What this process alone has used up is used up.
    const broken = this.local.takeInstance(aeTitle, quota);
    if (broken) return QUOTA_COMMENTS[broken];
    const bounds = { perMinute: instancesPerMinute ?? 0, perDay: bytesPerDay ?? 0 };
    const answer = await this.ask(() => this.ports.usage.takePiece(aeTitle, bounds));
    return answer === undefined || answer === 'taken' ? undefined : QUOTA_COMMENTS[answer];
  }

  /** Counts what an AE sent, taken or not. */
  bytesSent(aeTitle: string, bytes: number, { bytesPerDay }: AeQuota): void {
    if (bytesPerDay === undefined) return;
    this.local.bytesSent(aeTitle, bytes);
    void this.ask(() => this.ports.usage.addAmount(aeTitle, bytes).then(() => true));
  }

  close(): void {
    clearInterval(this.timer);
  }

  private tell(aeTitle: string): void {
    const { usage, holder } = this.ports;
    const mine = this.local.associations(aeTitle);
    if (mine === 0) this.told.delete(aeTitle);
    void this.ask(() => usage.tellSlots(aeTitle, holder, mine, SLOT_MS).then(() => true));
  }

  /** What Redis answers; undefined where it does not, and for a time after that. */
  private async ask<T>(question: () => Promise<T>): Promise<T | undefined> {
    const { now, waitMs = WAIT_MS } = this.ports;
    if (now() < this.aloneUntil) return undefined;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), waitMs)));
    const answer = await Promise.race([question().catch(() => undefined), late]);
    clearTimeout(timer);
    if (answer === undefined) this.aloneUntil = now() + ALONE_MS;
    return answer;
  }
}
