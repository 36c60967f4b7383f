import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Spool, type SpooledRecord, type SpoolOptions } from '../index';

const HOUR_MS = 3_600_000;
const SEGMENT_BYTES = 64 * 1024;

let folder: string;
let spool: Spool;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'endplate-retention-'));
});
afterEach(async () => {
  await spool.close();
  await rm(folder, { recursive: true, force: true });
});

/** A place that forgets what it confirmed when it is told to. */
class Place {
  readonly has = new Map<string, string>();
  readonly rechecked: string[] = [];
  isAway = false;
  private readonly waits = new Set<() => void>();

  readonly deliver = async (record: SpooledRecord): Promise<void> => {
    this.has.set(record.info.toString(), (await record.read()).toString());
    this.wake();
  };

  readonly recheck = async (record: SpooledRecord): Promise<void> => {
    this.rechecked.push(record.info.toString());
    this.wake();
    if (this.isAway) throw new Error('away');
    await this.deliver(record);
  };

  async until(done: () => boolean): Promise<void> {
    while (!done()) await new Promise<void>((resolve) => this.waits.add(resolve));
  }

  private wake(): void {
    this.waits.forEach((one) => one());
    this.waits.clear();
  }
}

async function start(place: Place, options: Partial<SpoolOptions> = {}): Promise<void> {
  const { deliver, recheck } = place;
  const bounds = { folder, maxBytes: 1024 ** 3, segmentBytes: SEGMENT_BYTES, retainMs: HOUR_MS, maxRetryMs: 1 };
  spool = await Spool.open({ ...bounds, deliver, recheck, ...options });
}

const append = (name: string): Promise<void> =>
  spool.append(Buffer.from(name), [Buffer.from(`${name} `.repeat(30_000))]);

const files = async (kind: string): Promise<string[]> => (await readdir(folder)).filter((name) => name.endsWith(kind));

describe('a segment whose records are delivered', () => {
  it('stays for its time, and what the place has lost meanwhile is brought there again', async () => {
    const place = new Place();
    await start(place);
    for (const name of ['a', 'b', 'c']) await append(name);
    await place.until(() => place.has.size === 3);
    await spool.close();
    expect(await files('.retained')).toHaveLength(3);
    expect(await files('.segment')).toEqual([]);
    const whole = new Map(place.has);
    place.has.delete('b');
    await start(place, { retainMs: 1 });
    await place.until(() => new Set(place.rechecked).size === 3);
    await spool.close();
    expect(place.has).toEqual(whole);
  });

  it('stays while nobody can say whether its records are still there', async () => {
    const place = new Place();
    await start(place, { retainMs: 1 });
    place.isAway = true;
    await append('a');
    await append('b');
    await place.until(() => place.has.size === 2 && place.rechecked.length >= 4);
    expect(spool.state).toMatchObject({ retained: 1 });
    place.has.clear();
    place.isAway = false;
    await place.until(() => place.has.has('a'));
  });

  it('gives its room to those who need it: the folder stays within its bound, and nothing is refused', async () => {
    const place = new Place();
    const maxBytes = 8 * SEGMENT_BYTES;
    await start(place, { maxBytes, segmentBytes: SEGMENT_BYTES });
    for (let i = 0; i < 40; i += 1) {
      await append(`${i}`);
      await place.until(() => place.has.has(`${i}`));
    }
    expect(place.has.size).toBe(40);
    expect(place.rechecked).toEqual([]);
    const { retained, segments } = spool.state;
    expect(retained).toBeGreaterThan(0);
    expect(retained + segments).toBeLessThanOrEqual(8);
  });

  it('is used again at once where nothing is to stay', async () => {
    const place = new Place();
    await start(place, { retainMs: 0 });
    for (const name of ['a', 'b', 'c']) await append(name);
    await place.until(() => place.has.size === 3);
    await spool.close();
    expect(await files('.retained')).toEqual([]);
  });
});
