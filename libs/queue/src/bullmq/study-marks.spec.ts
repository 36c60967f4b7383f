import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { startRedis, type TestRedis } from '../../../../test/servers/redis';
import { createQueues, type Queues } from '../index';
import { RedisStudyMarks } from './study-marks';

const study = '1.2.840.1';
let redis: TestRedis;
let client: Redis;
let queues: Queues;
let prefix: string;
beforeAll(async () => {
  redis = await startRedis();
  client = new Redis(redis.url);
});
afterAll(async () => {
  client.disconnect();
  await redis.stop();
});
beforeEach(() => {
  prefix = `{${randomUUID()}}`;
  queues = createQueues({ url: redis.url, prefix });
});
afterEach(() => queues.close());

describe('marks on studies', () => {
  it('hold while any holder has not cleared its own', async () => {
    const { marks } = queues;
    expect(await marks.isSet(study)).toBe(false);
    await marks.set(study, 'a', 60_000);
    await marks.set(study, 'b', 60_000);
    await marks.set(study, 'b', 60_000);
    await marks.clear(study, 'a');
    expect(await marks.isSet(study)).toBe(true);
    expect(await marks.isSet('1.2.3')).toBe(false);
    await marks.clear(study, 'b');
    expect(await marks.isSet(study)).toBe(false);
  });

  it('end by themselves where their holder is gone', async () => {
    let now = Date.now();
    const marks = new RedisStudyMarks(client, prefix, () => now);
    await marks.set(study, 'gone', 60_000);
    await marks.set(study, 'alive', 120_000);
    now += 61_000;
    expect(await marks.isSet(study)).toBe(true);
    now += 60_000;
    expect(await marks.isSet(study)).toBe(false);
    expect(await client.pttl(`${prefix}:waiting:${study}`)).toBeGreaterThan(0);
  });
});
