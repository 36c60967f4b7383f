import { BLOCK_BYTES } from './spool-record';

/** Bytes of a body that one page takes. */
export const PAGE_BYTES = 256 * 1024;
/** Pages that are kept for the next record: 8 MiB. */
const MAX_KEPT = 32;

/**
 * Pages that are used again and again: records come faster than the garbage collector gives memory back. In front of
 * the bytes of the body each page has room for a record's head, so that head and last bytes are one write.
 */
export class PagePool {
  private readonly kept: Buffer[] = [];

  take(): Buffer {
    return this.kept.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES + PAGE_BYTES);
  }

  give(page: Buffer): void {
    if (this.kept.length < MAX_KEPT) this.kept.push(page);
  }
}
