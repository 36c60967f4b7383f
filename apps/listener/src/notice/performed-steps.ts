import { isUid } from '@endplate/dicom';
import { type PerformedStep } from '@endplate/dimse';
import { type ObjectKey, type ObjectStore, PERFORMED_STEPS_PREFIX, performedStepEndKey, performedStepKey } from '@endplate/store'; // prettier-ignore
import { z } from 'zod';

const uid = z
  .string()
  .max(64)
  .refine((text): boolean => isUid(text));

const stepSchema = z.object({
  schema: z.literal('endplate.performed-step/1'),
  stepUID: uid,
  /** Calling AE title of the N-CREATE. */
  requester: z.string().min(1).max(16),
  changedAt: z.iso.datetime(),
  status: z.enum(['IN PROGRESS', 'COMPLETED', 'DISCONTINUED']),
  studyInstanceUIDs: z.array(uid).min(1).max(100),
  ended: z.boolean(),
  series: z
    .array(
      z.object({
        seriesInstanceUID: uid,
        instances: z.array(z.object({ sopClassUID: uid, sopInstanceUID: uid })).max(20_000),
      }),
    )
    .max(20_000),
});

/** A performed procedure step that a modality told us of; nothing of the patient is kept. */
export type PerformedStepRecord = z.output<typeof stepSchema>;

/** A record is about 150 bytes per instance. */
const MAX_BYTES = 16 * 1024 ** 2;

/** Steps that nobody changes are kept this long, ms. */
const KEEP_MS = 7 * 86_400_000;
/** They are looked through at most this often, ms. */
const LOOK_EVERY_MS = 6 * 3_600_000;

/** Forgets old steps; to be called now and then. */
export function forgetSteps(store: ObjectStore, now: () => Date): () => Promise<void> {
  const steps = new PerformedSteps(store);
  let lookedAt = -Infinity;
  return async () => {
    const at = now().getTime();
    if (at - lookedAt < LOOK_EVERY_MS) return;
    await steps.forget(new Date(at - KEEP_MS));
    lookedAt = at;
  };
}

/** The performed procedure steps, as objects: any listener may take the next change of one. */
export class PerformedSteps {
  constructor(private readonly store: Pick<ObjectStore, 'put' | 'get' | 'list' | 'delete'>) {}

  /** Writes a step that must not be known yet. @throws STORE_EXISTS */
  async create(record: PerformedStepRecord): Promise<void> {
    await this.put(performedStepKey(record.stepUID), record, true);
  }

  /** Writes what has changed. An end is written once and stays. @throws STORE_EXISTS where another process ended it */
  async write(record: PerformedStepRecord): Promise<void> {
    const over = record.status !== 'IN PROGRESS';
    await this.put(over ? performedStepEndKey(record.stepUID) : performedStepKey(record.stepUID), record, over);
  }

  async read(stepUID: string): Promise<(PerformedStepRecord & PerformedStep) | undefined> {
    return (await this.get(performedStepEndKey(stepUID))) ?? (await this.get(performedStepKey(stepUID)));
  }

  /** Forgets steps that nobody has changed since then. @returns how many objects went */
  async forget(before: Date): Promise<number> {
    let gone = 0;
    for await (const { key, lastModified } of this.store.list(PERFORMED_STEPS_PREFIX)) {
      if (lastModified >= before) continue;
      await this.store.delete(key);
      gone += 1;
    }
    return gone;
  }

  private async get(key: ObjectKey): Promise<PerformedStepRecord | undefined> {
    try {
      const bytes = await this.store.get(key, { maxBytes: MAX_BYTES });
      return stepSchema.parse(JSON.parse(bytes.toString('utf8')));
    } catch (error) {
      if ((error as { code?: unknown }).code === 'STORE_NOT_FOUND') return undefined;
      throw error;
    }
  }

  private async put(key: ObjectKey, record: PerformedStepRecord, ifAbsent: boolean): Promise<void> {
    const body = Buffer.from(`${JSON.stringify(stepSchema.parse(record))}\n`);
    await this.store.put(key, body, { contentType: 'application/json', ...(ifAbsent ? { ifAbsent } : {}) });
  }
}
