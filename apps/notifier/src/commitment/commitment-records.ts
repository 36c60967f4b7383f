import { type CommitmentResult } from '@endplate/dimse';
import { commitmentKey, type ObjectStore } from '@endplate/store';
import { z } from 'zod';

const uid = z
  .string()
  .max(64)
  .regex(/^[0-9]+(\.[0-9]+)*$/);

const commitmentSchema = z.object({
  schema: z.literal('endplate.commitment/1'),
  transactionUID: uid,
  /** Absent while the destination has not said anything. */
  result: z
    .object({
      committed: z.array(uid).max(4096),
      failed: z.array(z.object({ sopInstanceUID: uid, reason: z.int().min(0).max(0xffff) })).max(4096),
    })
    .optional(),
});

/** A transaction that was asked for, with its result once there is one. */
export type Commitment = z.output<typeof commitmentSchema>;

/**
 * Transactions of storage commitment, one object each: the result may come to another process than the one that asked,
 * hours later.
 */
export class CommitmentRecords {
  constructor(private readonly store: ObjectStore) {}

  /** Written before the destination is asked: a result nobody asked for is not taken. */
  async ask(transactionUID: string): Promise<void> {
    if (await this.read(transactionUID)) return;
    await this.write({ schema: 'endplate.commitment/1', transactionUID });
  }

  /** @returns false for a transaction that nobody asked for */
  async answer({ transactionUID, committed, failed }: CommitmentResult): Promise<boolean> {
    const record = await this.read(transactionUID);
    if (!record) return false;
    await this.write({ ...record, result: { committed: [...committed], failed: [...failed] } });
    return true;
  }

  async read(transactionUID: string): Promise<Commitment | undefined> {
    try {
      const bytes = await this.store.get(commitmentKey(transactionUID), { maxBytes: 1024 ** 2 });
      return commitmentSchema.parse(JSON.parse(bytes.toString('utf8')));
    } catch (error) {
      if ((error as { code?: unknown }).code === 'STORE_NOT_FOUND') return undefined;
      throw error;
    }
  }

  private async write(commitment: Commitment): Promise<void> {
    const body = Buffer.from(`${JSON.stringify(commitment)}\n`);
    await this.store.put(commitmentKey(commitment.transactionUID), body, { contentType: 'application/json' });
  }
}
