import { createHash } from 'node:crypto';
import fs, { constants, existsSync, readFileSync, readlinkSync } from 'node:fs';
import { copyFile, mkdtemp, open, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Spool, type SpooledRecord } from '../index';
import { PAGE_BYTES, PagePool } from './page-pool';
import { ReadingRooms } from './reading-rooms';

const SEGMENT_BYTES = 4 * 1024 ** 2;

let folder: string;
/** What ends when a test does, however it does. */
const afterwards: (() => Promise<void>)[] = [];
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'endplate-direct-'))));
afterEach(async () => {
  jest.restoreAllMocks();
  for (const end of afterwards.splice(0)) await end();
  await rm(folder, { recursive: true, force: true });
});

/** Around a block, a page and two pages, and many in between. */
const SIZES = [0, 1, 4095, 4096, 4097, 100_000, PAGE_BYTES - 1, PAGE_BYTES, PAGE_BYTES + 1, 2 * PAGE_BYTES, 700_001];
const bodyOf = (index: number): Buffer => {
  const seed = createHash('sha256').update(String(index)).digest();
  return Buffer.alloc(SIZES[index]!, seed);
};

function openSpool(deliver: (record: SpooledRecord) => Promise<void>): Promise<Spool> {
  return Spool.open({ folder, maxBytes: 1024 ** 3, segmentBytes: SEGMENT_BYTES, spareBytes: SEGMENT_BYTES, deliver });
}

/** Whether this process has a segment open past the page cache. */
async function writesDirectly(): Promise<boolean> {
  for (const fd of await readdir('/proc/self/fd')) {
    const target = await readlink(join('/proc/self/fd', fd)).catch(() => '');
    if (!target.startsWith(folder) || !target.endsWith('.segment')) continue;
    const flags = /flags:\s+(\d+)/.exec(await readFile(join('/proc/self/fdinfo', fd), 'latin1'));
    if ((parseInt(flags![1]!, 8) & constants.O_DIRECT) !== 0) return true;
  }
  return false;
}

/** Whether the disk of the folder can be written to directly at all: a tmpfs of old, for one, cannot. */
async function diskIsDirect(): Promise<boolean> {
  const handle = await open(join(folder, 'probe'), constants.O_RDWR | constants.O_CREAT | constants.O_DIRECT).catch(() => undefined); // prettier-ignore
  await handle?.close();
  return handle !== undefined;
}

function isDurable(fd: number): boolean {
  const flags = /flags:\s+(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'));
  return (parseInt(flags![1]!, 8) & constants.O_DSYNC) !== 0;
}

/** The file descriptors of calls that reached a file: meanwhile the spool makes the next ones ready. */
function toFile(file: string, calls: unknown): readonly number[] {
  const isOfFile = (fd: number): boolean => {
    const path = `/proc/self/fd/${fd}`;
    return existsSync(path) && readlinkSync(path) === join(folder, file);
  };
  return (calls as readonly (readonly [number])[]).map(([fd]) => fd).filter(isOfFile);
}

async function throughRestart(): Promise<{ direct: boolean }> {
  const away = await openSpool(() => Promise.reject(new Error('away')));
  await Promise.all(SIZES.map((_, i) => away.append(Buffer.from(String(i)), [bodyOf(i)])));
  const direct = await writesDirectly();
  await away.close();
  const taken = new Map<number, boolean>();
  await new Promise<void>((resolve, reject) => {
    const deliver = async (record: SpooledRecord): Promise<void> => {
      const index = Number(record.info.toString());
      taken.set(index, (await record.read()).equals(bodyOf(index)));
      if (taken.size === SIZES.length) resolve();
    };
    openSpool(deliver).then((spool) => void afterwards.push(() => spool.close()), reject);
  });
  for (const end of afterwards.splice(0)) await end();
  expect([...taken.values()]).toEqual(SIZES.map(() => true));
  return { direct };
}

describe('segments past the page cache', () => {
  it('take a file whose blocks are all there directly; every size is there after a restart', async () => {
    await writeFile(join(folder, 'ready.spare'), Buffer.alloc(SEGMENT_BYTES), { flush: true });
    const possible = await diskIsDirect();
    expect((await throughRestart()).direct).toBe(possible);
  });

  it.each([
    { pages: 1, body: PAGE_BYTES, durableWrites: 1, flushes: 0 },
    // What a disk makes durable for the last write alone does not have the pages before it.
    { pages: 3, body: 2 * PAGE_BYTES + 1, durableWrites: 0, flushes: 1 },
  ])('make a record of $pages pages durable before it counts', async ({ pages, body, durableWrites, flushes }) => {
    if (!(await diskIsDirect())) return;
    await writeFile(join(folder, 'ready.spare'), Buffer.alloc(SEGMENT_BYTES), { flush: true });
    const spool = await openSpool(() => Promise.reject(new Error('away')));
    afterwards.push(() => spool.close());
    await spool.append(Buffer.from('before'), [Buffer.alloc(1)]);
    const segment = (await readdir(folder)).find((name) => name.endsWith('.segment'))!;
    const [write, flush] = [jest.spyOn(fs, 'write'), jest.spyOn(fs, 'fdatasync')];
    await spool.append(Buffer.from('record'), [Buffer.alloc(body, 1)]);
    const written = toFile(segment, write.mock.calls).map(isDurable);
    expect(written.length).toBe(pages);
    expect(written.filter(Boolean).length).toBe(durableWrites);
    expect(toFile(segment, flush.mock.calls).length).toBe(flushes);
  });

  it('take a record while the one before is still on its way to the disk; a crash then leaves the one that was answered', async () => {
    if (!(await diskIsDirect())) return;
    await writeFile(join(folder, 'ready.spare'), Buffer.alloc(SEGMENT_BYTES), { flush: true });
    const spool = await openSpool(() => Promise.reject(new Error('away')));
    afterwards.push(() => spool.close());
    await spool.append(Buffer.from('before'), [Buffer.alloc(5000, 1)]);
    const segment = (await readdir(folder)).find((name) => name.endsWith('.segment'))!;
    let arrive = (): void => undefined;
    const { write } = fs;
    const onItsWay = jest.spyOn(fs, 'write').mockImplementationOnce(((...args: unknown[]) => {
      arrive = () => (write as unknown as (...all: unknown[]) => void)(...args);
    }) as never);
    const first = spool.append(Buffer.from('first'), [Buffer.alloc(5000, 2)]);
    while (onItsWay.mock.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await spool.append(Buffer.from('second'), [Buffer.alloc(5000, 3)]);

    const crashed = await mkdtemp(join(tmpdir(), 'endplate-crashed-'));
    afterwards.push(() => rm(crashed, { recursive: true }));
    await copyFile(join(folder, segment), join(crashed, segment));
    const told: string[] = [];
    const [taken, deliver] = [new Set<string>(), async ({ info }: SpooledRecord): Promise<void> => void taken.add(info.toString())]; // prettier-ignore
    const replayed = await Spool.open({ folder: crashed, maxBytes: 1024 ** 3, segmentBytes: SEGMENT_BYTES, deliver, notify: ({ type }) => told.push(type) }); // prettier-ignore
    afterwards.unshift(() => replayed.close());
    while (replayed.records > 0) await new Promise((resolve) => setImmediate(resolve));
    expect([...taken].sort()).toEqual(['before', 'second']);
    expect(told).not.toContain('segment-damaged');
    arrive();
    await first;
  });

  it('leave a file with holes to the page cache', async () => {
    const handle = await open(join(folder, 'hollow.spare'), 'w');
    await handle.truncate(SEGMENT_BYTES);
    await handle.close();
    expect((await throughRestart()).direct).toBe(false);
  });
});

describe('PagePool', () => {
  it('gives no page to two', () => {
    const pool = new PagePool();
    const pages = Array.from({ length: 100 }, () => pool.take());
    pages.forEach((page, i) => page.fill(i));
    expect(pages.every((page, i) => page.every((byte) => byte === i))).toBe(true);
  });

  it('lets go of what a crowd needed', () => {
    const pool = new PagePool();
    const crowd = Array.from({ length: 200 }, () => pool.take());
    const most = pool.sizeBytes;
    crowd.forEach((page) => pool.give(page));
    expect(pool.sizeBytes).toBeLessThan(most / 3);
    expect(pool.take().length).toBeGreaterThan(PAGE_BYTES);
  });
});

describe('ReadingRooms', () => {
  it('gives the same memory again, and more where it does not fit', () => {
    const rooms = new ReadingRooms(1);
    const first = rooms.take(525_000);
    rooms.give(first);
    expect(rooms.take(400_000)).toBe(first);
    rooms.give(first);
    expect(rooms.take(2_000_000).length).toBeGreaterThanOrEqual(2_000_000);
  });
});
