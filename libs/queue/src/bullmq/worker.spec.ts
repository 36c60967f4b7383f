import { Redis } from 'ioredis';
import { startRedis, type TestRedis } from '../../../../test/servers/redis';
import { createQueues, type QueueEvent } from '../index';
import { QueueHarness } from '../testing/queue-harness';
import { Watchdog } from './watchdog';

let redis: TestRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

let harness: QueueHarness;
beforeEach(async () => {
  harness = new QueueHarness(redis);
  await harness.queues.counts('analyse');
});
afterEach(() => harness.close());

const study = '1.2.840.1';

describe('worker', () => {
  it('refuses a job that does not fit its schema, without trying again', async () => {
    const admin = new Redis(redis.url);
    await harness.queues.analyse({ studyInstanceUID: study, version: 1 });
    const bad = JSON.stringify({ studyInstanceUID: 'DOE', version: 1 });
    await admin.hset(`${harness.prefix}:analyse:${study}.1`, 'data', bad);
    const seen = harness.watch('analyse');
    await seen.failed();
    expect(seen.jobs).toHaveLength(0);
    expect(await admin.hget(`${harness.prefix}:analyse:${study}.1`, 'failedReason')).toContain('QUEUE_JOB_INVALID');
    admin.disconnect();
  });

  it('keeps foreign error texts out of Redis', async () => {
    const admin = new Redis(redis.url);
    const seen = harness.watch('analyse', () => Promise.reject(new Error('cannot read DOE^JANE')));
    await harness.queues.analyse({ studyInstanceUID: study, version: 1 });
    await seen.failed();
    const stored = await admin.hgetall(`${harness.prefix}:analyse:${study}.1`);
    expect(JSON.stringify(stored)).not.toContain('DOE');
    expect(stored['failedReason'] ?? stored['stacktrace']).toContain('UNEXPECTED');
    admin.disconnect();
  });

  it('tells a running job to stop when its lock is gone', async () => {
    const admin = new Redis(redis.url);
    let reason: unknown;
    const seen = harness.watch(
      'analyse',
      async (_, { signal, jobId }) => {
        if (reason) return;
        await admin.set(`${harness.prefix}:analyse:${jobId}:lock`, 'somebody else');
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        reason = signal.reason;
        await admin.del(`${harness.prefix}:analyse:${jobId}:lock`);
        throw reason;
      },
      { lockDurationMs: 200, stalledIntervalMs: 100 },
    );
    await harness.queues.analyse({ studyInstanceUID: study, version: 1 });
    await seen.completed();
    expect(reason).toMatchObject({ code: 'QUEUE_JOB_ABORTED' });
    expect(seen.jobs).toHaveLength(2);
    admin.disconnect();
  });

  it('tells running jobs to stop when the process does not want to wait any longer', async () => {
    const seen = harness.watch(
      'analyse',
      (_, { signal }) =>
        new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
      { drainMs: 10 },
    );
    await harness.queues.analyse({ studyInstanceUID: study, version: 1 });
    await seen.until(() => seen.jobs.length === 1);
    await seen.worker.close();
    expect(seen.events).toContainEqual(expect.objectContaining({ type: 'job-failed', final: false }));
    const { failed, active } = await harness.queues.counts('analyse');
    expect({ failed, active }).toEqual({ failed: 0, active: 0 });
  });

  it('is healthy while it works', async () => {
    const seen = harness.watch('analyse', undefined, { watchdogMs: 20 });
    await harness.queues.analyse({ studyInstanceUID: study, version: 1 });
    await seen.completed();
    await expect(seen.worker.health()).resolves.toBeUndefined();
  });
});

describe('watchdog', () => {
  it('notices that work waits and nobody takes it', async () => {
    const events: QueueEvent[] = [];
    await harness.queues.analyse({ studyInstanceUID: study, version: 1 });
    const watched = { hasFreeHands: () => true, notify: (event: QueueEvent) => void events.push(event) };
    const dog = new Watchdog('analyse', { url: redis.url, prefix: harness.prefix, watchdogMs: 20 }, watched);
    harness.keep(dog);
    while (events.length === 0) await dog.look();
    expect(events[0]).toMatchObject({ type: 'worker-stuck', queue: 'analyse', waiting: 1 });
    await expect(dog.health()).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    dog.progress();
    await expect(dog.health()).resolves.toBeUndefined();
  });
});

describe('lock', () => {
  it('lets one in at a time, over processes', async () => {
    const other = createQueues({ url: redis.url, prefix: harness.prefix });
    await other.counts('analyse');
    harness.keep(other);
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await harness.queues.ping();
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? harness.queues : other).withLock('study', work)));
    expect(most).toBe(1);
  });

  it('gives up after its wait, and gives the lock back when the work fails', async () => {
    const impatient = createQueues({ url: redis.url, prefix: harness.prefix, lock: { waitMs: 20 } });
    await impatient.counts('analyse');
    harness.keep(impatient);
    await harness.queues.withLock('a', () =>
      expect(impatient.withLock('a', () => Promise.resolve())).rejects.toMatchObject({ code: 'QUEUE_LOCK_BUSY' }),
    );
    await expect(harness.queues.withLock('a', () => Promise.reject(new Error('work failed')))).rejects.toThrow(
      'work failed',
    );
    await expect(impatient.withLock('a', () => Promise.resolve(5))).resolves.toBe(5);
  });

  it('tells the work when the lock is lost', async () => {
    const short = createQueues({ url: redis.url, prefix: harness.prefix, lock: { ttlMs: 60 } });
    await short.counts('analyse');
    const admin = new Redis(redis.url);
    harness.keep(short);
    const outcome = short.withLock('a', async (signal) => {
      await admin.set(`${harness.prefix}:lock:a`, 'thief');
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    });
    await expect(outcome).rejects.toMatchObject({ code: 'QUEUE_LOCK_LOST' });
    expect(await admin.get(`${harness.prefix}:lock:a`)).toBe('thief');
    admin.disconnect();
  });
});
