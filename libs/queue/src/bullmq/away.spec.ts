import { startRedis } from '../../../../test/servers/redis';
import { createQueues, createWorker, type QueueEvent } from '../index';

/** A listener whose events can be waited for. */
function eventSource() {
  const waiting = new Map<string, () => void>();
  const notify = (event: QueueEvent) => waiting.get(event.type)?.();
  const until = (type: QueueEvent['type']) => new Promise<void>((resolve) => waiting.set(type, resolve));
  return { notify, until };
}

describe('while Redis is away', () => {
  it('the first call waits for the connection, also right after the start', async () => {
    const redis = await startRedis();
    const queues = createQueues({ url: redis.url });
    await expect(queues.analyse({ studyInstanceUID: '1.2', version: 1 })).resolves.toBe('added');
    const other = createQueues({ url: redis.url });
    await expect(other.withLock('a', () => Promise.resolve(1))).resolves.toBe(1);
    await Promise.all([queues.close(), other.close()]);
    await redis.stop();
  });

  it('queues and workers end when Redis was lost', async () => {
    const redis = await startRedis();
    const { notify, until } = eventSource();
    const queues = createQueues({ url: redis.url });
    const worker = createWorker('analyse', () => Promise.resolve(), { url: redis.url, notify });
    await Promise.all([queues.ping(), worker.ready()]);
    const lost = until('redis-error');
    redis.process.kill('SIGKILL');
    await lost;
    await worker.close();
    await queues.close();
    await redis.stop();
  });

  it('queues and workers end when Redis was never there', async () => {
    const url = 'redis://127.0.0.1:1';
    const { notify, until } = eventSource();
    const failed = until('redis-error');
    const queues = createQueues({ url });
    const worker = createWorker('analyse', () => Promise.resolve(), { url, notify });
    await failed;
    await worker.close();
    await queues.close();
  });
});
