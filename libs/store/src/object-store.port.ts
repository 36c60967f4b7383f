import { type Readable } from 'node:stream';
import { type KeyPrefix, type ObjectKey } from './key/object-key';

/** Bytes to store: a buffer, or a stream whose size is known. For an unknown size use {@link ObjectStore.openWrite}. */
export type ObjectBody = Buffer | { readonly stream: Readable | AsyncIterable<Buffer>; readonly sizeBytes: number };

/** Options of one write. */
export interface WriteOptions {
  /** MIME type; kept by S3, not kept by the filesystem. */
  readonly contentType?: string;
  /**
   * Refuse with `STORE_EXISTS` when an object is there. Atomic on the filesystem and on S3 servers that honour
   * `If-None-Match`, for what is one PUT; elsewhere two writers at the same instant may both succeed, so do not build a
   * lock on it alone.
   */
  readonly ifAbsent?: boolean;
  /**
   * Resolve only when the store has shown that it has these very bytes: by the checksum in its answer (the ETag of a
   * single PUT to S3 is an MD5), else as {@link ObjectStore.holds} does. Only for a body that is a buffer.
   */
  readonly proven?: boolean;
}

/** What is known of a stored object without reading it. */
export interface ObjectStat {
  readonly sizeBytes: number;
  /** Time of the last write, as the store tells it. */
  readonly lastModified: Date;
  /** Entity tag where the store has one. */
  readonly etag?: string;
}

/** One row of a listing. */
export interface ObjectEntry extends ObjectStat {
  readonly key: ObjectKey;
}

/**
 * A write of unknown size. Nothing is visible under any key before {@link commit} resolves.
 * Calls do not overlap: each promise is awaited before the next call.
 */
export interface ObjectWriter {
  /** Bytes taken so far. */
  readonly writtenBytes: number;
  /** Takes a chunk; the buffer may be reused as soon as the promise resolves. */
  write(chunk: Buffer): Promise<void>;
  /**
   * Makes the object durable under the key. After `STORE_EXISTS` the writer stays open: commit it under another key
   * or abort it. After any other failure nothing is left behind.
   * @throws STORE_EXISTS, STORE_FULL, STORE_TIMEOUT, STORE_UNAVAILABLE, STORE_WRITER_CLOSED
   */
  commit(key: ObjectKey, options?: WriteOptions): Promise<{ sizeBytes: number }>;
  /** Throws the bytes away; safe to call at any time, also after commit (then it does nothing). */
  abort(): Promise<void>;
}

/**
 * Where bytes rest. A resolved write is durable: on the filesystem file and directory are fsynced, on S3 the PUT is
 * confirmed. The port leaves out on purpose: rename, append, metadata, locks, notifications.
 */
export interface ObjectStore {
  /** @throws STORE_EXISTS, STORE_UNCONFIRMED, STORE_SIZE_MISMATCH, STORE_FULL, STORE_DENIED, STORE_TIMEOUT, STORE_UNAVAILABLE */
  put(key: ObjectKey, body: ObjectBody, options?: WriteOptions): Promise<{ sizeBytes: number; etag?: string }>;
  /** Starts a write whose size and key are not known yet. @throws STORE_FULL, STORE_UNAVAILABLE */
  openWrite(): Promise<ObjectWriter>;
  /** The whole object. @throws STORE_NOT_FOUND, STORE_TOO_LARGE when above `maxBytes` (default 1 GiB) */
  get(key: ObjectKey, options?: { readonly maxBytes?: number }): Promise<Buffer>;
  /** The object as a stream; the caller consumes or destroys it. @throws STORE_NOT_FOUND */
  getStream(key: ObjectKey): Promise<Readable>;
  /** Size and time, or undefined when there is no such object. */
  stat(key: ObjectKey): Promise<ObjectStat | undefined>;
  /**
   * Whether exactly these bytes are under the key now, by what the store says when it is asked: on S3 size and checksum
   * (the ETag of a single PUT is an MD5), or the bytes read back where its ETag is none; in a folder the bytes read back.
   */
  holds(key: ObjectKey, bytes: Buffer): Promise<boolean>;
  /** Every object below the prefix, each once, in no promised order. */
  list(prefix: KeyPrefix): AsyncIterable<ObjectEntry>;
  /** Names of the next path segment below the prefix (objects and folders), ascending, each once. */
  children(prefix: KeyPrefix): AsyncIterable<string>;
  /** Removes the object; no error when it is not there. */
  delete(key: ObjectKey): Promise<void>;
  /** Resolves when a write would work now. @throws STORE_FULL, STORE_DENIED, STORE_TIMEOUT, STORE_UNAVAILABLE */
  health(): Promise<void>;
  /** Gives sockets and timers back. */
  close(): Promise<void>;
}
