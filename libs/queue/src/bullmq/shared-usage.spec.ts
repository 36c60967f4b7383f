import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { startRedis, type TestRedis } from '../../../../test/servers/redis';
import { RedisUsage } from './shared-usage';

let redis: TestRedis;
let client: Redis;
let prefix: string;
let usage: RedisUsage;
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
  usage = new RedisUsage(client, prefix);
});

describe('usage over all processes', () => {
  it('gives slots up to the bound of all holders together', async () => {
    expect(await usage.takeSlot('CT1', 'a', 0, 2, 60_000)).toBe(true);
    expect(await usage.takeSlot('CT1', 'b', 0, 2, 60_000)).toBe(true);
    expect(await usage.takeSlot('CT1', 'b', 1, 2, 60_000)).toBe(false);
    expect(await usage.takeSlot('CT2', 'b', 0, 2, 60_000)).toBe(true);
    await usage.tellSlots('CT1', 'a', 0, 60_000);
    expect(await usage.takeSlot('CT1', 'b', 1, 2, 60_000)).toBe(true);
    // What a holder says of itself counts, whatever was written of it before.
    expect(await usage.takeSlot('CT1', 'b', 0, 1, 60_000)).toBe(true);
  });

  it('gives many takers at once no more than there is', async () => {
    const takers = Array.from({ length: 40 }, (_, i) => usage.takeSlot('CT1', `holder ${i}`, 0, 7, 60_000));
    expect((await Promise.all(takers)).filter(Boolean)).toHaveLength(7);
    const pieces = Array.from({ length: 40 }, () => usage.takePiece('CT1', { perMinute: 9 }));
    const taken = (await Promise.all(pieces)).filter((one) => one === 'taken');
    expect(taken).toHaveLength(9);
  });

  it('forgets a holder that is gone', async () => {
    expect(await usage.takeSlot('CT1', 'gone', 0, 1, 1)).toBe(true);
    await usage.tellSlots('CT1', 'other', 0, 60_000);
    for (let free = false; !free;) free = await usage.takeSlot('CT1', 'next', 0, 1, 60_000);
    expect(await client.hkeys(`${prefix}:usage:slots:CT1`)).toEqual(['next']);
    expect(await client.pttl(`${prefix}:usage:slots:CT1`)).toBeGreaterThan(0);
  });

  it('bounds the amount of a day, and begins anew at midnight', async () => {
    let day = 20_000;
    const daily = new RedisUsage(client, prefix, () => day);
    const bounds = { perMinute: 1_000_000, perDay: 1000 };
    await daily.addAmount('CT1', 999);
    expect(await daily.takePiece('CT1', bounds)).toBe('taken');
    await daily.addAmount('CT1', 1);
    expect(await daily.takePiece('CT1', bounds)).toBe('day');
    expect(await daily.takePiece('CT2', bounds)).toBe('taken');
    day += 1;
    expect(await daily.takePiece('CT1', bounds)).toBe('taken');
    expect(await client.pttl(`${prefix}:usage:day:20000:CT1`)).toBeGreaterThan(0);
  });

  it('fills a bucket as time goes by', async () => {
    await client.hset(`${prefix}:usage:minute:CT1`, { pieces: '0', at: String(Date.now() - 30_000) });
    const bounds = { perMinute: 4 };
    expect(await usage.takePiece('CT1', bounds)).toBe('taken');
    expect(await usage.takePiece('CT1', bounds)).toBe('taken');
    expect(await usage.takePiece('CT1', bounds)).toBe('minute');
  });
});
