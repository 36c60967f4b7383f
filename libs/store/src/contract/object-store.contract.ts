import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { type ObjectStore, parseKeyPrefix, parseObjectKey } from '../index';

const key = (text: string) => parseObjectKey(text);
const prefix = (text: string) => parseKeyPrefix(text);

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** What every adapter of the object store must do; `open` gives an empty store. */
export function describeObjectStore(name: string, open: () => Promise<ObjectStore>): void {
  describe(`object store contract: ${name}`, () => {
    let store: ObjectStore;
    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store.close());

    it('is healthy', () => expect(store.health()).resolves.toBeUndefined());

    it('gives back what was put, and its size', async () => {
      const bytes = randomBytes(300_001);
      await expect(store.put(key('put/a.dcm'), bytes)).resolves.toMatchObject({ sizeBytes: 300_001 });
      expect((await store.get(key('put/a.dcm'))).equals(bytes)).toBe(true);
      const found = await store.stat(key('put/a.dcm'));
      expect(found?.sizeBytes).toBe(300_001);
      expect(found?.lastModified.getTime()).toBeGreaterThan(Date.parse('2000-01-01'));
    });

    it('says whether it holds the very bytes', async () => {
      const bytes = randomBytes(700_001);
      const other = Buffer.from(bytes);
      other[650_000]! ^= 1;
      await store.put(key('holds/a'), bytes);
      await expect(store.holds(key('holds/a'), bytes)).resolves.toBe(true);
      await expect(store.holds(key('holds/a'), other)).resolves.toBe(false);
      await expect(store.holds(key('holds/a'), bytes.subarray(1))).resolves.toBe(false);
      await expect(store.holds(key('holds/none'), bytes)).resolves.toBe(false);
    });

    it('proves what it stored where that is asked for', async () => {
      const bytes = randomBytes(300_001);
      await store.put(key('proven/a'), bytes, { proven: true });
      expect((await store.get(key('proven/a'))).equals(bytes)).toBe(true);
      await expect(store.put(key('proven/a'), bytes, { proven: true, ifAbsent: true })).rejects.toMatchObject({
        code: 'STORE_EXISTS',
      });
    });

    it('keeps an empty object', async () => {
      await store.put(key('put/empty'), Buffer.alloc(0));
      expect((await store.get(key('put/empty'))).length).toBe(0);
    });

    it('overwrites unless told to write only when absent', async () => {
      await store.put(key('put/twice'), Buffer.from('one'));
      await store.put(key('put/twice'), Buffer.from('two'));
      await expect(store.put(key('put/twice'), Buffer.from('three'), { ifAbsent: true })).rejects.toMatchObject({
        code: 'STORE_EXISTS',
        retryable: false,
      });
      expect((await store.get(key('put/twice'))).toString()).toBe('two');
      await store.put(key('put/once'), Buffer.from('first'), { ifAbsent: true });
      expect((await store.get(key('put/once'))).toString()).toBe('first');
    });

    it('stores a stream of the announced size and refuses any other', async () => {
      const bytes = randomBytes(2_500_000);
      const chunks = () => Readable.from([bytes.subarray(0, 1_000_000), bytes.subarray(1_000_000)]);
      await store.put(key('stream/right'), { stream: chunks(), sizeBytes: bytes.length });
      expect((await store.get(key('stream/right'))).equals(bytes)).toBe(true);
      for (const wrong of [bytes.length - 1, bytes.length + 1]) {
        await expect(store.put(key('stream/wrong'), { stream: chunks(), sizeBytes: wrong })).rejects.toMatchObject({
          code: 'STORE_SIZE_MISMATCH',
        });
      }
      await expect(store.stat(key('stream/wrong'))).resolves.toBeUndefined();
    });

    it('stores a body larger than one part and more than stays in memory', async () => {
      const bytes = randomBytes(12 * 1024 * 1024 + 7);
      const writer = await store.openWrite();
      for (let at = 0; at < bytes.length; at += 777_777) await writer.write(bytes.subarray(at, at + 777_777));
      expect(writer.writtenBytes).toBe(bytes.length);
      await writer.commit(key('writer/large'));
      expect((await store.get(key('writer/large'))).equals(bytes)).toBe(true);
    });

    it('does not keep the chunk it was given: the caller may reuse it', async () => {
      const writer = await store.openWrite();
      const chunk = Buffer.from('aaaa');
      await writer.write(chunk);
      chunk.fill('b');
      await writer.write(chunk);
      await writer.commit(key('writer/reuse'));
      expect((await store.get(key('writer/reuse'))).toString()).toBe('aaaabbbb');
    });

    it('shows nothing before commit and nothing after abort', async () => {
      const writer = await store.openWrite();
      await writer.write(Buffer.from('half'));
      expect(await collect(store.list(prefix('unseen/')))).toEqual([]);
      await writer.abort();
      await writer.abort();
      await expect(writer.commit(key('unseen/x'))).rejects.toMatchObject({ code: 'STORE_WRITER_CLOSED' });
      await expect(writer.write(Buffer.from('more'))).rejects.toMatchObject({ code: 'STORE_WRITER_CLOSED' });
      expect(await collect(store.list(prefix('unseen/')))).toEqual([]);
    });

    it('keeps the writer open when the key is taken, so that it can go under another', async () => {
      await store.put(key('taken/a'), Buffer.from('old'));
      const writer = await store.openWrite();
      await writer.write(Buffer.from('new'));
      await expect(writer.commit(key('taken/a'), { ifAbsent: true })).rejects.toMatchObject({ code: 'STORE_EXISTS' });
      await writer.commit(key('taken/b'), { ifAbsent: true });
      expect((await store.get(key('taken/a'))).toString()).toBe('old');
      expect((await store.get(key('taken/b'))).toString()).toBe('new');
    });

    it('lists every object below a prefix, and its children once each', async () => {
      const names = ['a/2.json', 'a/10.json', 'a.b', 'a/B/x', 'b'];
      for (const name of names) await store.put(key(`list/${name}`), Buffer.from(name));
      const entries = await collect(store.list(prefix('list/')));
      const found = entries.map((entry) => [entry.key, entry.sizeBytes]).sort();
      expect(found).toEqual(names.map((name) => [`list/${name}`, name.length]).sort());
      expect((await collect(store.children(prefix('list/')))).sort()).toEqual(['a', 'a.b', 'b']);
      expect(await collect(store.list(prefix('nothing/')))).toEqual([]);
      expect(await collect(store.children(prefix('nothing/')))).toEqual([]);
    });

    it('streams, deletes, and says what is missing', async () => {
      await store.put(key('gone/a'), Buffer.from('bytes'));
      const chunks = await collect(await store.getStream(key('gone/a')));
      expect(Buffer.concat(chunks as Buffer[]).toString()).toBe('bytes');
      await store.delete(key('gone/a'));
      await store.delete(key('gone/a'));
      await expect(store.get(key('gone/a'))).rejects.toMatchObject({ code: 'STORE_NOT_FOUND', retryable: false });
      await expect(store.getStream(key('gone/a'))).rejects.toMatchObject({ code: 'STORE_NOT_FOUND' });
      await expect(store.stat(key('gone/a'))).resolves.toBeUndefined();
    });

    it('refuses to hold more than the caller allows', async () => {
      await store.put(key('big/a'), Buffer.alloc(1000));
      await expect(store.get(key('big/a'), { maxBytes: 999 })).rejects.toMatchObject({ code: 'STORE_TOO_LARGE' });
      await expect(store.get(key('big/a'), { maxBytes: 1000 })).resolves.toHaveLength(1000);
    });

    it('checks keys again although their type says they are fine', async () => {
      const bad = ['../escape', 'a/../../b', '/etc/passwd', 'a//b', 'a\0b', '.incoming/x', ''] as never[];
      for (const one of bad) {
        await expect(store.put(one, Buffer.from('x'))).rejects.toMatchObject({ code: 'STORE_KEY_INVALID' });
        await expect((async () => store.get(one))()).rejects.toMatchObject({ code: 'STORE_KEY_INVALID' });
      }
    });
  });
}
