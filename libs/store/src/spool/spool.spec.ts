import fs from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Spool, type SpoolEvent, type SpooledRecord, type SpoolOptions } from '../index';
import { bodyOf, Destination, SpoolFolder } from './testing/spool-folder';

let site: SpoolFolder;
let folder: string;
beforeEach(async () => {
  site = await SpoolFolder.open();
  ({ folder } = site);
});
afterEach(() => site.close());

const start = (options: Partial<SpoolOptions> = {}): Promise<Spool> => site.start(options);
const stop = (spool: Spool): Promise<void> => site.stop(spool);

/** Where the record of this index lies in {@link leaveBehind}'s segment: one block of head, one of body. */
const headAt = (index: number): number => 4096 + index * 8192;
const endOf = (index: number): number => headAt(index) + 4096 + bodyOf(index).length;

/** A folder as a process leaves it that could deliver nothing: the bytes of its one used segment. */
async function leaveBehind(count: number): Promise<{ path: string; bytes: Buffer }> {
  const spool = await start({ deliver: new Destination(true).deliver });
  for (let i = 0; i < count; i += 1) {
    const body = bodyOf(i);
    await spool.append(Buffer.from(`${i}`), [body.subarray(0, 3), body.subarray(3)]);
  }
  await stop(spool);
  const [name] = await segmentFiles();
  const path = join(folder, name!);
  return { path, bytes: await readFile(path) };
}

async function segmentFiles(): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith('.segment')).sort();
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
  it('delivers every record once, unchanged, over many uses of few files', async () => {
    const destination = new Destination();
    const spool = await start({ deliver: destination.deliver, spareBytes: 128 * 1024 });
    const all = Array.from({ length: 60 }, (_, i) => i);
    for (let from = 0; from < 60; from += 10) {
      await Promise.all(all.slice(from, from + 10).map((i) => spool.append(Buffer.from(`${i}`), [bodyOf(i)])));
      await destination.until(from + 10);
    }
    for (const i of all) expect(destination.taken.get(`${i}`)).toEqual([bodyOf(i).toString('latin1')]);
    await stop(spool);
    expect((await replay()).taken.size).toBe(0);
    expect(await segmentFiles()).toEqual([]);
  });

  it.each([0, 1, 3, 262_143, 262_144, 262_145, 524_288, 1_300_000])(
    'keeps a body of %i bytes, however it was cut',
    async (length) => {
      const destination = new Destination();
      const spool = await start({ deliver: destination.deliver, segmentBytes: 1024 ** 2 });
      const body = Buffer.from(Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) & 0xff));
      const cuts = [...new Set([0, 5, 4096, 262_144, 300_000, 786_432, length])].filter((at) => at <= length);
      await spool.append(
        Buffer.from('x'),
        cuts.map((at, i) => body.subarray(at, cuts[i + 1] ?? length)),
      );
      await destination.until(1);
      expect(destination.taken.get('x')![0]).toBe(body.toString('latin1'));
    },
  );

  it('replays what was not delivered, also when the process that replays is ended before it could', async () => {
    await leaveBehind(5);
    await stop(await start({ deliver: new Destination(true).deliver }));
    const { taken } = await replay();
    expect([...taken].sort()).toEqual([0, 1, 2, 3, 4].map((i) => [`${i}`, [bodyOf(i).toString('latin1')]]));
    expect(await segmentFiles()).toEqual([]);
    expect((await replay()).taken.size).toBe(0);
  });

  it('takes nothing of an earlier use of a file for a record of this one', async () => {
    const [destination, away] = [new Destination(), new Destination(true)];
    const first = await start({ deliver: destination.deliver, spareBytes: 64 * 1024 });
    for (let i = 0; i < 8; i += 1) await first.append(Buffer.from(`old ${i}`), [bodyOf(i)]);
    await destination.until(8);
    await stop(first);
    // Used files alone stay, so that one of them is taken.
    let used = 0;
    for (const name of (await readdir(folder)).filter((one) => one.endsWith('.spare'))) {
      if ((await readFile(join(folder, name))).includes('old ')) used += 1;
      else await rm(join(folder, name));
    }
    expect(used).toBeGreaterThan(0);
    const second = await start({ deliver: away.deliver, spareBytes: 64 * 1024 });
    await second.append(Buffer.from('new'), [bodyOf(1)]);
    await stop(second);
    const { taken, events } = await replay();
    expect([...taken.keys()]).toEqual(['new']);
    expect(events.filter(({ type }) => type === 'segment-damaged')).toEqual([]);
  });

  it('forgets a record whose sender has gone, and one that was begun when the process ended', async () => {
    const destination = new Destination();
    const spool = await start({ deliver: destination.deliver, segmentBytes: 1024 ** 2 });
    const [gone, begun] = [spool.begin(), spool.begin()];
    for (const writer of [gone, begun]) for (let i = 0; i < 5; i += 1) await writer.write(Buffer.alloc(100_000, i));
    gone.abort();
    await expect(gone.commit(Buffer.from('gone'))).rejects.toMatchObject({ code: 'STORE_WRITER_CLOSED' });
    await spool.append(Buffer.from('whole'), [bodyOf(2)]);
    await destination.until(1);
    await stop(spool);
    begun.abort();
    expect((await replay()).taken.size).toBe(0);
    expect([...destination.taken.keys()]).toEqual(['whole']);
  });

  it('does not count a record whose tail is torn, whatever lies there instead', async () => {
    const { path, bytes } = await leaveBehind(3);
    for (const filler of [Buffer.alloc(bytes.length), Buffer.alloc(bytes.length, 0xa5)]) {
      for (let length = 4096; length < endOf(2); length += 577) {
        await writeFile(path, Buffer.concat([bytes.subarray(0, length), filler.subarray(length)]));
        const { taken, events } = await replay();
        expect(taken.size).toBeLessThanOrEqual([0, 1, 2].filter((i) => endOf(i) <= length).length + 1);
        for (const i of [0, 1, 2].filter((one) => headAt(one) + 8192 <= length)) expect(taken.has(`${i}`)).toBe(true);
        for (const [i, [body]] of taken) expect(body).toBe(bodyOf(Number(i)).toString('latin1'));
        expect(events.filter(({ type }) => type === 'segment-damaged')).toEqual([]);
      }
    }
  });

  it('delivers no record with a byte changed, delivers the whole ones behind it, and keeps the file', async () => {
    const { path, bytes } = await leaveBehind(3);
    for (let at = headAt(1); at < endOf(1); at += at < headAt(1) + 68 ? 4 : 499) {
      const changed = Buffer.from(bytes);
      changed[at] = changed[at]! ^ 0x40;
      await writeFile(path, changed);
      const { taken, events } = await replay();
      expect([...taken.keys()].sort()).toEqual(['0', '2']);
      expect(events).toContainEqual({ type: 'segment-damaged', segment: expect.stringMatching(/segment$/) });
      expect(await readFile(`${path}.damaged`)).toEqual(changed);
    }
  });

  it('keeps a file whose head was changed', async () => {
    const { path, bytes } = await leaveBehind(1);
    bytes[9] = bytes[9]! ^ 1;
    await writeFile(path, bytes);
    const { taken, events } = await replay();
    expect(taken.size).toBe(0);
    expect(events.map(({ type }) => type)).toContain('segment-damaged');
    expect(await readFile(`${path}.damaged`)).toEqual(bytes);
  });

  it('does not take a record out of the bytes of an instance', async () => {
    const { bytes } = await leaveBehind(1);
    await rm(folder, { recursive: true });
    const spool = await start({ deliver: new Destination(true).deliver, segmentBytes: 1024 ** 2 });
    await spool.append(Buffer.from('carrier'), [bytes]);
    await stop(spool);
    expect([...(await replay()).taken.keys()]).toEqual(['carrier']);
  });

  it('refuses what is beyond its bounds, and takes again when there is room', async () => {
    let letGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    const destination = new Destination();
    const deliver = (record: SpooledRecord): Promise<void> => gate.then(() => destination.deliver(record));
    const spool = await start({ deliver, maxBytes: 64 * 1024, segmentBytes: 16 * 1024 });
    await spool.append(Buffer.from('1'), [Buffer.alloc(30_000)]);
    await spool.append(Buffer.from('2'), [Buffer.alloc(30_000)]);
    await expect(spool.append(Buffer.from('3'), [Buffer.alloc(1000)])).rejects.toMatchObject({ code: 'STORE_FULL' });
    letGo();
    await destination.until(2);
    await spool.close();
    await stop(spool);
    const again = await start({ deliver, maxBytes: 64 * 1024, segmentBytes: 16 * 1024 });
    await again.append(Buffer.from('4'), [Buffer.alloc(200)]);
    await destination.until(3);
    expect([...destination.taken.keys()].sort()).toEqual(['1', '2', '4']);
  });

  it('answers a disk that fails its fsync with STORE_FULL, forgets the group, and goes on in a new segment', async () => {
    const spool = await start({ deliver: new Destination(true).deliver });
    await spool.append(Buffer.from('before'), [Buffer.from('a')]);
    const full = jest
      .spyOn(fs, 'fdatasync')
      .mockImplementationOnce((_, done) => done(Object.assign(new Error('no space left'), { code: 'ENOSPC' })));
    await expect(spool.append(Buffer.from('full'), [Buffer.from('b')])).rejects.toMatchObject({ code: 'STORE_FULL' });
    full.mockRestore();
    await spool.append(Buffer.from('after'), [Buffer.from('c')]);
    expect(spool.state).toMatchObject({ records: 2, segments: 2 });
    await stop(spool);
    expect((await segmentFiles()).length).toBeGreaterThanOrEqual(2);
    const { taken } = await replay();
    expect(taken.has('before') && taken.has('after')).toBe(true);
  });

  it('shares one fsync among those who wait', async () => {
    const groups: number[] = [];
    const notify = (event: SpoolEvent): void => void (event.type === 'group-committed' && groups.push(event.records));
    const spool = await start({ notify });
    await Promise.all(Array.from({ length: 6 }, (_, i) => spool.append(Buffer.from(`${i}`), [bodyOf(i)])));
    expect(groups.reduce((sum, one) => sum + one, 0)).toBe(6);
    expect(groups.length).toBeLessThan(6);
  });

  it('is one process’s own', async () => {
    await start();
    await expect(start()).rejects.toMatchObject({ code: 'STORE_DENIED' });
  });
});
