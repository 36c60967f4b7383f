import { createHash } from 'node:crypto';
import { type Client } from 'minio';
import { ObjectExistsError } from '../errors';
import { type ObjectKey } from '../key/object-key';
import { type WriteOptions } from '../object-store.port';
import { type ConditionalWrites, IF_ABSENT } from './conditional-write';
import { withRetry } from './retry';
import { isWriteConflict } from './s3-error';

/** S3 takes 5 MiB to 5 GiB per part and at most 10,000 parts. */
const MIN_PART_BYTES = 5 * 1024 ** 2;
const MAX_PARTS = 10_000;

/** A bucket and how to talk to it. */
export interface S3Place {
  readonly client: Client;
  readonly bucket: string;
  readonly partSizeBytes: number;
  readonly attempts: number;
  readonly conditionalWrites: ConditionalWrites;
}

/** Random access to the bytes to send, so that a part can be sent again. */
export interface UploadSource {
  readonly sizeBytes: number;
  read(start: number, length: number): Promise<Buffer>;
}

/** What the server said of an upload. */
export interface Uploaded {
  readonly sizeBytes: number;
  readonly etag?: string;
  /** True when its answer shows that it has these very bytes. */
  readonly isProven: boolean;
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
): Promise<Uploaded> {
  const headers: Record<string, string> = { 'Content-Type': options.contentType ?? 'application/octet-stream' };
  if (source.sizeBytes > place.partSizeBytes) return multipart(place, key, source, headers, options.ifAbsent === true);
  const bytes = await source.read(0, source.sizeBytes);
  if (!options.ifAbsent) return withRetry(key, place.attempts, () => putWhole(place, key, bytes, headers));
  if (!(await place.conditionalWrites.areHonoured())) await refuseExisting(place, key);
  Object.assign(headers, IF_ABSENT);
  // After an unclear failure a second try could meet our own first one, so only a clear one is repeated.
  return withRetry(key, place.attempts, () => putWhole(place, key, bytes, headers), isWriteConflict);
}

/** The client's own way copies the bytes and forgets the MD5 that it makes of them. */
async function putWhole(
  { client, bucket }: S3Place,
  key: ObjectKey,
  bytes: Buffer,
  headers: Readonly<Record<string, string>>,
): Promise<Uploaded> {
  const md5 = createHash('md5').update(bytes).digest();
  const request = { method: 'PUT', bucketName: bucket, objectName: key, headers: { ...headers, 'Content-MD5': md5.toString('base64') } } as const; // prettier-ignore
  const answer = await client.makeRequestAsyncOmit(request, bytes);
  const etag = answer.headers.etag?.replace(/^"|"$/g, '');
  // That of a single PUT is an MD5, where the server neither encrypts nor changes what it is given.
  return { sizeBytes: bytes.length, ...(etag ? { etag } : {}), isProven: etag === md5.toString('hex') };
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

/** The client's last exchange takes no condition, so the key is looked at before the first part and after the last. */
async function multipart(
  place: S3Place,
  key: ObjectKey,
  source: UploadSource,
  headers: Record<string, string>,
  ifAbsent: boolean,
): Promise<Uploaded> {
  const { client, bucket, partSizeBytes, attempts } = place;
  if (ifAbsent) await refuseExisting(place, key);
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
    if (ifAbsent) await refuseExisting(place, key);
    const { etag } = await withRetry(key, 1, () => client.completeMultipartUpload(bucket, key, uploadID, parts));
    return { sizeBytes: source.sizeBytes, ...(etag ? { etag } : {}), isProven: false };
  } catch (error) {
    await client.abortMultipartUpload(bucket, key, uploadID).catch(() => undefined);
    throw error;
  }
}
