import { startRedis, type TestRedis } from '../../../../test/servers/redis';
import { digestInstances, StudyCompleter } from '../index';
import { StudyBench } from '../testing/study-bench';

let redis: TestRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

let bench: StudyBench;
beforeEach(async () => {
  bench = await StudyBench.open(redis);
});
afterEach(() => bench.close());

const study = '1.2.840.1';
const job = { studyInstanceUID: study, quietMs: 0, priority: 'routine' as const, rearmed: 0 };

describe('completing a study', () => {
  it('makes version 1 with its instances, digest and evidence, and asks for its analysis', async () => {
    await bench.receive(study, 2, [2, 1]);
    await bench.receive(study, 1, [1]);
    const outcome = await bench.completer().complete({ ...job, priority: 'stat' });
    expect(outcome).toEqual({ kind: 'version-created', version: 1, instances: 3, missing: 0 });
    const manifest = await bench.manifests.read(study, 1);
    expect(manifest).toMatchObject({
      version: 1,
      priority: 'stat',
      createdAt: bench.now.toISOString(),
      evidence: { kind: 'quiet-period', quietMs: 0 },
    });
    expect(manifest?.instances.map((one) => one.sopInstanceUID)).toEqual([
      `${study}.1.1`,
      `${study}.2.1`,
      `${study}.2.2`,
    ]);
    expect(manifest?.predecessorVersion).toBeUndefined();
    expect(await bench.jobs('analyse')).toEqual([{ studyInstanceUID: study, version: 1, priority: 'stat' }]);
    expect((await bench.timeline.read(study)).map((event) => event.type)).toEqual(['version-created']);
  });

  it('makes no second version of the same set, and asks again for an analysis that is missing', async () => {
    await bench.receive(study, 1, [1, 2]);
    await bench.completer().complete(job);
    const own = await bench.process();
    expect(await own.completer.complete(job)).toEqual({ kind: 'unchanged', version: 1 });
    await own.close();
    expect(await bench.manifests.versions(study)).toEqual([1]);
    expect(await bench.jobs('analyse')).toHaveLength(1);
  });

  it('does not analyse again what has its findings', async () => {
    await bench.receive(study, 1, [1]);
    const other = await StudyBench.open(redis);
    await bench.completer().complete(job);
    await bench.findings(study, 1);
    expect(await bench.completer(bench.store, other.queues).complete(job)).toEqual({ kind: 'unchanged', version: 1 });
    expect(await other.jobs('analyse')).toEqual([]);
    await other.close();
  });

  it('makes version 2 for a late instance, which names its predecessor', async () => {
    await bench.receive(study, 1, [1]);
    await bench.completer().complete(job);
    await bench.receive(study, 1, [2]);
    expect(await bench.completer().complete(job)).toMatchObject({ kind: 'version-created', version: 2 });
    expect(await bench.manifests.read(study, 2)).toMatchObject({ version: 2, predecessorVersion: 1 });
    expect((await bench.manifests.read(study, 1))?.instances).toHaveLength(1);
  });

  it('makes exactly one version when many processes complete the same study at once', async () => {
    await bench.receive(study, 1, [1, 2, 3]);
    const processes = await Promise.all(Array.from({ length: 6 }, () => bench.process()));
    const outcomes = await Promise.all(processes.map(({ completer }) => completer.complete(job)));
    expect(outcomes.filter(({ kind }) => kind === 'version-created')).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === 'unchanged')).toHaveLength(5);
    expect(await bench.manifests.versions(study)).toEqual([1]);
    expect(await bench.jobs('analyse')).toHaveLength(1);
    await Promise.all(processes.map((one) => one.close()));
  });

  it('makes exactly one version of each set even when no lock keeps the processes apart', async () => {
    await bench.receive(study, 1, [1, 2, 3]);
    const noLock = {
      withLock: <T>(_: string, work: (signal: AbortSignal) => Promise<T>) => work(new AbortController().signal),
    };
    const { store, manifests, timeline, queues } = bench;
    const completer = new StudyCompleter({
      store,
      manifests,
      timeline,
      jobs: queues,
      lock: noLock,
      now: () => bench.now,
    });
    await Promise.all(Array.from({ length: 6 }, () => completer.complete(job)));
    expect(await manifests.versions(study)).toEqual([1]);
    expect(await bench.jobs('analyse')).toHaveLength(1);
  });

  it('waits again for a study that still moves, but not for ever', async () => {
    await bench.receive(study, 1, [1]);
    const moving = { ...job, quietMs: 60_000 };
    expect(await bench.completer().complete(moving)).toEqual({ kind: 'moving' });
    expect(await bench.jobs('completeness')).toEqual([{ ...moving, rearmed: 1 }]);
    expect(await bench.completer().complete({ ...moving, rearmed: 5 })).toMatchObject({ kind: 'version-created' });
  });

  it('makes nothing of nothing', async () => {
    expect(await bench.completer().complete(job)).toEqual({ kind: 'empty' });
    expect(await bench.manifests.versions(study)).toEqual([]);
  });

  it('asks for the analysis of a version whose process died before it could ask', async () => {
    await bench.receive(study, 1, [1]);
    const { store, manifests, timeline, queues } = bench;
    const jobs = {
      completeness: () => Promise.resolve(),
      analyse: () => Promise.reject(new Error('killed')),
    };
    const killed = new StudyCompleter({ store, manifests, timeline, lock: queues, now: () => bench.now, jobs });
    await expect(killed.complete(job)).rejects.toThrow('killed');
    expect(await bench.completer().complete(job)).toEqual({ kind: 'unchanged', version: 1 });
    expect(await bench.jobs('analyse')).toHaveLength(1);
  });
});

describe('digest', () => {
  const one = { seriesInstanceUID: '1.1', sopInstanceUID: '1.1.1' };
  const two = { seriesInstanceUID: '1.2', sopInstanceUID: '1.2.1' };
  it('is that of the set, not of the order', () => {
    expect(digestInstances([one, two])).toBe(digestInstances([two, one]));
    expect(digestInstances([one])).not.toBe(digestInstances([one, two]));
    expect(digestInstances([one])).toMatch(/^[0-9a-f]{64}$/);
  });
});
