import { createHash } from 'node:crypto';
import type { StoreHandler, StoreRequest } from '../service/store-handler';
import { Status, type DimseStatus } from '../message/status';

/** One instance that a {@link CollectingStore} got to the end. */
export interface CollectedInstance {
  readonly request: StoreRequest;
  readonly bytes: Buffer;
}

/** A store handler for specs: keeps what it gets, or does what the spec tells it. */
export class CollectingStore implements StoreHandler {
  readonly instances: CollectedInstance[] = [];
  readonly aborts: string[] = [];
  /** Awaited for each chunk, if set. */
  onWrite: ((chunk: Buffer, request: StoreRequest) => void | Promise<void>) | undefined;
  /** Decides the status, if set. */
  onEnd: ((instance: CollectedInstance) => DimseStatus | Promise<DimseStatus>) | undefined;

  begin(request: StoreRequest) {
    const chunks: Buffer[] = [];
    return {
      write: (chunk: Buffer) => {
        chunks.push(Buffer.from(chunk));
        return this.onWrite?.(chunk, request);
      },
      end: async () => {
        const instance = { request, bytes: Buffer.concat(chunks) };
        const status = (await this.onEnd?.(instance)) ?? { status: Status.Success };
        this.instances.push(instance);
        return status;
      },
      abort: (reason: string) => void this.aborts.push(reason),
    };
  }
}

/** SHA-256 of bytes, hexadecimal. */
export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
