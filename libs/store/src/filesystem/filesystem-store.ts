import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, stat, statfs, unlink } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { type Readable } from 'node:stream';
import {
  ObjectNotFoundError,
  ObjectSizeError,
  ObjectTooLargeError,
  ObjectUnconfirmedError,
  StoreFullError,
  StoreKeyError,
} from '../errors';
import { type KeyPrefix, type ObjectKey, parseKeyPrefix, parseObjectKey } from '../key/object-key';
import {
  type ObjectBody,
  type ObjectEntry,
  type ObjectStat,
  type ObjectStore,
  type WriteOptions,
} from '../object-store.port';
import { areSameBytes } from '../read-back';
import { DirectorySync } from './directory-sync';
import { fromFilesystemError } from './filesystem-error';
import { FilesystemWriter } from './filesystem-writer';

/** Settings of the filesystem store. */
export interface FilesystemStoreOptions {
  /** Folder that holds everything; made when missing. One filesystem: temporary files lie in it too. */
  readonly root: string;
  /** Writes are refused with `STORE_FULL` below this free space, in bytes. Default 64 MiB. */
  readonly minFreeBytes?: number;
  /** Temporary files older than this are swept at start, in ms. Default 24 h: other processes may share the root. */
  readonly staleAfterMs?: number;
}

const TEMPORARY = '.incoming';
const MAX_GET_BYTES = 1024 ** 3;
const FREE_SPACE_VALID_MS = 1000;
const READ_BACK_BYTES = 256 * 1024;

/**
 * Object store in a folder: temporary name, fsync, final name, fsync of the folder.
 * @throws STORE_DENIED, STORE_FULL, STORE_UNAVAILABLE when the folder cannot be used
 */
export async function createFilesystemStore(options: FilesystemStoreOptions): Promise<ObjectStore> {
  const root = resolve(options.root);
  const incoming = join(root, TEMPORARY);
  try {
    await mkdir(incoming, { recursive: true });
    await sweep(incoming, options.staleAfterMs ?? 24 * 3600 * 1000);
  } catch (error) {
    throw fromFilesystemError(error, 'the root folder');
  }
  return new FilesystemStore(root, incoming, options.minFreeBytes ?? 64 * 1024 ** 2);
}

class FilesystemStore implements ObjectStore {
  private readonly directories = new DirectorySync();
  private freeCheckedAt = 0;
  /** Memory in which files are read back, for the next use. */
  private readonly rooms: Buffer[] = [];

  constructor(
    private readonly root: string,
    private readonly incoming: string,
    private readonly minFreeBytes: number,
  ) {}

  async put(key: ObjectKey, body: ObjectBody, options: WriteOptions = {}): Promise<{ sizeBytes: number }> {
    this.pathOf(key);
    const writer = await this.openWrite();
    try {
      if (Buffer.isBuffer(body)) {
        await writer.write(body);
      } else {
        for await (const chunk of body.stream) {
          await writer.write(chunk as Buffer);
          if (writer.writtenBytes > body.sizeBytes) break;
        }
        if (writer.writtenBytes !== body.sizeBytes) {
          throw new ObjectSizeError(key, body.sizeBytes, writer.writtenBytes);
        }
      }
      const stored = await writer.commit(key, options);
      if (options.proven && Buffer.isBuffer(body) && !(await this.holds(key, body))) throw new ObjectUnconfirmedError(key); // prettier-ignore
      return stored;
    } catch (error) {
      await writer.abort();
      throw fromFilesystemError(error, key);
    }
  }

  async openWrite(): Promise<FilesystemWriter> {
    await this.checkFreeSpace();
    const temporaryPath = join(this.incoming, randomUUID());
    let handle: FileHandle;
    try {
      handle = await open(temporaryPath, 'wx', 0o640);
    } catch (error) {
      throw fromFilesystemError(error, 'a temporary file');
    }
    const { root, directories } = this;
    return new FilesystemWriter(handle, { root, temporaryPath, directories, pathOf: (key) => this.pathOf(key) });
  }

  async get(key: ObjectKey, options: { readonly maxBytes?: number } = {}): Promise<Buffer> {
    const path = this.pathOf(key);
    const maxBytes = options.maxBytes ?? MAX_GET_BYTES;
    try {
      const { size } = await stat(path);
      if (size > maxBytes) throw new ObjectTooLargeError(key, size, maxBytes);
      return await readFile(path);
    } catch (error) {
      throw fromFilesystemError(error, key);
    }
  }

  async getStream(key: ObjectKey): Promise<Readable> {
    const path = this.pathOf(key);
    try {
      const handle = await open(path, 'r');
      if (!(await handle.stat()).isFile()) {
        await handle.close();
        throw new ObjectNotFoundError(key);
      }
      return createReadStream(path, { fd: handle, highWaterMark: 256 * 1024 });
    } catch (error) {
      throw fromFilesystemError(error, key);
    }
  }

  async stat(key: ObjectKey): Promise<ObjectStat | undefined> {
    return this.statPath(this.pathOf(key), key);
  }

  private async statPath(path: string, key: ObjectKey): Promise<ObjectStat | undefined> {
    try {
      const found = await stat(path);
      return found.isFile() ? { sizeBytes: found.size, lastModified: found.mtime } : undefined;
    } catch (error) {
      const known = fromFilesystemError(error, key);
      if (known.code === 'STORE_NOT_FOUND') return undefined;
      throw known;
    }
  }

  async holds(key: ObjectKey, bytes: Buffer): Promise<boolean> {
    if ((await this.stat(key))?.sizeBytes !== bytes.length) return false;
    const room = this.rooms.pop() ?? Buffer.allocUnsafeSlow(READ_BACK_BYTES);
    try {
      return await areSameBytes(chunksOf(this.pathOf(key), room), bytes);
    } catch (error) {
      const known = fromFilesystemError(error, key);
      if (known.code === 'STORE_NOT_FOUND') return false;
      throw known;
    } finally {
      this.rooms.push(room);
    }
  }

  async *list(prefix: KeyPrefix): AsyncIterable<ObjectEntry> {
    // Names of one checked prefix need no path of their own to be made and checked: a study has thousands.
    const folder = join(this.root, parseKeyPrefix(prefix));
    for (const { name, isFolder } of await this.entries(prefix)) {
      if (isFolder) {
        yield* this.list(parseKeyPrefix(`${prefix}${name}/`));
        continue;
      }
      const key = parseObjectKey(`${prefix}${name}`);
      const found = await this.statPath(`${folder}${name}`, key);
      if (found) yield { key, ...found };
    }
  }

  async *children(prefix: KeyPrefix): AsyncIterable<string> {
    for (const { name } of await this.entries(prefix)) yield name;
  }

  async delete(key: ObjectKey): Promise<void> {
    const path = this.pathOf(key);
    try {
      await unlink(path);
      await this.directories.sync(dirname(path));
    } catch (error) {
      const known = fromFilesystemError(error, key);
      if (known.code !== 'STORE_NOT_FOUND') throw known;
    }
  }

  async health(): Promise<void> {
    this.freeCheckedAt = 0;
    const writer = await this.openWrite();
    await writer.write(Buffer.from('health'));
    await writer.abort();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Files and folders by name; our own temporary folder, links and devices are passed over. */
  private async entries(prefix: KeyPrefix): Promise<{ name: string; isFolder: boolean }[]> {
    const folder = join(this.root, parseKeyPrefix(prefix));
    try {
      const found = await readdir(folder, { withFileTypes: true });
      return found
        .filter((entry) => !entry.name.startsWith('.') && (entry.isFile() || entry.isDirectory()))
        .map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch (error) {
      const known = fromFilesystemError(error, prefix);
      if (known.code === 'STORE_NOT_FOUND') return [];
      throw known;
    }
  }

  /** Second lock on the door: whatever the key claims, the path stays below the root. */
  private pathOf(key: ObjectKey): string {
    const path = join(this.root, parseObjectKey(key));
    if (!path.startsWith(this.root + sep)) throw new StoreKeyError('Key leaves the root folder');
    return path;
  }

  private async checkFreeSpace(): Promise<void> {
    const now = Date.now();
    if (now - this.freeCheckedAt < FREE_SPACE_VALID_MS) return;
    try {
      const { bavail, bsize } = await statfs(this.root);
      if (bavail * bsize < this.minFreeBytes) {
        throw new StoreFullError(`Less than ${this.minFreeBytes} bytes are free in the store's folder`);
      }
      this.freeCheckedAt = now;
    } catch (error) {
      throw fromFilesystemError(error, 'the root folder');
    }
  }
}

async function sweep(folder: string, staleAfterMs: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > staleAfterMs) await unlink(path).catch(() => undefined);
  }
}

/** A file in pieces, each in the same memory: good until the next is asked for. */
async function* chunksOf(path: string, room: Buffer): AsyncGenerator<Buffer> {
  const handle = await open(path, 'r');
  try {
    for (;;) {
      const { bytesRead } = await handle.read(room, 0, room.length);
      if (bytesRead === 0) return;
      yield room.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
