import { type Client } from 'minio';
import { ObjectExistsError } from '../errors';
import { type ObjectKey } from '../key/object-key';
import { type WriteOptions } from '../object-store.port';
import { withRetry } from './retry';

/** S3 takes 5 MiB to 5 GiB per part and at most 10,000 parts. */
const MIN_PART_BYTES = 5 * 1024 ** 2;
const MAX_PARTS = 10_000;

/** A bucket and how to talk to it. */
export interface S3Place {
  readonly client: Client;
  readonly bucket: string;
  readonly partSizeBytes: number;
  readonly attempts: number;
}

/** Random access to the bytes to send, so that a part can be sent again. */
export interface UploadSource {
  readonly sizeBytes: number;
  read(start: number, length: number): Promise<Buffer>;
}

/**
 * Stores a source of known size: one PUT when it fits a part, else a multipart upload of our own. The client's own
 * multipart path is avoided: it resumes any unfinished upload of the same key, whoever began it.
 */
export async function upload(
  place: S3Place,
  key: ObjectKey,
  source: UploadSource,
  options: WriteOptions,
): Promise<{ sizeBytes: number; etag?: string }> {
  if (options.ifAbsent) await refuseExisting(place, key);
  const headers: Record<string, string> = { 'Content-Type': options.contentType ?? 'application/octet-stream' };
  if (source.sizeBytes > place.partSizeBytes) return multipart(place, key, source, headers);
  // Sent once only when conditional: after an unclear failure a second try could meet our own first one.
  const attempts = options.ifAbsent ? 1 : place.attempts;
  if (options.ifAbsent) headers['If-None-Match'] = '*';
  const bytes = await source.read(0, source.sizeBytes);
  const { etag } = await withRetry(key, attempts, () =>
    place.client.putObject(place.bucket, key, bytes, bytes.length, { ...headers }),
  );
  return { sizeBytes: source.sizeBytes, ...(etag ? { etag } : {}) };
}

async function refuseExisting(place: S3Place, key: ObjectKey): Promise<void> {
  const found = await withRetry(key, place.attempts, () => place.client.statObject(place.bucket, key)).catch(
    (error: { code?: string }) => {
      if (error.code === 'STORE_NOT_FOUND') return undefined;
      throw error;
    },
  );
  if (found) throw new ObjectExistsError(key);
}

async function multipart(
  { client, bucket, partSizeBytes, attempts }: S3Place,
  key: ObjectKey,
  source: UploadSource,
  headers: Record<string, string>,
): Promise<{ sizeBytes: number; etag?: string }> {
  const partBytes = Math.max(partSizeBytes, MIN_PART_BYTES, Math.ceil(source.sizeBytes / MAX_PARTS));
  const uploadID = await withRetry(key, attempts, () => client.initiateNewMultipartUpload(bucket, key, headers));
  try {
    const parts: { part: number; etag: string }[] = [];
    for (let start = 0; start < source.sizeBytes; start += partBytes) {
      const bytes = await source.read(start, Math.min(partBytes, source.sizeBytes - start));
      const part = { bucketName: bucket, objectName: key, uploadID, partNumber: parts.length + 1, headers: {} };
      const { etag } = await withRetry(key, attempts, () => client.uploadPart(part, bytes));
      parts.push({ part: part.partNumber, etag });
    }
    const { etag } = await withRetry(key, 1, () => client.completeMultipartUpload(bucket, key, uploadID, parts));
    return { sizeBytes: source.sizeBytes, ...(etag ? { etag } : {}) };
  } catch (error) {
    await client.abortMultipartUpload(bucket, key, uploadID).catch(() => undefined);
    throw error;
  }
}
