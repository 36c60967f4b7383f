import { startRedis, type TestRedis } from '../../../../test/servers/redis';
import { ctInstance } from '../testing/instance';
import { ListenerBench, store } from '../testing/listener-bench';

let redis: TestRedis;
let bench: ListenerBench;
beforeAll(async () => {
  redis = await startRedis();
  bench = await ListenerBench.open(redis.url, {
    ENDPLATE_PRESSURE_STUDIES: '1',
    ENDPLATE_PRESSURE_SAMPLE_MS: '10',
    ENDPLATE_QUIET_MS: '100',
  });
});
afterAll(async () => {
  await bench?.close();
  await redis?.stop();
});

it('rejects associations while studies wait for analysis, takes the rest of open ones, and opens again', async () => {
  const open = await bench.associate();
  expect(await store(open, ctInstance('a'))).toEqual({ status: 0 });
  // The quiet period ends, the analysis waits: there is no worker.
  await bench.untilLogged('LSN-071');
  await expect(bench.associate()).rejects.toMatchObject({
    code: 'DIMSE_ASSOCIATION_REJECTED',
    retryable: true,
    rejection: { result: 2, source: 3, reason: 1 },
  });
  expect(await store(open, ctInstance('b', { study: 'other' }))).toEqual({ status: 0 });
  await open.release();
  expect((await bench.objects()).filter((key) => key.endsWith('.dcm'))).toHaveLength(2);
  // A worker takes what waits.
  await bench.nextAnalysis();
  await bench.untilLogged('LSN-072');
  await (await bench.associate()).release();
});
