import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { startRedis, type TestRedis } from '../../../../test/servers/redis';
import {
  createQueues,
  createWorker,
  type JobContext,
  type JobData,
  type QueueEvent,
  type QueueName,
  type Queues,
  type QueueWorker,
} from '../index';

let redis: TestRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

let prefix: string;
let queues: Queues;
let open: { close(): Promise<void> }[];
beforeEach(async () => {
  prefix = `{t${randomUUID()}}`;
  queues = createQueues({ url: redis.url, prefix });
  await queues.counts('analyse');
  open = [queues];
});
afterEach(async () => {
  await Promise.all(open.map((one) => one.close()));
});

interface Seen<Q extends QueueName> {
  readonly jobs: JobData<Q>[];
  readonly events: QueueEvent[];
  readonly worker: QueueWorker;
  until(done: () => boolean): Promise<void>;
}

/** A worker that remembers what came, and lets a test wait for it. */
function watch<Q extends QueueName>(
  queue: Q,
  handle: (data: JobData<Q>, context: JobContext) => Promise<void> = () => Promise.resolve(),
  options: object = {},
): Seen<Q> {
  const jobs: JobData<Q>[] = [];
  const events: QueueEvent[] = [];
  const waiting = new Set<() => void>();
  const tell = () => waiting.forEach((check) => check());
  const notify = (event: QueueEvent) => {
    events.push(event);
    tell();
  };
  const handler = async (data: JobData<Q>, context: JobContext) => {
    jobs.push(data);
    tell();
    await handle(data, context);
  };
  const worker = createWorker(queue, handler, { url: redis.url, prefix, notify, ...options });
  open.push(worker);
  const until = (done: () => boolean) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (!done()) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  return { jobs, events, worker, until };
}

const completed =
  (seen: Seen<QueueName>, count = 1) =>
  () =>
    seen.events.filter(({ type }) => type === 'job-completed').length >= count;
const study = '1.2.840.1';

describe('quiet period', () => {
  it('runs once after many instances, with the last data', async () => {
    const seen = watch('completeness');
    for (let i = 0; i < 20; i += 1) {
      await queues.completeness({ studyInstanceUID: study, quietMs: 150, priority: i === 19 ? 'stat' : 'routine' });
    }
    expect((await queues.counts('completeness')).delayed).toBe(1);
    await seen.until(completed(seen));
    expect(seen.jobs).toEqual([{ studyInstanceUID: study, quietMs: 150, priority: 'stat', rearmed: 0 }]);
    expect(await queues.counts('completeness')).toMatchObject({ waiting: 0, active: 0, delayed: 0, failed: 0 });
  });

  it('runs again for an instance that comes while the job runs, and not at the same time', async () => {
    let concurrent = 0;
    let most = 0;
    const seen = watch(
      'completeness',
      async () => {
        concurrent += 1;
        most = Math.max(most, concurrent);
        if (seen.jobs.length === 1) {
          for (let i = 0; i < 3; i += 1) {
            await queues.completeness({ studyInstanceUID: study, quietMs: 20, priority: 'routine' });
          }
        }
        concurrent -= 1;
      },
      { concurrency: 4 },
    );
    await queues.completeness({ studyInstanceUID: study, quietMs: 20, priority: 'routine' });
    await seen.until(completed(seen, 2));
    expect(seen.jobs).toHaveLength(2);
    expect(most).toBe(1);
    expect(await queues.counts('completeness')).toMatchObject({ waiting: 0, delayed: 0 });
  });

  it('starts anew after a run, and keeps studies apart', async () => {
    const seen = watch('completeness');
    await queues.completeness({ studyInstanceUID: study, quietMs: 10, priority: 'routine' });
    await queues.completeness({ studyInstanceUID: '1.2.3', quietMs: 10, priority: 'routine' });
    await seen.until(completed(seen, 2));
    await queues.completeness({ studyInstanceUID: study, quietMs: 10, priority: 'routine' });
    await seen.until(completed(seen, 3));
    expect(seen.jobs.map((job) => job.studyInstanceUID).sort()).toEqual(['1.2.3', study, study]);
  });

  it('starts anew when Redis lost everything in between', async () => {
    await queues.completeness({ studyInstanceUID: study, quietMs: 60_000, priority: 'routine' });
    const admin = new Redis(redis.url);
    await admin.flushall();
    admin.disconnect();
    const seen = watch('completeness');
    await queues.completeness({ studyInstanceUID: study, quietMs: 10, priority: 'routine' });
    await seen.until(completed(seen));
    expect(seen.jobs).toHaveLength(1);
  });
});

describe('publishing', () => {
  it('takes STAT before routine', async () => {
    await queues.analyse({ studyInstanceUID: '1.1', version: 1 });
    await queues.analyse({ studyInstanceUID: '1.2', version: 1 });
    await queues.analyse({ studyInstanceUID: '1.3', version: 1, priority: 'stat' });
    const seen = watch('analyse');
    await seen.until(completed(seen, 3));
    expect(seen.jobs.map((job) => job.studyInstanceUID)).toEqual(['1.3', '1.1', '1.2']);
  });

  it('adds the same job once while it waits, and again when it was done', async () => {
    const job = { studyInstanceUID: study, version: 1 };
    expect(await queues.analyse(job)).toBe('added');
    expect(await queues.analyse(job)).toBe('present');
    expect(await queues.analyse({ ...job, version: 2 })).toBe('added');
    expect((await queues.counts('analyse')).waiting).toBe(2);
    const seen = watch('analyse');
    await seen.until(completed(seen, 2));
    expect(await queues.analyse(job)).toBe('added');
    await seen.until(completed(seen, 3));
  });

  it('replaces a job that failed for good', async () => {
    let broken = true;
    const hopeless = Object.assign(new Error('No pixel data.'), { code: 'KERNEL_NO_PIXELS', retryable: false });
    const seen = watch('deliver', () => (broken ? Promise.reject(hopeless) : Promise.resolve()));
    const job = { studyInstanceUID: study, version: 1, destination: 'pacs' };
    await queues.deliver(job);
    await seen.until(() => seen.events.some(({ type }) => type === 'job-failed'));
    while ((await queues.counts('deliver')).failed === 0) await queues.ping();
    expect(seen.jobs).toHaveLength(1);
    expect(seen.events).toContainEqual(expect.objectContaining({ type: 'job-failed', final: true, attempt: 1 }));
    broken = false;
    expect(await queues.deliver(job)).toBe('added');
    await seen.until(completed(seen));
    expect(seen.jobs).toHaveLength(2);
  });

  it('fails at once when Redis is away, and works when it is back', async () => {
    const own = await startRedis();
    const away = createQueues({ url: own.url, prefix, commandTimeoutMs: 500 });
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
    const nobody = createQueues({ url: 'redis://127.0.0.1:1', prefix, commandTimeoutMs: 50 });
    await expect(nobody.ping()).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    await expect(nobody.analyse({ studyInstanceUID: study, version: 1 })).rejects.toMatchObject({
      code: 'QUEUE_UNAVAILABLE',
    });
    await nobody.close();
  });

  it('schedules housekeeping', async () => {
    const seen = watch('maintenance');
    await queues.schedule({ task: 'reconcile' }, 50);
    await queues.schedule({ task: 'reconcile' }, 50);
    await seen.until(completed(seen, 2));
    expect(seen.jobs[0]).toEqual({ task: 'reconcile' });
  });
});

describe('worker', () => {
  it('refuses a job that does not fit its schema, without trying again', async () => {
    const admin = new Redis(redis.url);
    await queues.analyse({ studyInstanceUID: study, version: 1 });
    const bad = JSON.stringify({ studyInstanceUID: 'DOE', version: 1 });
    await admin.hset(`${prefix}:analyse:${study}.1`, 'data', bad);
    const seen = watch('analyse');
    await seen.until(() => seen.events.some(({ type }) => type === 'job-failed'));
    while ((await queues.counts('analyse')).failed === 0) await queues.ping();
    expect(seen.jobs).toHaveLength(0);
    expect(await admin.hget(`${prefix}:analyse:${study}.1`, 'failedReason')).toContain('QUEUE_JOB_INVALID');
    admin.disconnect();
  });

  it('keeps foreign error texts out of Redis', async () => {
    const admin = new Redis(redis.url);
    const seen = watch('analyse', () => Promise.reject(new Error('cannot read DOE^JANE')));
    await queues.analyse({ studyInstanceUID: study, version: 1 });
    await seen.until(() => seen.events.some(({ type }) => type === 'job-failed'));
    while ((await queues.counts('analyse')).delayed === 0) await queues.ping();
    const stored = await admin.hgetall(`${prefix}:analyse:${study}.1`);
    expect(JSON.stringify(stored)).not.toContain('DOE');
    expect(stored['failedReason'] ?? stored['stacktrace']).toContain('UNEXPECTED');
    admin.disconnect();
  });

  it('tells a running job to stop when its lock is gone', async () => {
    const admin = new Redis(redis.url);
    let reason: unknown;
    const seen = watch(
      'analyse',
      async (_, { signal, jobId }) => {
        if (reason) return;
        await admin.set(`${prefix}:analyse:${jobId}:lock`, 'somebody else');
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        reason = signal.reason;
        await admin.del(`${prefix}:analyse:${jobId}:lock`);
        throw reason;
      },
      { lockDurationMs: 200, stalledIntervalMs: 100 },
    );
    await queues.analyse({ studyInstanceUID: study, version: 1 });
    await seen.until(completed(seen));
    expect(reason).toMatchObject({ code: 'QUEUE_JOB_ABORTED' });
    expect(seen.jobs).toHaveLength(2);
    admin.disconnect();
  });

  it('tells running jobs to stop when the process does not want to wait any longer', async () => {
    const seen = watch(
      'analyse',
      (_, { signal }) =>
        new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
      { drainMs: 10 },
    );
    await queues.analyse({ studyInstanceUID: study, version: 1 });
    await seen.until(() => seen.jobs.length === 1);
    await seen.worker.close();
    expect(seen.events).toContainEqual(expect.objectContaining({ type: 'job-failed', final: false }));
    const { failed, active } = await queues.counts('analyse');
    expect({ failed, active }).toEqual({ failed: 0, active: 0 });
  });

  it('is healthy while it works', async () => {
    const seen = watch('analyse', undefined, { watchdogMs: 20 });
    await queues.analyse({ studyInstanceUID: study, version: 1 });
    await seen.until(completed(seen));
    await expect(seen.worker.health()).resolves.toBeUndefined();
  });
});

describe('watchdog', () => {
  it('notices that work waits and nobody takes it', async () => {
    const { Watchdog } = await import('./watchdog');
    const events: QueueEvent[] = [];
    await queues.analyse({ studyInstanceUID: study, version: 1 });
    const watched = { hasFreeHands: () => true, notify: (event: QueueEvent) => void events.push(event) };
    const dog = new Watchdog('analyse', { url: redis.url, prefix, watchdogMs: 20 }, watched);
    open.push(dog);
    while (events.length === 0) await dog.look();
    expect(events[0]).toMatchObject({ type: 'worker-stuck', queue: 'analyse', waiting: 1 });
    await expect(dog.health()).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    dog.progress();
    await expect(dog.health()).resolves.toBeUndefined();
  });
});

describe('lock', () => {
  it('lets one in at a time, over processes', async () => {
    const other = createQueues({ url: redis.url, prefix });
    await other.counts('analyse');
    open.push(other);
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await queues.ping();
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? queues : other).withLock('study', work)));
    expect(most).toBe(1);
  });

  it('gives up after its wait, and gives the lock back when the work fails', async () => {
    const impatient = createQueues({ url: redis.url, prefix, lock: { waitMs: 20 } });
    await impatient.counts('analyse');
    open.push(impatient);
    await queues.withLock('a', () =>
      expect(impatient.withLock('a', () => Promise.resolve())).rejects.toMatchObject({ code: 'QUEUE_LOCK_BUSY' }),
    );
    await expect(queues.withLock('a', () => Promise.reject(new Error('work failed')))).rejects.toThrow('work failed');
    await expect(impatient.withLock('a', () => Promise.resolve(5))).resolves.toBe(5);
  });

  it('tells the work when the lock is lost', async () => {
    const short = createQueues({ url: redis.url, prefix, lock: { ttlMs: 60 } });
    await short.counts('analyse');
    const admin = new Redis(redis.url);
    open.push(short);
    const outcome = short.withLock('a', async (signal) => {
      await admin.set(`${prefix}:lock:a`, 'thief');
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    });
    await expect(outcome).rejects.toMatchObject({ code: 'QUEUE_LOCK_LOST' });
    expect(await admin.get(`${prefix}:lock:a`)).toBe('thief');
    admin.disconnect();
  });
});
