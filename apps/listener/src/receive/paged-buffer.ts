const PAGE_BYTES = 128 * 1024;
/** Pages that are kept for the next instance: 32 MiB. */
const MAX_KEPT = 256;

/** Pages that are used again and again: instances come faster than the garbage collector gives memory back. */
export class PagePool {
  private readonly kept: Buffer[] = [];

  take(): Buffer {
    return this.kept.pop() ?? Buffer.allocUnsafeSlow(PAGE_BYTES);
  }

  give(page: Buffer): void {
    if (this.kept.length < MAX_KEPT) this.kept.push(page);
  }
}

/** Bytes in pages of a pool; they are the pool's again after {@link release}. */
export class PagedBuffer {
  private pages: Buffer[] = [];
  private taken = 0;
  private firstBytes = 0;

  constructor(private readonly pool: PagePool) {}

  get sizeBytes(): number {
    return this.taken;
  }

  /** Takes a copy. */
  append(chunk: Buffer): void {
    if (this.taken === 0) this.firstBytes = chunk.length;
    for (let from = 0; from < chunk.length;) {
      const at = this.taken % PAGE_BYTES;
      if (at === 0) this.pages.push(this.pool.take());
      const copied = chunk.copy(this.pages.at(-1)!, at, from);
      this.taken += copied;
      from += copied;
    }
  }

  /** Everything, in order. */
  parts(): Buffer[] {
    return this.pages.map((page, i) => page.subarray(0, Math.min(PAGE_BYTES, this.taken - i * PAGE_BYTES)));
  }

  /** Everything, in order, the bytes of the first append as a part of their own. */
  writes(): Buffer[] {
    const all = Buffer.concat(this.parts());
    return [all.subarray(0, this.firstBytes), all.subarray(this.firstBytes)];
  }

  /** Gives the pages back; safe to call twice. */
  release(): void {
    this.pages.forEach((page) => this.pool.give(page));
    this.pages = [];
    this.taken = 0;
  }
}
