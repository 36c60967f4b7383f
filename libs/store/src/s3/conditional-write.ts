import { type Client } from 'minio';
import { fromS3Error } from './s3-error';

/** What is written to learn how a server takes a condition; outside of everything that is listed. */
const PROBE_KEY = 'probe/if-none-match';
/** A server that could not tell is asked again after this. */
const ASK_AGAIN_MS = 60_000;

/** Makes a PUT fail with 412 where an object is, on servers that honour it. */
export const IF_ABSENT = { 'If-None-Match': '*' } as const;

/**
 * Whether the server honours a condition on PUT: then nobody need look at a key before writing to it. Asked once, by a
 * small object that is written twice.
 */
export class ConditionalWrites {
  private asking: Promise<boolean> | undefined;

  constructor(
    private readonly client: Client,
    private readonly bucket: string,
  ) {}

  /** False also while it cannot be told. */
  areHonoured(): Promise<boolean> {
    this.asking ??= this.ask().catch(() => {
      setTimeout(() => (this.asking = undefined), ASK_AGAIN_MS).unref();
      return false;
    });
    return this.asking;
  }

  private async ask(): Promise<boolean> {
    if (await this.isWritten()) return !(await this.isWritten());
    // An earlier process wrote it, or this server refuses whatever has a condition.
    await this.client.statObject(this.bucket, PROBE_KEY);
    return true;
  }

  private async isWritten(): Promise<boolean> {
    try {
      await this.client.putObject(this.bucket, PROBE_KEY, Buffer.alloc(1), 1, { ...IF_ABSENT });
      return true;
    } catch (error) {
      if (fromS3Error(error, PROBE_KEY).code !== 'STORE_EXISTS') throw error;
      return false;
    }
  }
}
