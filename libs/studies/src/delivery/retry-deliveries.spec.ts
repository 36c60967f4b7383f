import { startRedis, type TestRedis } from '../../../../test/servers/redis';
import { retryDeliveries, type RetryRequest, StudyReader } from '../index';
import { StudyBench } from '../testing/study-bench';

const STUDY = '1.2.3';
const completion = { studyInstanceUID: STUDY, quietMs: 0, priority: 'routine' as const, rearmed: 0 };

let redis: TestRedis;
let bench: StudyBench;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());
beforeEach(async () => {
  bench = await StudyBench.open(redis);
  // Version 1 was given up; of version 2 one destination has it, one gave it up, one cannot prove it.
  await bench.receive(STUDY, 1, [1]);
  await bench.completer().complete(completion);
  await bench.receive(STUDY, 1, [2]);
  await bench.completer().complete(completion);
  for (const version of [1, 2]) await bench.findings(STUDY, version);
  await bench.delivery(STUDY, 1, 'archive', 'dead-letter');
  await bench.delivery(STUDY, 2, 'archive', 'dead-letter');
  await bench.delivery(STUDY, 2, 'old', 'unproven');
  await bench.delivery(STUDY, 2, 'pacs', 'delivered');
});
afterEach(() => bench.close());

async function retry(request: Partial<RetryRequest> = {}): Promise<string[]> {
  const ports = { store: bench.store, timeline: bench.timeline, jobs: bench.queues };
  const again = await retryDeliveries(ports, { studyInstanceUID: STUDY, ...request });
  return again.map(({ version, destination }) => `${version} ${destination}`);
}

describe('a delivery that was given up', () => {
  it('begins anew: no record, one job, and the timeline says so; what was delivered stays', async () => {
    expect(await retry()).toEqual(['2 archive', '2 old']);
    const jobs = await bench.jobs('deliver');
    expect(jobs.map(({ version, destination }) => `${version} ${destination}`).sort()).toEqual(['2 archive', '2 old']);
    const left = await new StudyReader(bench.store, bench.timeline).deliveries(STUDY, 2);
    expect(left.map(({ destination }) => destination)).toEqual(['pacs']);
    const events = await bench.timeline.read(STUDY);
    expect(events.filter(({ type }) => type === 'delivery-retried')).toHaveLength(2);
    expect(await retry()).toEqual([]);
  });

  it.each([
    [{ destination: 'archive' }, ['2 archive']],
    [{ version: 1 }, ['1 archive']],
    [{ destination: 'pacs' }, []],
    [{ version: 7 }, []],
    [{ studyInstanceUID: '9.9' }, []],
  ])('is chosen by %j', async (request, expected) => {
    expect(await retry(request)).toEqual(expected);
  });
});
