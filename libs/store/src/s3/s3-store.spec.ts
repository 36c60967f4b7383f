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

  it('says unavailable when nobody listens', async () => {
    const store = await createS3Store({ ...s3, port: 1, attempts: 1 });
    await expect(store.get(parseObjectKey('a'))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
    await store.close();
  });
});
