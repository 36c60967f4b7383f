import { type FileHandle, link, mkdir, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StoreError, WriterClosedError } from '../errors';
import { type ObjectKey } from '../key/object-key';
import { type ObjectWriter, type WriteOptions } from '../object-store.port';
import { type DirectorySync } from './directory-sync';
import { fromFilesystemError } from './filesystem-error';

/** PDUs bring 16 to 128 KiB; fewer and larger writes cost less. */
const BUFFER_BYTES = 256 * 1024;

/** Where the writer lives. */
export interface WriterPlace {
  readonly root: string;
  readonly temporaryPath: string;
  readonly directories: DirectorySync;
  pathOf(key: ObjectKey): string;
}

/** Writes to a temporary name, then fsync, then the final name, then fsync of its folder. */
export class FilesystemWriter implements ObjectWriter {
  private buffer: Buffer | undefined;
  private buffered = 0;
  private taken = 0;
  private closed = false;
  private synced = false;

  constructor(
    private readonly handle: FileHandle,
    private readonly place: WriterPlace,
  ) {}

  get writtenBytes(): number {
    return this.taken;
  }

  async write(chunk: Buffer): Promise<void> {
    if (this.closed || this.synced) throw new WriterClosedError();
    try {
      if (this.buffered + chunk.length > BUFFER_BYTES) await this.flush();
      if (chunk.length >= BUFFER_BYTES) {
        await this.writeFully(chunk);
      } else {
        this.buffer ??= Buffer.allocUnsafe(BUFFER_BYTES);
        this.buffered += chunk.copy(this.buffer, this.buffered);
      }
      this.taken += chunk.length;
    } catch (error) {
      await this.abort();
      throw fromFilesystemError(error, 'a temporary file');
    }
  }

  async commit(key: ObjectKey, options: WriteOptions = {}): Promise<{ sizeBytes: number }> {
    if (this.closed) throw new WriterClosedError();
    try {
      if (!this.synced) {
        await this.flush();
        await this.handle.sync();
        this.synced = true;
      }
      await this.publish(this.place.pathOf(key), options.ifAbsent === true);
    } catch (error) {
      const known = fromFilesystemError(error, key);
      if (known.code !== 'STORE_EXISTS') await this.abort();
      throw known;
    }
    this.closed = true;
    await this.handle.close();
    return { sizeBytes: this.taken };
  }

  async abort(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.handle.close().catch(() => undefined);
    await unlink(this.place.temporaryPath).catch(() => undefined);
  }

  private async publish(target: string, ifAbsent: boolean): Promise<void> {
    const folder = dirname(target);
    for (let attempt = 0; ; attempt += 1) {
      await this.place.directories.ensure(folder, this.place.root);
      try {
        if (ifAbsent) await link(this.place.temporaryPath, target);
        else await rename(this.place.temporaryPath, target);
        break;
      } catch (error) {
        const vanished = (error as NodeJS.ErrnoException).code === 'ENOENT' && attempt === 0;
        if (!vanished) throw error;
        // Someone removed the folder since we made it: make it again, once.
        this.place.directories.forget();
        await mkdir(folder, { recursive: true });
      }
    }
    await this.place.directories.sync(folder);
    if (ifAbsent) await unlink(this.place.temporaryPath).catch(() => undefined);
  }

  private async flush(): Promise<void> {
    if (!this.buffer || this.buffered === 0) return;
    const bytes = this.buffer.subarray(0, this.buffered);
    this.buffered = 0;
    await this.writeFully(bytes);
  }

  private async writeFully(bytes: Buffer): Promise<void> {
    let offset = 0;
    while (offset < bytes.length) {
      const { bytesWritten } = await this.handle.write(bytes, offset, bytes.length - offset);
      if (bytesWritten === 0) throw new StoreError('STORE_UNAVAILABLE', true, 'The disk took no byte.');
      offset += bytesWritten;
    }
  }
}
