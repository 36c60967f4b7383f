import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fromFilesystemError } from '../filesystem/filesystem-error';

/**
 * Bytes of unknown size on their way to S3: in memory up to a bound, beyond it in a local temporary file. Not durable,
 * and need not be: the sender is answered only after S3 has confirmed.
 */
export class BoundedSpill {
  private chunks: Buffer[] = [];
  private handle: FileHandle | undefined;
  private path: string | undefined;
  private taken = 0;

  constructor(
    private readonly folder: string,
    private readonly memoryBytes: number,
  ) {}

  get sizeBytes(): number {
    return this.taken;
  }

  /** Takes a copy of the chunk. @throws STORE_FULL, STORE_DENIED, STORE_UNAVAILABLE */
  async write(chunk: Buffer): Promise<void> {
    try {
      if (!this.handle && this.taken + chunk.length <= this.memoryBytes) {
        this.chunks.push(Buffer.from(chunk));
      } else {
        await this.spill();
        await this.append(chunk);
      }
      this.taken += chunk.length;
    } catch (error) {
      await this.discard();
      throw fromFilesystemError(error, 'a temporary file');
    }
  }

  /** Bytes `start` to `start + length`; what was written stays readable until {@link discard}. */
  async read(start: number, length: number): Promise<Buffer> {
    if (!this.handle) return this.inMemory().subarray(start, start + length);
    const bytes = Buffer.allocUnsafe(length);
    let offset = 0;
    while (offset < length) {
      const { bytesRead } = await this.handle.read(bytes, offset, length - offset, start + offset);
      if (bytesRead === 0) throw fromFilesystemError(new Error('temporary file is short'), 'a temporary file');
      offset += bytesRead;
    }
    return bytes;
  }

  /** Gives memory and file back; safe to call twice. */
  async discard(): Promise<void> {
    this.chunks = [];
    const { handle, path } = this;
    this.handle = undefined;
    this.path = undefined;
    await handle?.close().catch(() => undefined);
    if (path) await unlink(path).catch(() => undefined);
  }

  private inMemory(): Buffer {
    if (this.chunks.length !== 1) this.chunks = [Buffer.concat(this.chunks)];
    return this.chunks[0] ?? Buffer.alloc(0);
  }

  private async spill(): Promise<void> {
    if (this.handle) return;
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    this.path = join(this.folder, `endplate-${randomUUID()}`);
    this.handle = await open(this.path, 'wx+', 0o600);
    for (const chunk of this.chunks) await this.append(chunk);
    this.chunks = [];
  }

  private async append(chunk: Buffer): Promise<void> {
    let offset = 0;
    while (offset < chunk.length) {
      const { bytesWritten } = await this.handle!.write(chunk, offset, chunk.length - offset);
      offset += bytesWritten;
    }
  }
}
