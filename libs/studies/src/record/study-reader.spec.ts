import { startRedis, type TestRedis } from '../../../../test/servers/redis';
import { StudyReader } from '../index';
import { StudyBench } from '../testing/study-bench';
import { stateOfVersion } from './study-state';

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

const study = '1.2.3';
const job = { studyInstanceUID: study, quietMs: 0, priority: 'routine' as const, rearmed: 0 };

describe('StudyReader', () => {
  it('follows a study from its first instance to its delivery, from the objects alone', async () => {
    const reader = new StudyReader(bench.store, bench.timeline);
    const stateNow = async () => (await reader.read(study))?.state;
    expect(await reader.read(study)).toBeUndefined();
    await bench.receive(study, 1, [1, 2]);
    await bench.receive(study, 2, [1]);
    expect(await reader.read(study)).toMatchObject({
      state: 'received',
      instances: 3,
      series: 2,
      hasLateInstances: false,
    });
    await bench.completer().complete(job);
    expect(await stateNow()).toBe('waiting');
    await bench.timeline.append({ studyInstanceUID: study, version: 1 }, 'analysis-started', { instances: 3 });
    expect(await stateNow()).toBe('analysing');
    await bench.timeline.append({ studyInstanceUID: study, version: 1 }, 'analysis-failed', { code: 'X' });
    expect(await stateNow()).toBe('failed');
    await bench.findings(study, 1);
    expect(await stateNow()).toBe('analysed');
    await bench.delivery(study, 1, 'b-archive', 'waiting');
    await bench.delivery(study, 1, 'a-pacs', 'delivered');
    expect(await stateNow()).toBe('delivering');
    await bench.delivery(study, 1, 'b-archive', 'delivered');
    expect(await stateNow()).toBe('delivered');
    await bench.receive(study, 2, [2]);
    expect(await reader.read(study)).toMatchObject({ state: 'delivered', instances: 4, hasLateInstances: true });
    const details = await reader.details(study);
    expect(details?.versions.map(({ version, state }) => [version, state])).toEqual([[1, 'delivered']]);
    expect(details?.latest?.deliveries.map(({ destination }) => destination)).toEqual(['a-pacs', 'b-archive']);
    expect(details?.events.map(({ type }) => type)).toEqual(['version-created', 'analysis-started', 'analysis-failed']);
  });

  it('tells why a study was not analysed', async () => {
    await bench.receive(study, 1, [1]);
    await bench.completer().complete(job);
    const reason = { code: 'NO_PIXEL_DATA', text: 'No instance has pixel data.' };
    await bench.findings(study, 1, { status: 'not-analysed', reason });
    const record = await new StudyReader(bench.store, bench.timeline).read(study);
    expect(record).toMatchObject({ state: 'not-analysed', latest: { outcome: { status: 'not-analysed', reason } } });
  });

  it('names the studies that are stored', async () => {
    await bench.receive('1.2', 1, [1]);
    await bench.receive('1.3', 1, [1]);
    const names: string[] = [];
    for await (const name of new StudyReader(bench.store, bench.timeline).studies()) names.push(name);
    expect(names.sort()).toEqual(['1.2', '1.3']);
  });
});

describe('stateOfVersion', () => {
  it('says failed when one delivery was given up, whatever the others do', () => {
    expect(stateOfVersion({ status: 'analysed' }, [{ state: 'delivered' }, { state: 'dead-letter' }], undefined)).toBe(
      'failed',
    );
    expect(stateOfVersion({ status: 'analysed' }, [{ state: 'unproven' }], undefined)).toBe('delivered');
  });
});
