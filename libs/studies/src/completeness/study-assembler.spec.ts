import { startRedis, type TestRedis } from '../../../../test/servers/redis';
import { StudyAssembler } from '../index';
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

const instance = { studyInstanceUID: '1.2', source: 'CT1', quietMs: 60_000, priority: 'routine' as const };

describe('receiving instances', () => {
  it('keeps one quiet period per study and opens its timeline once per source', async () => {
    const assembler = new StudyAssembler({ jobs: bench.queues, timeline: bench.timeline });
    for (let i = 0; i < 10; i += 1) await assembler.instanceReceived(instance);
    await assembler.instanceReceived({ ...instance, source: 'MR1', priority: 'stat' });
    await assembler.instanceReceived({ ...instance, studyInstanceUID: '1.3' });
    await assembler.close();
    const jobs = await bench.jobs('completeness');
    expect(jobs.map((job) => job.studyInstanceUID).sort()).toEqual(['1.2', '1.3']);
    const events = await bench.timeline.read('1.2');
    expect(events.map(({ type, facts }) => [type, facts['source']])).toEqual([
      ['reception-started', 'CT1'],
      ['reception-started', 'MR1'],
    ]);
  });

  it('prolongs at once, then at most once per moment, and always for the last instance', async () => {
    const calls: number[] = [];
    let last: () => void = () => undefined;
    const trailing = new Promise<void>((resolve) => (last = resolve));
    const jobs = {
      completeness: () => {
        calls.push(performance.now());
        if (calls.length === 2) last();
        return Promise.resolve();
      },
    };
    const assembler = new StudyAssembler({ jobs, timeline: bench.timeline });
    const burst = { ...instance, quietMs: 2000 };
    await assembler.instanceReceived(burst);
    await assembler.instanceReceived(burst);
    await assembler.instanceReceived(burst);
    await trailing;
    expect(calls).toHaveLength(2);
    await assembler.close();
  });

  it('says so when Redis is away, and begins anew with the next instance', async () => {
    let away = true;
    const error = Object.assign(new Error('away'), { code: 'QUEUE_UNAVAILABLE' });
    const jobs = {
      completeness: async (...job: Parameters<typeof bench.queues.completeness>) => {
        if (away) throw error;
        await bench.queues.completeness(...job);
      },
    };
    const assembler = new StudyAssembler({ jobs, timeline: bench.timeline });
    await expect(assembler.instanceReceived(instance)).rejects.toBe(error);
    away = false;
    await assembler.instanceReceived(instance);
    expect(await bench.jobs('completeness')).toHaveLength(1);
    await assembler.close();
  });
});
