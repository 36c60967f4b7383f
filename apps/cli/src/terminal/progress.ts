/** One line on standard error that is overwritten; silent where nobody looks (no terminal). */
export class Progress {
  private readonly live = process.stderr.isTTY;

  /** Shows the text in place of the last one. */
  show(text: string): void {
    if (this.live) process.stderr.write(`\r\u001b[2K${text}`);
  }

  /** Clears the line and, where there is no terminal, prints nothing. */
  clear(): void {
    if (this.live) process.stderr.write('\r\u001b[2K');
  }
}
