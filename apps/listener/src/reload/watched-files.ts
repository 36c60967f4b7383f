import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';

/**
 * Looks at files again and again and tells when their content has changed: by time and inode first, then by digest, so
 * that a touched file is no change and a swapped symbolic link (Kubernetes) is one. A file that is away counts as
 * changed once.
 */
export class WatchedFiles {
  private marks: string | undefined;
  private digest: string | undefined;
  private timer: NodeJS.Timeout | undefined;
  private checking: Promise<void> = Promise.resolve();

  /** @param changed - must not reject */
  constructor(
    private readonly paths: readonly string[],
    private readonly changed: () => void | Promise<void>,
  ) {}

  /** Remembers the files as they are, and looks at them from now on; `everyMs` 0: only when asked. */
  async start(everyMs: number): Promise<void> {
    this.marks = await this.readMarks();
    this.digest = await this.readDigest();
    if (everyMs > 0) this.timer = setInterval(() => void this.check(), everyMs).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Looks now; `force` tells of the files whether they changed or not. One look at a time. */
  check({ force = false }: { force?: boolean } = {}): Promise<void> {
    this.checking = this.checking.then(() => this.look(force));
    return this.checking;
  }

  private async look(force: boolean): Promise<void> {
    const marks = await this.readMarks();
    if (!force && marks === this.marks) return;
    this.marks = marks;
    const digest = await this.readDigest();
    if (!force && digest === this.digest) return;
    this.digest = digest;
    await this.changed();
  }

  private async readMarks(): Promise<string> {
    const marks = await Promise.all(
      this.paths.map((path) =>
        stat(path).then(
          ({ mtimeMs, ctimeMs, size, ino }) => `${mtimeMs} ${ctimeMs} ${size} ${ino}`,
          () => 'away',
        ),
      ),
    );
    return marks.join('\n');
  }

  private async readDigest(): Promise<string> {
    const hash = createHash('sha256');
    for (const path of this.paths) hash.update(await readFile(path).catch(() => 'away'));
    return hash.digest('hex');
  }
}
