import { mkdtemp, readdir, rm, symlink, utimes, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeObjectStore } from '../contract/object-store.contract';
import { createFilesystemStore, instanceKey, parseObjectKey } from '../index';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'endplate-store-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

describeObjectStore('filesystem', () => createFilesystemStore({ root: join(root, 'contract') }));

describe('filesystem store', () => {
  it('lets exactly one of many concurrent conditional writers win, and the bytes are the winner`s', async () => {
    const folder = join(root, 'race');
    const stores = await Promise.all([
      createFilesystemStore({ root: folder }),
      createFilesystemStore({ root: folder }),
    ]);
    const key = parseObjectKey('versions/1/manifest.json');
    const writes = Array.from({ length: 20 }, (_, i) =>
      stores[i % 2]!.put(key, Buffer.from(`writer ${i}`), { ifAbsent: true }).then(
        () => i,
        (error: { code: string }) => error.code,
      ),
    );
    const outcomes = await Promise.all(writes);
    const winners = outcomes.filter((outcome) => typeof outcome === 'number');
    expect(winners).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'STORE_EXISTS')).toHaveLength(19);
    expect((await stores[0]!.get(key)).toString()).toBe(`writer ${winners[0]}`);
    expect(await readdir(join(folder, '.incoming'))).toEqual([]);
  });

  it('leaves no temporary file after commits, aborts and failures', async () => {
    const folder = join(root, 'clean');
    const store = await createFilesystemStore({ root: folder });
    const addresses = Array.from({ length: 30 }, (_, i) => ({
      studyInstanceUID: '1.2.3',
      seriesInstanceUID: `1.2.3.${i % 3}`,
      sopInstanceUID: `1.2.3.4.${i}`,
    }));
    await Promise.all(addresses.map((address) => store.put(instanceKey(address), Buffer.from('bytes'))));
    const writer = await store.openWrite();
    await writer.abort();
    expect(await readdir(join(folder, '.incoming'))).toEqual([]);
  });

  it('sweeps temporary files left by a crash, once they are old', async () => {
    const folder = join(root, 'sweep');
    await mkdir(join(folder, '.incoming'), { recursive: true });
    await writeFile(join(folder, '.incoming', 'old'), 'x');
    await writeFile(join(folder, '.incoming', 'young'), 'x');
    await utimes(join(folder, '.incoming', 'old'), new Date(0), new Date(0));
    await createFilesystemStore({ root: folder });
    expect(await readdir(join(folder, '.incoming'))).toEqual(['young']);
  });

  it('refuses writes when less than the reserve is free', async () => {
    const store = await createFilesystemStore({ root: join(root, 'full'), minFreeBytes: Number.MAX_SAFE_INTEGER });
    await expect(store.openWrite()).rejects.toMatchObject({ code: 'STORE_FULL', retryable: true });
    await expect(store.health()).rejects.toMatchObject({ code: 'STORE_FULL' });
  });

  it('does not list what is neither file nor folder', async () => {
    const folder = join(root, 'odd');
    const store = await createFilesystemStore({ root: folder });
    await symlink('/etc', join(folder, 'link'));
    const names: string[] = [];
    for await (const name of store.children('' as never)) names.push(name);
    expect(names).toEqual([]);
  });

  it('makes its folder again when someone removed it', async () => {
    const folder = join(root, 'vanish');
    const store = await createFilesystemStore({ root: folder });
    await store.put(parseObjectKey('a/b/one'), Buffer.from('1'));
    await rm(join(folder, 'a'), { recursive: true });
    await store.put(parseObjectKey('a/b/two'), Buffer.from('2'));
    expect((await store.get(parseObjectKey('a/b/two'))).toString()).toBe('2');
  });
});
