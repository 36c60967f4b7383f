import { Redis } from 'ioredis';
import { manifestKey } from '@endplate/store';
import { startRedis, type TestRedis } from '../../../../test/servers/redis';
import { reconcile, StudyAssembler } from '../index';
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

const run = (destinations: string[] = ['pacs'], rest?: () => Promise<void>) =>
  reconcile({
    ...(rest ? { rest } : {}),
    store: bench.store,
    timeline: bench.timeline,
    jobs: bench.queues,
    destinations,
    defaults: { quietMs: 60_000, priority: 'routine' },
    now: () => bench.now,
  });

async function flush(): Promise<void> {
  const admin = new Redis(redis.url);
  await admin.flushall();
  admin.disconnect();
}

const job = { quietMs: 0, priority: 'routine' as const, rearmed: 0 };

describe('reconcile', () => {
  it('starts the quiet period again that Redis forgot, as the source asked for it', async () => {
    const assembler = new StudyAssembler({ jobs: bench.queues, timeline: bench.timeline });
    await bench.receive('1.2', 1, [1, 2]);
    await assembler.instanceReceived({ studyInstanceUID: '1.2', source: 'CT1', quietMs: 30_000, priority: 'stat' });
    await assembler.close();
    await flush();
    expect(await bench.jobs('completeness')).toEqual([]);
    expect(await run()).toMatchObject({ studies: 1, completeness: 1 });
    expect(await bench.jobs('completeness')).toEqual([
      { studyInstanceUID: '1.2', quietMs: 30_000, priority: 'stat', rearmed: 0 },
    ]);
    // The quiet period is over by now: the job is due at once, and makes the version.
    bench.now = new Date(Date.now() + 40_000);
    await run();
    expect((await bench.queues.counts('completeness')).delayed).toBe(0);
    const [found] = await bench.jobs('completeness');
    expect(await bench.completer().complete(found!)).toMatchObject({ kind: 'version-created', version: 1 });
  });

  it('takes one study at a time where it rests, and rests behind each', async () => {
    for (const study of ['1.1', '1.2', '1.3']) await bench.receive(study, 1, [1]);
    const given: number[] = [];
    const report = await run([], async () => void given.push((await bench.jobs('completeness')).length));
    expect(given).toEqual([1, 2, 3]);
    expect(report).toMatchObject({ studies: 3, completeness: 3 });
  });

  it('gives every job that the objects call for, and only those', async () => {
    // A study that waits for analysis, one that was analysed and not delivered, one that is done, one of no use.
    for (const study of ['1.1', '1.2', '1.3', '1.4', '1.5']) {
      await bench.receive(study, 1, [1]);
      await bench.completer().complete({ ...job, studyInstanceUID: study });
    }
    await bench.findings('1.2', 1);
    await bench.findings('1.3', 1);
    await bench.delivery('1.3', 1, 'pacs', 'delivered');
    await bench.delivery('1.3', 1, 'archive', 'waiting');
    await bench.findings('1.4', 1, { status: 'not-analysed', reason: { code: 'NO_SPINE', text: 'No spine.' } });
    await bench.findings('1.5', 1);
    await bench.delivery('1.5', 1, 'pacs', 'dead-letter');
    await bench.delivery('1.5', 1, 'archive', 'unproven');
    await flush();
    const report = await run(['pacs', 'archive']);
    expect(report).toEqual({
      studies: 5,
      completeness: 0,
      analyse: 1,
      deliver: 3,
      present: 0,
      parked: 0,
      failed: 0,
    });
    expect(await bench.jobs('analyse')).toEqual([{ studyInstanceUID: '1.1', version: 1, priority: 'routine' }]);
    const deliveries = await bench.jobs('deliver');
    expect(deliveries.map((one) => `${one.studyInstanceUID} ${one.destination}`).sort()).toEqual([
      '1.2 archive',
      '1.2 pacs',
      '1.3 archive',
    ]);
    expect(await run(['pacs', 'archive'])).toMatchObject({ analyse: 0, deliver: 0, present: 4 });
  });

  it('finds late instances, and leaves a version alone that failed too often', async () => {
    await bench.receive('1.1', 1, [1]);
    await bench.completer().complete({ ...job, studyInstanceUID: '1.1' });
    await bench.receive('1.1', 1, [2]);
    for (let i = 0; i < 3; i += 1) {
      await bench.timeline.append({ studyInstanceUID: '1.1', version: 1 }, 'analysis-failed', { code: 'X' });
    }
    await flush();
    expect(await run()).toMatchObject({ completeness: 1, analyse: 0, parked: 1 });
  });

  it('passes over a damaged study and does the others', async () => {
    await bench.receive('1.1', 1, [1]);
    await bench.store.put(manifestKey('1.1', 1), Buffer.from('{"half'));
    await bench.receive('1.2', 1, [1]);
    expect(await run()).toMatchObject({ studies: 2, completeness: 1, failed: 1 });
  });

  it('ends with the failure when Redis is away', async () => {
    await bench.receive('1.1', 1, [1]);
    await bench.queues.close();
    await expect(run()).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
  });
});
