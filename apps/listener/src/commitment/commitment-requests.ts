import { isUid } from '@endplate/dicom';
import { COMMITMENT_REQUESTS_PREFIX, commitmentRequestKey, type ObjectStore } from '@endplate/store';
import { z } from 'zod';

/** A process that has taken a transaction up has this long before another one does, ms. */
export const LEASE_MS = 20 * 60_000;

const uid = z
  .string()
  .max(64)
  .refine((text): boolean => isUid(text));
const instance = z.object({ sopClassUID: uid, sopInstanceUID: uid });

const requestSchema = z.object({
  schema: z.literal('endplate.commitment-request/1'),
  transactionUID: uid,
  /** Calling AE title. */
  requester: z.string().min(1).max(16),
  receivedAt: z.iso.datetime(),
  instances: z.array(instance).min(1).max(10_000),
  /** `open` until the requester has answered the event. */
  state: z.enum(['open', 'answered', 'given-up']),
  attempts: z.int().min(0),
  /** Before this no other process takes the transaction up. */
  nextAttemptAt: z.iso.datetime(),
  /** Decided once, so that the requester never hears two answers. */
  result: z
    .object({ committed: z.array(instance), failed: z.array(instance.extend({ reason: z.int().min(0).max(0xffff) })) })
    .optional(),
});

/** A storage commitment that was asked of us. */
export type CommitmentRequestRecord = z.output<typeof requestSchema>;

/** The open transactions, one object each: they outlive the process, and any listener may finish them. */
export class CommitmentRequests {
  constructor(private readonly store: Pick<ObjectStore, 'put' | 'get' | 'list' | 'delete'>) {}

  /** Writes a transaction that must not be known yet. @throws STORE_EXISTS */
  async create(record: CommitmentRequestRecord): Promise<void> {
    await this.put(record, true);
  }

  /** Writes what has changed. */
  async write(record: CommitmentRequestRecord): Promise<void> {
    await this.put(record, false);
  }

  async read(transactionUID: string): Promise<CommitmentRequestRecord | undefined> {
    try {
      const bytes = await this.store.get(commitmentRequestKey(transactionUID), { maxBytes: 16 * 1024 ** 2 });
      return requestSchema.parse(JSON.parse(bytes.toString('utf8')));
    } catch (error) {
      if ((error as { code?: unknown }).code === 'STORE_NOT_FOUND') return undefined;
      throw error;
    }
  }

  /** Transaction UIDs, with the time of their last change. */
  async *list(): AsyncGenerator<{ readonly transactionUID: string; readonly changedAt: Date }> {
    for await (const { key, lastModified } of this.store.list(COMMITMENT_REQUESTS_PREFIX)) {
      const transactionUID = key.slice(COMMITMENT_REQUESTS_PREFIX.length, -'.json'.length);
      if (isUid(transactionUID)) yield { transactionUID, changedAt: lastModified };
    }
  }

  async delete(transactionUID: string): Promise<void> {
    await this.store.delete(commitmentRequestKey(transactionUID));
  }

  private async put(record: CommitmentRequestRecord, ifAbsent: boolean): Promise<void> {
    const body = Buffer.from(`${JSON.stringify(requestSchema.parse(record))}\n`);
    await this.store.put(commitmentRequestKey(record.transactionUID), body, {
      contentType: 'application/json',
      ...(ifAbsent ? { ifAbsent } : {}),
    });
  }
}
