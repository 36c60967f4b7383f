import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Spool, type SpooledRecord, type SpoolOptions } from '../../index';

/** A place that takes what it gets, or nothing at all. */
export class Destination {
  /** Bodies by the name of their record, in the order they came. */
  readonly taken = new Map<string, string[]>();
  private waits: (() => void)[] = [];

  constructor(private readonly isAway = false) {}

  readonly deliver = async (record: SpooledRecord): Promise<void> => {
    if (this.isAway) throw new Error('away');
    const name = record.info.toString();
    this.taken.set(name, [...(this.taken.get(name) ?? []), (await record.read()).toString('latin1')]);
    this.waits.forEach((wake) => wake());
  };

  async until(count: number): Promise<void> {
    while (this.taken.size < count) await new Promise<void>((resolve) => this.waits.push(resolve));
  }
}

/** A folder of its own, and the spools that were started over it. */
export class SpoolFolder {
  private spools: Spool[] = [];

  private constructor(readonly folder: string) {}

  static async open(): Promise<SpoolFolder> {
    return new SpoolFolder(await mkdtemp(join(tmpdir(), 'endplate-spool-')));
  }

  async start(options: Partial<SpoolOptions> = {}): Promise<Spool> {
    const spool = await Spool.open({
      folder: this.folder,
      maxBytes: 1024 ** 3,
      segmentBytes: 64 * 1024,
      deliver: new Destination().deliver,
      ...options,
    });
    this.spools.push(spool);
    return spool;
  }

  async stop(spool: Spool): Promise<void> {
    this.spools = this.spools.filter((one) => one !== spool);
    await spool.close();
  }

  async close(): Promise<void> {
    await Promise.all(this.spools.map((spool) => spool.close()));
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The body of the record of this index: no two are the same, and none is empty. */
export const bodyOf = (index: number): Buffer => Buffer.from(`body ${index} `.repeat(index + 1), 'latin1');
