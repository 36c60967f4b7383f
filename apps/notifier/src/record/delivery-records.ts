import { type ObjectStore, deliveryKey } from '@endplate/store';
import { type DeliveryRecord, deliveryRecordSchema } from '@endplate/studies';
import { RecordInvalidError } from '../errors';
import { type DeliveryName } from '../ladder';

/** The durable memory of the ladder: one object per version and destination, replaced as a whole. */
export class DeliveryRecords {
  constructor(private readonly store: ObjectStore) {}

  /** @throws NOTIFIER_RECORD_INVALID, what the store throws when it is away */
  async read({ studyInstanceUID, version, destination }: DeliveryName): Promise<DeliveryRecord | undefined> {
    let bytes: Buffer;
    try {
      bytes = await this.store.get(deliveryKey(studyInstanceUID, version, destination), { maxBytes: 1024 ** 2 });
    } catch (error) {
      if ((error as { code?: unknown }).code === 'STORE_NOT_FOUND') return undefined;
      throw error;
    }
    try {
      return deliveryRecordSchema.parse(JSON.parse(bytes.toString('utf8')));
    } catch (cause) {
      throw new RecordInvalidError({ cause });
    }
  }

  async write(record: DeliveryRecord): Promise<DeliveryRecord> {
    const { studyInstanceUID, version, destination } = record;
    const body = Buffer.from(`${JSON.stringify(record)}\n`);
    await this.store.put(deliveryKey(studyInstanceUID, version, destination), body, {
      contentType: 'application/json',
    });
    return record;
  }
}
