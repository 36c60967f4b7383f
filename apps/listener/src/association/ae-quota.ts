import { z } from 'zod';

/** How much an AE may send; what is absent has no bound of its own. */
export const aeQuotaSchema = z
  .strictObject({
    /** Associations at one time. */
    associations: z.int().min(1).max(10_000).optional(),
    /** Instances in any minute. */
    instancesPerMinute: z.int().min(1).max(10_000_000).optional(),
    /** Bytes of data sets in a day, UTC. */
    bytesPerDay: z.int().min(1).optional(),
  })
  .refine((one) => Object.keys(one).length > 0, 'must have at least one bound');
/** How much an AE may send. */
export type AeQuota = z.output<typeof aeQuotaSchema>;

/** Which bound was reached, in words that fit (0000,0902). */
export const QUOTA_COMMENTS = {
  minute: 'Quota of instances per minute is used up, try again later',
  day: 'Quota of bytes per day is used up, try again tomorrow',
} as const;

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** A slot whose association never came to be is free again after this. */
const RESERVED_MS = 30_000;

interface Usage {
  /** Instances that may come at once, as a bucket that fills by `instancesPerMinute`. */
  tokens: number | undefined;
  filledAt: number;
  day: number;
  bytesToday: number;
}

/** Counts what each AE title uses of this process; what is kept of titles without a quota ends with their associations. */
export class AeQuotas {
  private readonly usage = new Map<string, Usage>();
  /** By AE title: connections, and until when a slot is kept that is not an association yet. */
  private readonly slots = new Map<string, Map<string, number>>();

  /** @param now - ms since 1970, UTC */
  constructor(private readonly now: () => number) {}

  /** Associations of an AE, and those that are about to be. */
  associations(aeTitle: string): number {
    const slots = this.slots.get(aeTitle);
    slots?.forEach((until, connection) => until < this.now() && slots.delete(connection));
    return slots?.size ?? 0;
  }

  /** Keeps a slot for a connection, if that is within the quota. */
  reserve(aeTitle: string, connection: string, { associations = Infinity }: AeQuota): boolean {
    if (this.associations(aeTitle) >= associations) return false;
    this.setSlot(aeTitle, connection, this.now() + RESERVED_MS);
    return true;
  }

  associationOpened(aeTitle: string, connection: string): void {
    this.setSlot(aeTitle, connection, Infinity);
  }

  associationEnded(aeTitle: string, connection: string): void {
    const slots = this.slots.get(aeTitle);
    slots?.delete(connection);
    if (slots?.size === 0) this.slots.delete(aeTitle);
  }

  /** Takes one instance out of the quota; else says which bound it broke. */
  takeInstance(aeTitle: string, { instancesPerMinute, bytesPerDay }: AeQuota): keyof typeof QUOTA_COMMENTS | undefined {
    const used = this.of(aeTitle);
    const at = this.now();
    if (bytesPerDay !== undefined && used.bytesToday >= bytesPerDay) return 'day';
    if (instancesPerMinute === undefined) return undefined;
    const grown = ((at - used.filledAt) / MINUTE_MS) * instancesPerMinute;
    used.tokens = Math.min(instancesPerMinute, (used.tokens ?? instancesPerMinute) + Math.max(0, grown));
    used.filledAt = at;
    if (used.tokens < 1) return 'minute';
    used.tokens -= 1;
    return undefined;
  }

  /** Counts what an AE with a quota sent, taken or not. */
  bytesSent(aeTitle: string, bytes: number): void {
    this.of(aeTitle).bytesToday += bytes;
  }

  private setSlot(aeTitle: string, connection: string, until: number): void {
    const slots = this.slots.get(aeTitle) ?? new Map<string, number>();
    this.slots.set(aeTitle, slots.set(connection, until));
  }

  private of(aeTitle: string): Usage {
    const at = this.now();
    const day = Math.floor(at / DAY_MS);
    const found = this.usage.get(aeTitle) ?? { tokens: undefined, filledAt: at, day, bytesToday: 0 };
    this.usage.set(aeTitle, found);
    if (found.day !== day) Object.assign(found, { day, bytesToday: 0 });
    return found;
  }
}
