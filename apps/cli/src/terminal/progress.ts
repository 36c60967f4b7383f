const WIDTH = 24;

/** One line on standard error that is overwritten; silent where nobody looks (no terminal). */
export class Progress {
  private readonly live = process.stderr.isTTY;

  /** Shows the text in place of the last one. */
  show(text: string): void {
    if (this.live) process.stderr.write(`\r\u001b[2K${text}`);
  }

  /** Shows a bar: what, how many of how many. */
  bar(what: string, done: number, total: number): void {
    const filled = total > 0 ? Math.round((WIDTH * done) / total) : 0;
    this.show(`${what} ${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${done} of ${total}`);
  }

  /** Clears the line. */
  clear(): void {
    if (this.live) process.stderr.write('\r\u001b[2K');
  }
}
