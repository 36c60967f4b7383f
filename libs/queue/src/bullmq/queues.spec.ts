import { Redis } from 'ioredis';
import { startRedis, type TestRedis } from '../../../../test/servers/redis';
import { createQueues } from '../index';
import { QueueHarness } from '../testing/queue-harness';

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

describe('quiet period', () => {
  it('runs once after many instances, with the last data', async () => {
    const seen = harness.watch('completeness');
    for (let i = 0; i < 20; i += 1) {
      await harness.queues.completeness({
        studyInstanceUID: study,
        quietMs: 150,
        priority: i === 19 ? 'stat' : 'routine',
      });
    }
    expect((await harness.queues.counts('completeness')).delayed).toBe(1);
    await seen.completed();
    expect(seen.jobs).toEqual([{ studyInstanceUID: study, quietMs: 150, priority: 'stat', rearmed: 0 }]);
    expect(await harness.queues.counts('completeness')).toMatchObject({ waiting: 0, active: 0, delayed: 0, failed: 0 });
  });

  it('runs again for an instance that comes while the job runs, and not at the same time', async () => {
    let concurrent = 0;
    let most = 0;
    const seen = harness.watch(
      'completeness',
      async () => {
        concurrent += 1;
        most = Math.max(most, concurrent);
        if (seen.jobs.length === 1) {
          for (let i = 0; i < 3; i += 1) {
            await harness.queues.completeness({ studyInstanceUID: study, quietMs: 20, priority: 'routine' });
          }
        }
        concurrent -= 1;
      },
      { concurrency: 4 },
    );
    await harness.queues.completeness({ studyInstanceUID: study, quietMs: 20, priority: 'routine' });
    await seen.completed(2);
    expect(seen.jobs).toHaveLength(2);
    expect(most).toBe(1);
    expect(await harness.queues.counts('completeness')).toMatchObject({ waiting: 0, delayed: 0 });
  });

  it('starts anew after a run, and keeps studies apart', async () => {
    const seen = harness.watch('completeness');
    await harness.queues.completeness({ studyInstanceUID: study, quietMs: 10, priority: 'routine' });
    await harness.queues.completeness({ studyInstanceUID: '1.2.3', quietMs: 10, priority: 'routine' });
    await seen.completed(2);
    await harness.queues.completeness({ studyInstanceUID: study, quietMs: 10, priority: 'routine' });
    await seen.completed(3);
    expect(seen.jobs.map((job) => job.studyInstanceUID).sort()).toEqual(['1.2.3', study, study]);
  });

  it('starts anew when Redis lost everything in between', async () => {
    await harness.queues.completeness({ studyInstanceUID: study, quietMs: 60_000, priority: 'routine' });
    const admin = new Redis(redis.url);
    await admin.flushall();
    admin.disconnect();
    const seen = harness.watch('completeness');
    await harness.queues.completeness({ studyInstanceUID: study, quietMs: 10, priority: 'routine' });
    await seen.completed();
    expect(seen.jobs).toHaveLength(1);
  });
});

describe('publishing', () => {
  it('takes STAT before routine', async () => {
    await harness.queues.analyse({ studyInstanceUID: '1.1', version: 1 });
    await harness.queues.analyse({ studyInstanceUID: '1.2', version: 1 });
    await harness.queues.analyse({ studyInstanceUID: '1.3', version: 1, priority: 'stat' });
    const seen = harness.watch('analyse');
    await seen.completed(3);
    expect(seen.jobs.map((job) => job.studyInstanceUID)).toEqual(['1.3', '1.1', '1.2']);
  });

  it('adds the same job once while it waits, and again when it was done', async () => {
    const job = { studyInstanceUID: study, version: 1 };
    expect(await harness.queues.analyse(job)).toBe('added');
    expect(await harness.queues.analyse(job)).toBe('present');
    expect(await harness.queues.analyse({ ...job, version: 2 })).toBe('added');
    expect((await harness.queues.counts('analyse')).waiting).toBe(2);
    const seen = harness.watch('analyse');
    await seen.completed(2);
    expect(await harness.queues.analyse(job)).toBe('added');
    await seen.completed(3);
  });

  it('replaces a job that failed for good', async () => {
    let broken = true;
    const hopeless = Object.assign(new Error('No pixel data.'), { code: 'KERNEL_NO_PIXELS', retryable: false });
    const seen = harness.watch('deliver', () => (broken ? Promise.reject(hopeless) : Promise.resolve()));
    const job = { studyInstanceUID: study, version: 1, destination: 'pacs' };
    await harness.queues.deliver(job);
    await seen.failed();
    expect(seen.jobs).toHaveLength(1);
    expect(seen.events).toContainEqual(expect.objectContaining({ type: 'job-failed', final: true, attempt: 1 }));
    broken = false;
    expect(await harness.queues.deliver(job)).toBe('added');
    await seen.completed();
    expect(seen.jobs).toHaveLength(2);
  });

  it('fails at once when Redis is away, and works when it is back', async () => {
    const own = await startRedis();
    const away = createQueues({ url: own.url, prefix: harness.prefix, commandTimeoutMs: 500 });
    await away.counts('analyse');
    own.process.kill('SIGSTOP');
    const job = { studyInstanceUID: study, version: 1 };
    await expect(away.analyse(job)).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE', retryable: true });
    own.process.kill('SIGCONT');
    await own.restart();
    for (;;) {
      const outcome = await away.analyse(job).catch(() => undefined);
      if (outcome) break;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await away.counts('analyse')).waiting).toBe(1);
    await away.close();
    await own.stop();
  });

  it('gives up on a Redis that was never there', async () => {
    const nobody = createQueues({ url: 'redis://127.0.0.1:1', prefix: harness.prefix, commandTimeoutMs: 50 });
    await expect(nobody.ping()).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    await expect(nobody.analyse({ studyInstanceUID: study, version: 1 })).rejects.toMatchObject({
      code: 'QUEUE_UNAVAILABLE',
    });
    await nobody.close();
  });

  it('does housekeeping once per interval, however many ask', async () => {
    const seen = harness.watch('maintenance');
    for (let i = 0; i < 5; i += 1) await harness.queues.maintenance({ task: 'reconcile' }, 60_000);
    await seen.completed();
    await harness.queues.maintenance({ task: 'reconcile' }, 60_000);
    expect(await harness.queues.counts('maintenance')).toMatchObject({ waiting: 0, active: 0 });
    expect(seen.jobs).toEqual([{ task: 'reconcile' }]);
    await harness.queues.maintenance({ task: 'reconcile' });
    await seen.completed(2);
  });
});
