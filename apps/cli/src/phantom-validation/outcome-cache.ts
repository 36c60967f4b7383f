import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Outcomes of a long run as files, so that it may be ended, taken up and shared by several processes; without a folder,
 * nothing is kept.
 */
export class OutcomeCache {
  /** @param kernel - what the outcomes depend on; another kernel finds nothing */
  constructor(
    private readonly folder: string | undefined,
    private readonly kernel: string,
  ) {}

  /**
   * The kept outcome, or the one that `run` gives.
   *
   * @returns undefined when another process has begun it and not ended yet
   */
  async take<T>(name: string, run: () => Promise<T>): Promise<T | undefined> {
    if (this.folder === undefined) return run();
    await mkdir(this.folder, { recursive: true });
    const file = path.join(this.folder, `${this.kernel}-${name}.json`);
    const kept = await readFile(file, 'utf8').catch(() => undefined);
    if (kept !== undefined) return JSON.parse(kept) as T;
    const claim = `${file}.begun`;
    const mine = await writeFile(claim, '', { flag: 'wx' }).then(
      () => true,
      () => false,
    );
    if (!mine) return undefined;
    const outcome = await run();
    await writeFile(claim, JSON.stringify(outcome));
    await rename(claim, file);
    return outcome;
  }
}
