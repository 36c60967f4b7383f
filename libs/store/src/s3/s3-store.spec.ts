import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { startFaultyProxy } from '../../../../test/servers/faulty-proxy';
import { startS3, type TestS3 } from '../../../../test/servers/s3';
import { describeObjectStore } from '../contract/object-store.contract';
import { createS3Store, parseObjectKey } from '../index';

let s3: TestS3;
beforeAll(async () => {
  s3 = await startS3();
});
afterAll(() => s3.stop());

describeObjectStore('S3', () => createS3Store({ ...s3, partSizeBytes: 5 * 1024 * 1024 }));

describe('a server that ignores conditions', () => {
  let simple: TestS3;
  beforeAll(async () => {
    simple = await startS3({ conditionalWrites: false });
  });
  afterAll(() => simple.stop());

  describeObjectStore('S3 without conditional writes', () =>
    createS3Store({ ...simple, partSizeBytes: 5 * 1024 * 1024 }),
  );

  it('is asked whether a key is free before each conditional write', async () => {
    const proxy = await startFaultyProxy(simple.port);
    const store = await createS3Store({ ...simple, port: proxy.port });
    for (const name of ['a', 'b']) await store.put(parseObjectKey(name), Buffer.from('x'), { ifAbsent: true });
    expect(proxy.handedOn).toEqual(['PUT', 'PUT', 'HEAD', 'PUT', 'HEAD', 'PUT']);
    await store.close();
    await proxy.stop();
  });
});

describe('S3 store', () => {
  it('is refused with a wrong secret, and says it is no use to try again', async () => {
    const store = await createS3Store({ ...s3, secretKey: 'wrong' });
    await expect(store.put(parseObjectKey('a'), Buffer.from('x'))).rejects.toMatchObject({
      code: 'STORE_DENIED',
      retryable: false,
    });
    await expect(store.health()).rejects.toMatchObject({ code: 'STORE_DENIED' });
    await store.close();
  });

  it('tells a missing bucket in its health', async () => {
    const store = await createS3Store({ ...s3, bucket: 'nobody-made-me' });
    await expect(store.health()).rejects.toMatchObject({ code: 'STORE_DENIED' });
    await store.close();
  });

  it('ends a wait for a server that accepts and stays silent', async () => {
    const silent: Server = createServer((socket) => socket.resume().on('error', () => undefined));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const store = await createS3Store({ ...s3, port, responseTimeoutMs: 50, attempts: 2 });
    await expect(store.put(parseObjectKey('a'), Buffer.from('x'))).rejects.toMatchObject({
      code: 'STORE_TIMEOUT',
      retryable: true,
    });
    await store.close();
    await new Promise((resolve) => silent.close(resolve));
  });

  it('compares the bytes themselves where the ETag is no checksum', async () => {
    const proxy = await startFaultyProxy(s3.port);
    proxy.mode = 'opaque-etag';
    const store = await createS3Store({ ...s3, port: proxy.port });
    const [key, bytes, other] = [parseObjectKey('opaque'), Buffer.alloc(200_000, 1), Buffer.alloc(200_000, 1)];
    other[199_999] = 2;
    await store.put(key, bytes);
    expect((await store.stat(key))?.etag).toBe('5a'.repeat(16));
    await expect(store.holds(key, bytes)).resolves.toBe(true);
    await expect(store.holds(key, other)).resolves.toBe(false);
    await store.close();
    await proxy.stop();
  });

  it('takes the checksum in the answer for a proof, and asks where that is none', async () => {
    const proxy = await startFaultyProxy(s3.port);
    const store = await createS3Store({ ...s3, port: proxy.port });
    await store.put(parseObjectKey('proven/a'), Buffer.alloc(9, 1), { proven: true });
    expect(proxy.handedOn).toEqual(['PUT']);
    proxy.mode = 'opaque-etag';
    await store.put(parseObjectKey('proven/b'), Buffer.alloc(9, 1), { proven: true });
    expect(proxy.handedOn.slice(1)).toEqual(['PUT', 'HEAD', 'GET']);
    await store.close();
    await proxy.stop();
  });

  it('does not take a write for done whose bytes were changed on the way', async () => {
    const proxy = await startFaultyProxy(s3.port);
    proxy.mode = 'damage';
    const store = await createS3Store({ ...s3, port: proxy.port });
    const put = store.put(parseObjectKey('proven/c'), Buffer.alloc(9, 1), { proven: true });
    await expect(put).rejects.toMatchObject({ code: 'STORE_UNCONFIRMED', retryable: true });
    await store.close();
    await proxy.stop();
  });

  it('writes where there is nothing with one request, once the server has shown that it refuses the second of two', async () => {
    const fresh = await startS3();
    const proxy = await startFaultyProxy(fresh.port);
    const putTwo = async (folder: string): Promise<void> => {
      const store = await createS3Store({ ...fresh, port: proxy.port });
      for (const name of ['a', 'b']) await store.put(parseObjectKey(`${folder}/${name}`), Buffer.from('x'), { ifAbsent: true }); // prettier-ignore
      await store.close();
    };
    await putTwo('first-process');
    expect(proxy.handedOn).toEqual(['PUT', 'PUT', 'PUT', 'PUT']);
    await putTwo('second-process');
    expect(proxy.handedOn.slice(4)).toEqual(['PUT', 'HEAD', 'PUT', 'PUT']);
    await proxy.stop();
    await fresh.stop();
  });

  it('lets one of many writers have a key, whoever they are', async () => {
    const stores = await Promise.all([1, 2, 3].map(() => createS3Store({ ...s3 })));
    const key = parseObjectKey('raced/a');
    const bodies = stores.flatMap(() => [randomBytes(200_000), randomBytes(200_000)]);
    const written = await Promise.allSettled(bodies.map((body, i) => stores[i % 3]!.put(key, body, { ifAbsent: true, proven: true }))); // prettier-ignore
    const winners = bodies.filter((_, i) => written[i]!.status === 'fulfilled');
    expect(winners).toHaveLength(1);
    expect((await stores[0]!.get(key)).equals(winners[0]!)).toBe(true);
    for (const one of written) {
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'STORE_EXISTS' });
    }
    await Promise.all(stores.map((store) => store.close()));
  });

  it('does not write over what came while the parts of a large object were sent', async () => {
    const proxy = await startFaultyProxy(s3.port);
    const [slow, other] = [await createS3Store({ ...s3, port: proxy.port, partSizeBytes: 5 * 1024 ** 2 }), await createS3Store({ ...s3 })]; // prettier-ignore
    const key = parseObjectKey('large/a');
    const stream = async function* (): AsyncGenerator<Buffer> {
      yield Buffer.alloc(6 * 1024 ** 2);
    };
    proxy.before = async (method, url) => {
      if (method === 'PUT' && url.includes('partNumber=2')) await other.put(key, Buffer.from('came first'));
    };
    const put = slow.put(key, { stream: stream(), sizeBytes: 6 * 1024 ** 2 }, { ifAbsent: true });
    await expect(put).rejects.toMatchObject({ code: 'STORE_EXISTS' });
    expect((await other.get(key)).toString()).toBe('came first');
    await Promise.all([slow.close(), other.close()]);
    await proxy.stop();
  });

  it('says unavailable when nobody listens', async () => {
    const store = await createS3Store({ ...s3, port: 1, attempts: 1 });
    await expect(store.get(parseObjectKey('a'))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
    await store.close();
  });
});
