/** Sizes are rounded up to this, in bytes: instances of one series fit the same memory. */
const STEP_BYTES = 64 * 1024;

/**
 * Memory into which records are read again and again. Without it each delivery leaves as many bytes to the garbage
 * collector as the record has, and the resident size follows the collector's leisure.
 */
export class ReadingRooms {
  private readonly kept: Buffer[] = [];

  /** @param maxKept - as many as there are readers at one time */
  constructor(private readonly maxKept: number) {}

  /** Memory of at least so many bytes. */
  take(bytes: number): Buffer {
    const kept = this.kept.pop();
    if (kept && kept.length >= bytes) return kept;
    return Buffer.allocUnsafeSlow(Math.ceil(bytes / STEP_BYTES) * STEP_BYTES);
  }

  /** Nobody looks at it any more. */
  give(room: Buffer): void {
    if (this.kept.length < this.maxKept) this.kept.push(room);
  }
}
