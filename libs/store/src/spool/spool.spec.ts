import { appendFile, mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Spool, type SpoolEvent, type SpooledRecord, type SpoolOptions } from '../index';

let folder: string;
let spools: Spool[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'endplate-spool-'));
  spools = [];
});
afterEach(async () => {
  await Promise.all(spools.map((spool) => spool.close()));
  await rm(folder, { recursive: true, force: true });
});

/** A place that takes what it gets, or nothing at all. */
class Destination {
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

async function start(options: Partial<SpoolOptions> = {}): Promise<Spool> {
  const spool = await Spool.open({ folder, maxBytes: 1024 ** 3, deliver: new Destination().deliver, ...options });
  spools.push(spool);
  return spool;
}

async function stop(spool: Spool): Promise<void> {
  spools = spools.filter((one) => one !== spool);
  await spool.close();
}

const bodyOf = (index: number): Buffer => Buffer.from(`body ${index} `.repeat(index + 1), 'latin1');

/** A folder as a process leaves it that could deliver nothing: the bytes of its one segment. */
async function leaveBehind(count: number): Promise<{ path: string; bytes: Buffer; ends: number[] }> {
  const spool = await start({ deliver: new Destination(true).deliver });
  const ends: number[] = [];
  for (let i = 0; i < count; i += 1) {
    const body = bodyOf(i);
    await spool.append(Buffer.from(`${i}`), [body.subarray(0, 3), body.subarray(3)]);
    ends.push(spool.sizeBytes);
  }
  await stop(spool);
  const [name] = await readdir(folder);
  const path = join(folder, name!);
  return { path, bytes: await readFile(path), ends };
}

async function replay(): Promise<{ taken: Map<string, string[]>; events: SpoolEvent[] }> {
  const destination = new Destination();
  const events: SpoolEvent[] = [];
  let records = 0;
  const spool = await start({
    deliver: destination.deliver,
    notify: (event) => events.push(event),
    replayed: () => (records += 1),
  });
  await destination.until(records);
  await stop(spool);
  return { taken: destination.taken, events };
}

describe('Spool', () => {
  it('delivers every record once, unchanged, and keeps no segment that is sealed and delivered', async () => {
    const destination = new Destination();
    const spool = await start({ deliver: destination.deliver, segmentBytes: 2000 });
    const all = Array.from({ length: 60 }, (_, i) => i);
    await Promise.all(all.map((i) => spool.append(Buffer.from(`${i}`), [bodyOf(i)])));
    await destination.until(60);
    for (const i of all) expect(destination.taken.get(`${i}`)).toEqual([bodyOf(i).toString('latin1')]);
    await spool.append(Buffer.from('last'), [Buffer.from('x')]);
    await destination.until(61);
    await stop(spool);
    expect((await readdir(folder)).length).toBeLessThanOrEqual(1);
  });

  it('replays what was not delivered, also when the process that replays is ended before it could', async () => {
    await leaveBehind(5);
    await stop(await start({ deliver: new Destination(true).deliver }));
    const { taken } = await replay();
    expect([...taken].sort()).toEqual([0, 1, 2, 3, 4].map((i) => [`${i}`, [bodyOf(i).toString('latin1')]]));
    expect(await readdir(folder)).toEqual([]);
    expect((await replay()).taken.size).toBe(0);
  });

  it('cuts a tail that is torn at any byte at the last whole record', async () => {
    const { path, bytes, ends } = await leaveBehind(3);
    for (let length = 0; length < bytes.length; length += 1) {
      await writeFile(path, bytes.subarray(0, length));
      const { taken, events } = await replay();
      expect([...taken.keys()].sort()).toEqual(ends.filter((end) => end <= length).map((_, i) => `${i}`));
      expect(events.filter(({ type }) => type === 'segment-damaged')).toEqual([]);
    }
  });

  it('cuts a tail of zeros or of old bytes, as a file system may leave after a power cut', async () => {
    const { path, bytes, ends } = await leaveBehind(3);
    for (const tail of [Buffer.alloc(5000), Buffer.alloc(5000, 0xa5), bytes.subarray(30, 70)]) {
      await writeFile(path, bytes.subarray(0, ends[1]));
      await appendFile(path, tail);
      expect([...(await replay()).taken.keys()].sort()).toEqual(['0', '1']);
    }
  });

  it('delivers no record with a byte changed, delivers the whole ones behind it, and keeps the file', async () => {
    const { path, bytes, ends } = await leaveBehind(3);
    for (let at = ends[0]!; at < ends[1]!; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = changed[at]! ^ 0x40;
      await writeFile(path, changed);
      const { taken, events } = await replay();
      expect([...taken.keys()].sort()).toEqual(['0', '2']);
      expect(events).toContainEqual({ type: 'segment-damaged', segment: expect.stringMatching(/segment$/) });
      expect(await readFile(`${path}.damaged`)).toEqual(changed);
    }
  });

  it('does not take a record out of the bytes of an instance', async () => {
    const { bytes } = await leaveBehind(1);
    await rm(folder, { recursive: true });
    const spool = await start({ deliver: new Destination(true).deliver });
    await spool.append(Buffer.from('carrier'), [bytes, Buffer.alloc(100)]);
    await stop(spool);
    const [name] = await readdir(folder);
    await truncate(join(folder, name!), spool.sizeBytes - 10);
    expect((await replay()).taken.size).toBe(0);
  });

  it('refuses what is beyond its bounds, and takes again when there is room', async () => {
    let letGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    const destination = new Destination();
    const deliver = (record: SpooledRecord): Promise<void> => gate.then(() => destination.deliver(record));
    const spool = await start({ deliver, maxBytes: 3000, segmentBytes: 1000 });
    await spool.append(Buffer.from('1'), [Buffer.alloc(1500)]);
    await spool.append(Buffer.from('2'), [Buffer.alloc(1000)]);
    await expect(spool.append(Buffer.from('3'), [Buffer.alloc(1000)])).rejects.toMatchObject({ code: 'STORE_FULL' });
    letGo();
    await destination.until(2);
    await spool.append(Buffer.from('4'), [Buffer.alloc(200)]);
    await destination.until(3);
    expect([...destination.taken.keys()].sort()).toEqual(['1', '2', '4']);
  });

  it('answers a full disk with STORE_FULL, forgets the batch, and goes on in a new segment', async () => {
    const probe = await open(join(folder, 'probe'), 'w');
    const prototype = Object.getPrototypeOf(probe) as { datasync: () => Promise<void> };
    await probe.close();
    await rm(join(folder, 'probe'));
    const away = { deliver: new Destination(true).deliver };
    const spool = await start(away);
    await spool.append(Buffer.from('before'), [Buffer.from('a')]);
    const full = jest
      .spyOn(prototype, 'datasync')
      .mockRejectedValueOnce(Object.assign(new Error('no space left'), { code: 'ENOSPC' }));
    await expect(spool.append(Buffer.from('full'), [Buffer.from('b')])).rejects.toMatchObject({ code: 'STORE_FULL' });
    full.mockRestore();
    await spool.append(Buffer.from('after'), [Buffer.from('c')]);
    await stop(spool);
    expect([...(await replay()).taken.keys()].sort()).toEqual(['after', 'before']);
  });

  it('is one process’s own', async () => {
    await start();
    await expect(start()).rejects.toMatchObject({ code: 'STORE_DENIED' });
  });

  it('leaves the disk to those who append, and delivers once they pause', async () => {
    // A slow disk must not look like a pause: the clock stands still while records are appended.
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'Date', 'hrtime'] });
    try {
      const destination = new Destination();
      const spool = await start({ deliver: destination.deliver, yieldMs: 50 });
      await spool.append(Buffer.from('1'), [bodyOf(1)]);
      await spool.append(Buffer.from('2'), [bodyOf(2)]);
      expect(destination.taken.size).toBe(0);
      jest.advanceTimersByTime(50);
      await destination.until(2);
      expect([...destination.taken.keys()]).toEqual(['1', '2']);
    } finally {
      jest.useRealTimers();
    }
  });

  it('delivers at once when half of its room is used', async () => {
    const destination = new Destination();
    const spool = await start({
      deliver: destination.deliver,
      yieldMs: 3_600_000,
      maxYieldMs: 3_600_000,
      maxBytes: 4096,
    });
    await spool.append(Buffer.from('1'), [Buffer.alloc(3000)]);
    await destination.until(1);
    expect(destination.taken.size).toBe(1);
  });
});
