import { createHash } from 'node:crypto';
import * as http from 'node:http';
import * as https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Readable } from 'node:stream';
import { type BucketItem, Client } from 'minio';
import {
  ObjectSizeError,
  ObjectTooLargeError,
  ObjectUnconfirmedError,
  StoreDeniedError,
  WriterClosedError,
} from '../errors';
import { type KeyPrefix, type ObjectKey, parseKeyPrefix, parseObjectKey } from '../key/object-key';
import {
  type ObjectBody,
  type ObjectEntry,
  type ObjectStat,
  type ObjectStore,
  type ObjectWriter,
  type WriteOptions,
} from '../object-store.port';
import { areSameBytes } from '../read-back';
import { BoundedSpill } from './bounded-spill';
import { ConditionalWrites } from './conditional-write';
import { withRetry } from './retry';
import { fromS3Error } from './s3-error';
import { type S3Place, upload } from './s3-upload';
import { timedTransport } from './transport';

/** Settings of the S3 store. */
export interface S3StoreOptions {
  readonly endPoint: string;
  readonly port: number;
  readonly useSSL: boolean;
  readonly region: string;
  readonly bucket: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** Folder for bodies of unknown size beyond `memoryBytes`. Default: a folder in the system's temporary folder. */
  readonly spillFolder?: string;
  /** Bytes of one body that stay in memory. Default 1 MiB. */
  readonly memoryBytes?: number;
  /** Size of one part, and the largest single PUT, in bytes. Default 16 MiB. */
  readonly partSizeBytes?: number;
  /** From the request to the response's header, in ms. Default 30 s. */
  readonly responseTimeoutMs?: number;
  /** Tries of one idempotent exchange. Default 3. */
  readonly attempts?: number;
  /** Connections kept open and used at once. Default 64. */
  readonly maxSockets?: number;
}

const MAX_GET_BYTES = 1024 ** 3;

/**
 * Object store in an S3 bucket.
 * Nothing is asked of the server here: a bucket that is missing or refused shows in `health()`.
 */
export function createS3Store(options: S3StoreOptions): Promise<ObjectStore> {
  const responseTimeoutMs = options.responseTimeoutMs ?? 30_000;
  const pool = { keepAlive: true, maxSockets: options.maxSockets ?? 64 };
  const agent = options.useSSL ? new https.Agent(pool) : new http.Agent(pool);
  const partSizeBytes = options.partSizeBytes ?? 16 * 1024 ** 2;
  const client = new Client({
    endPoint: options.endPoint,
    port: options.port,
    useSSL: options.useSSL,
    region: options.region,
    accessKey: options.accessKey,
    secretKey: options.secretKey,
    pathStyle: true,
    partSize: partSizeBytes,
    transport: timedTransport(options.useSSL, { responseTimeoutMs, idleTimeoutMs: responseTimeoutMs }),
    transportAgent: agent,
    // The client's own retry writes to the console; ours does not.
    retryOptions: { disableRetry: true },
  });
  const { bucket, attempts = 3 } = options;
  const conditionalWrites = new ConditionalWrites(client, bucket);
  const place = { client, bucket, partSizeBytes, attempts, conditionalWrites };
  const spillFolder = options.spillFolder ?? join(tmpdir(), 'endplate-spill');
  const newSpill = () => new BoundedSpill(spillFolder, options.memoryBytes ?? 1024 ** 2);
  return Promise.resolve(new S3Store(place, newSpill, () => agent.destroy()));
}

class S3Store implements ObjectStore {
  constructor(
    private readonly place: S3Place,
    private readonly newSpill: () => BoundedSpill,
    private readonly destroyAgent: () => void,
  ) {}

  async put(
    key: ObjectKey,
    body: ObjectBody,
    options: WriteOptions = {},
  ): Promise<{ sizeBytes: number; etag?: string }> {
    parseObjectKey(key);
    if (Buffer.isBuffer(body)) {
      const read = (start: number, length: number) => Promise.resolve(body.subarray(start, start + length));
      const { isProven, ...stored } = await upload(this.place, key, { sizeBytes: body.length, read }, options);
      if (options.proven && !isProven && !(await this.holds(key, body))) throw new ObjectUnconfirmedError(key);
      return stored;
    }
    const spill = this.newSpill();
    try {
      for await (const chunk of body.stream) {
        await spill.write(chunk as Buffer);
        if (spill.sizeBytes > body.sizeBytes) break;
      }
      if (spill.sizeBytes !== body.sizeBytes) throw new ObjectSizeError(key, body.sizeBytes, spill.sizeBytes);
      const { sizeBytes, etag } = await upload(this.place, key, spill, options);
      return { sizeBytes, ...(etag ? { etag } : {}) };
    } finally {
      await spill.discard();
    }
  }

  openWrite(): Promise<ObjectWriter> {
    return Promise.resolve(new S3Writer(this.place, this.newSpill()));
  }

  async get(key: ObjectKey, options: { readonly maxBytes?: number } = {}): Promise<Buffer> {
    const maxBytes = options.maxBytes ?? MAX_GET_BYTES;
    return withRetry(parseObjectKey(key), this.place.attempts, async () => {
      const stream = await this.open(key);
      const chunks: Buffer[] = [];
      let sizeBytes = 0;
      for await (const chunk of stream) {
        sizeBytes += (chunk as Buffer).length;
        if (sizeBytes > maxBytes) {
          stream.destroy();
          throw new ObjectTooLargeError(key, sizeBytes, maxBytes);
        }
        chunks.push(chunk as Buffer);
      }
      return Buffer.concat(chunks, sizeBytes);
    });
  }

  getStream(key: ObjectKey): Promise<Readable> {
    return withRetry(parseObjectKey(key), this.place.attempts, () => this.open(key));
  }

  async stat(key: ObjectKey): Promise<ObjectStat | undefined> {
    try {
      const { client, bucket, attempts } = this.place;
      const found = await withRetry(parseObjectKey(key), attempts, () => client.statObject(bucket, key));
      return { sizeBytes: found.size, lastModified: found.lastModified, etag: found.etag };
    } catch (error) {
      const known = fromS3Error(error, key);
      if (known.code === 'STORE_NOT_FOUND') return undefined;
      throw known;
    }
  }

  async holds(key: ObjectKey, bytes: Buffer): Promise<boolean> {
    const found = await this.stat(key);
    if (found?.sizeBytes !== bytes.length) return false;
    if (found.etag === md5(bytes)) return true;
    // Multipart, encrypted with a key of the server's, or damaged: its bytes tell.
    try {
      return await areSameBytes(await this.getStream(key), bytes);
    } catch (error) {
      const known = fromS3Error(error, key);
      if (known.code === 'STORE_NOT_FOUND') return false;
      throw known;
    }
  }

  async *list(prefix: KeyPrefix): AsyncIterable<ObjectEntry> {
    for await (const item of this.items(prefix, true)) {
      const key = item.name === undefined ? undefined : ours(item.name);
      if (key && item.lastModified) {
        yield { key, sizeBytes: item.size, lastModified: item.lastModified, etag: item.etag };
      }
    }
  }

  async *children(prefix: KeyPrefix): AsyncIterable<string> {
    // Each page names its objects before its folders; a folder of names is small enough to sort.
    const names = new Set<string>();
    for await (const item of this.items(prefix, false)) {
      const name = (item.name ?? item.prefix ?? '').slice(prefix.length).replace(/\/$/, '');
      if (name) names.add(name);
    }
    yield* [...names].sort();
  }

  async delete(key: ObjectKey): Promise<void> {
    const { client, bucket, attempts } = this.place;
    await withRetry(parseObjectKey(key), attempts, () => client.removeObject(bucket, key));
  }

  async health(): Promise<void> {
    const { client, bucket } = this.place;
    const found = await withRetry('the bucket', 1, () => client.bucketExists(bucket));
    if (!found) throw new StoreDeniedError('The bucket does not exist');
  }

  close(): Promise<void> {
    this.destroyAgent();
    return Promise.resolve();
  }

  private async open(key: ObjectKey): Promise<Readable> {
    return this.place.client.getObject(this.place.bucket, key).catch((error: unknown) => {
      throw fromS3Error(error, key);
    });
  }

  private async *items(prefix: KeyPrefix, recursive: boolean): AsyncIterable<BucketItem> {
    const stream = this.place.client.listObjectsV2(this.place.bucket, parseKeyPrefix(prefix), recursive);
    try {
      for await (const item of stream) yield item as BucketItem;
    } catch (error) {
      throw fromS3Error(error, prefix);
    } finally {
      stream.destroy();
    }
  }
}

class S3Writer implements ObjectWriter {
  private closed = false;

  constructor(
    private readonly place: S3Place,
    private readonly spill: BoundedSpill,
  ) {}

  get writtenBytes(): number {
    return this.spill.sizeBytes;
  }

  async write(chunk: Buffer): Promise<void> {
    if (this.closed) throw new WriterClosedError();
    await this.spill.write(chunk);
  }

  async commit(key: ObjectKey, options: WriteOptions = {}): Promise<{ sizeBytes: number }> {
    if (this.closed) throw new WriterClosedError();
    try {
      const { sizeBytes } = await upload(this.place, parseObjectKey(key), this.spill, options);
      await this.abort();
      return { sizeBytes };
    } catch (error) {
      const known = fromS3Error(error, key);
      if (known.code !== 'STORE_EXISTS') await this.abort();
      throw known;
    }
  }

  async abort(): Promise<void> {
    this.closed = true;
    await this.spill.discard();
  }
}

/** The ETag of a single PUT that the server neither encrypts nor changes. */
function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}

/** Objects of others in the same bucket are passed over. */
function ours(name: string): ObjectKey | undefined {
  try {
    return parseObjectKey(name);
  } catch {
    return undefined;
  }
}
