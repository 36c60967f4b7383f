import { BLOCK_BYTES } from './spool-record';

/** Bytes of a body that one page takes: an image of 512 x 512 pixels of 16 bits with 48 KiB of header is one write. */
export const PAGE_BYTES = 560 * 1024;
/** Pages that are allocated together: 4.4 MiB. */
const ARENA_PAGES = 8;
/** Arenas that stay when nobody uses them. */
const MAX_KEPT = 3;
const WHOLE_PAGE_BYTES = BLOCK_BYTES + PAGE_BYTES;
const WASM_PAGE_BYTES = 64 * 1024;

/** What we need of the global that no library of TypeScript but the browser's declares. */
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
};

/**
 * Pages that are used again and again: records come faster than the garbage collector gives memory back. In front of
 * the bytes of the body each page has room for a record's head, so that head and last bytes are one write. All begin
 * at a multiple of a block in memory, as a disk needs that reads from them directly.
 */
export class PagePool {
  private readonly free = new Map<ArrayBufferLike, Buffer[]>();
  private aligned = true;

  constructor() {
    this.grow();
  }

  /** False where this process gets no memory that begins at a multiple of a block. */
  get isAligned(): boolean {
    return this.aligned;
  }

  /** Bytes of memory that pages have, used or not. */
  get sizeBytes(): number {
    return this.free.size * ARENA_PAGES * WHOLE_PAGE_BYTES;
  }

  take(): Buffer {
    for (const pages of this.free.values()) {
      const page = pages.pop();
      if (page) return page;
    }
    return this.grow().pop()!;
  }

  give(page: Buffer): void {
    const pages = this.free.get(page.buffer);
    pages?.push(page);
    if (pages?.length === ARENA_PAGES && this.free.size > MAX_KEPT) this.free.delete(page.buffer);
  }

  private grow(): Buffer[] {
    const arena = this.allocate(ARENA_PAGES * WHOLE_PAGE_BYTES);
    const pages = Array.from({ length: ARENA_PAGES }, (_, i) =>
      Buffer.from(arena, i * WHOLE_PAGE_BYTES, WHOLE_PAGE_BYTES),
    );
    // The first is taken first: memory that was never touched takes no room.
    this.free.set(arena, pages.reverse());
    return pages;
  }

  /** The memory of WebAssembly begins at a page of the processor; Buffers begin anywhere, and do not say where. */
  private allocate(bytes: number): ArrayBufferLike {
    if (this.aligned) {
      const count = Math.ceil(bytes / WASM_PAGE_BYTES);
      try {
        return new WebAssembly.Memory({ initial: count, maximum: count }).buffer;
      } catch (error) {
        // It reserves gigabytes of addresses, which a limit (ulimit -v) may forbid.
        if (this.free.size > 0) throw error;
        this.aligned = false;
      }
    }
    return Buffer.allocUnsafeSlow(bytes).buffer;
  }
}
