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

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

interface Usage {
  associations: number;
  /** Instances that may come at once, as a bucket that fills by `instancesPerMinute`. */
  tokens: number | undefined;
  filledAt: number;
  day: number;
  bytesToday: number;
}

/** Counts what each AE title uses. It holds titles of the AE list alone, so it stays small, and outlives a reload. */
export class AeQuotas {
  private readonly usage = new Map<string, Usage>();

  /** @param now - ms since 1970, UTC */
  constructor(private readonly now: () => number) {}

  /** Whether one more association is within the quota. */
  hasRoomForAssociation(aeTitle: string, quota: AeQuota): boolean {
    return (this.usage.get(aeTitle)?.associations ?? 0) < (quota.associations ?? Infinity);
  }

  associationOpened(aeTitle: string): void {
    this.of(aeTitle).associations += 1;
  }

  associationEnded(aeTitle: string): void {
    const used = this.of(aeTitle);
    used.associations = Math.max(0, used.associations - 1);
  }

  /** Takes one instance out of the quota; else says which bound it broke, in words that fit (0000,0902). */
  takeInstance(aeTitle: string, { instancesPerMinute, bytesPerDay }: AeQuota): string | undefined {
    const used = this.of(aeTitle);
    const at = this.now();
    if (bytesPerDay !== undefined && used.bytesToday >= bytesPerDay) {
      return 'Quota of bytes per day is used up, try again tomorrow';
    }
    if (instancesPerMinute === undefined) return undefined;
    const grown = ((at - used.filledAt) / MINUTE_MS) * instancesPerMinute;
    used.tokens = Math.min(instancesPerMinute, (used.tokens ?? instancesPerMinute) + Math.max(0, grown));
    used.filledAt = at;
    if (used.tokens < 1) return 'Quota of instances per minute is used up, try again later';
    used.tokens -= 1;
    return undefined;
  }

  /** Counts what was sent, taken or not. */
  bytesSent(aeTitle: string, bytes: number): void {
    this.of(aeTitle).bytesToday += bytes;
  }

  private of(aeTitle: string): Usage {
    const at = this.now();
    const day = Math.floor(at / DAY_MS);
    const found = this.usage.get(aeTitle) ?? { associations: 0, tokens: undefined, filledAt: at, day, bytesToday: 0 };
    this.usage.set(aeTitle, found);
    if (found.day !== day) Object.assign(found, { day, bytesToday: 0 });
    return found;
  }
}
