import { type ObjectKey, type ObjectStore } from '@endplate/store';
import { type z } from 'zod';
import { RecordInvalidError } from '../errors';

/** Our own records are small; what is larger is not ours. */
const MAX_RECORD_BYTES = 64 * 1024 ** 2;

/**
 * Reads a JSON record, undefined when there is none.
 * @throws STUDIES_RECORD_INVALID, and what the store throws when it is away
 */
export async function readRecord<S extends z.ZodType>(
  store: ObjectStore,
  key: ObjectKey,
  schema: S,
): Promise<z.output<S> | undefined> {
  let bytes: Buffer;
  try {
    bytes = await store.get(key, { maxBytes: MAX_RECORD_BYTES });
  } catch (error) {
    if ((error as { code?: unknown }).code === 'STORE_NOT_FOUND') return undefined;
    throw error;
  }
  try {
    return schema.parse(JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    throw new RecordInvalidError(key, { cause });
  }
}

/** The bytes of a JSON record. */
export function encodeRecord(record: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(record)}\n`);
}
