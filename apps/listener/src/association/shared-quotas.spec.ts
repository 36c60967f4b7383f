import { createQueues, type Queues, type SharedUsage } from '@endplate/queue';
import { startRedis, type TestRedis } from '../../../../test/servers/redis';
import { SharedQuotas } from './shared-quotas';

let redis: TestRedis;
let queues: Queues;
const open: SharedQuotas[] = [];
/** The quotas of one more process. */
const process = (holder: string, usage: SharedUsage = queues.usage, now = Date.now, waitMs = 5000): SharedQuotas => {
  const quotas = new SharedQuotas({ usage, holder, now, waitMs });
  open.push(quotas);
  return quotas;
};
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());
let prefixes = 0;
beforeEach(() => {
  queues = createQueues({ url: redis.url, prefix: `{quota ${(prefixes += 1)}}` });
});
afterEach(async () => {
  open.splice(0).forEach((quotas) => quotas.close());
  await queues.close();
});

describe('quotas over all listeners', () => {
  it('bounds the associations of an AE, whichever listener it calls', async () => {
    const [one, other] = [process('one'), process('other')];
    const quota = { associations: 2 };
    for (const [quotas, connection] of [
      [one, 'a'],
      [other, 'b'],
    ] as const) {
      // prettier-ignore
      expect(await quotas.reserve('CT1', connection, quota)).toBe(true);
      quotas.associationOpened('CT1', connection);
    }
    expect(await one.reserve('CT1', 'c', quota)).toBe(false);
    expect(await other.reserve('CT1', 'c', quota)).toBe(false);
    expect(await other.reserve('CT2', 'c', quota)).toBe(true);
    one.associationEnded('CT1', 'a');
    expect(await other.reserve('CT1', 'd', quota)).toBe(true);
    expect(await one.reserve('CT1', 'e', quota)).toBe(false);
  });

  it('lets no more in of those who come at once', async () => {
    const all = Array.from({ length: 4 }, (_, i) => process(`p${i}`));
    const quota = { associations: 5 };
    const asked = all.flatMap((quotas, i) =>
      Array.from({ length: 5 }, (_, k) => quotas.reserve('CT1', `${i} ${k}`, quota)),
    );
    expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(5);
  });

  it('bounds instances and bytes together', async () => {
    const [one, other] = [process('one'), process('other')];
    const rate = { instancesPerMinute: 2 };
    expect(await one.takeInstance('CT1', rate)).toBeUndefined();
    expect(await other.takeInstance('CT1', rate)).toBeUndefined();
    expect(await one.takeInstance('CT1', rate)).toContain('per minute');
    const daily = { bytesPerDay: 1000 };
    one.bytesSent('MR1', 600, daily);
    other.bytesSent('MR1', 600, daily);
    expect(await other.takeInstance('MR1', daily)).toContain('per day');
    expect(await one.takeInstance('MR1', daily)).toContain('per day');
    expect(await one.takeInstance('MR2', daily)).toBeUndefined();
  });

  it('holds each listener to the whole quota by itself while Redis is away, and asks no more for a time', async () => {
    let [at, asked] = [0, 0];
    const away = (): Promise<never> => {
      asked += 1;
      return Promise.reject(new Error('away'));
    };
    const usage = { takeSlot: away, tellSlots: away, takePiece: away, addAmount: away };
    const quotas = process('one', usage, () => at);
    expect(await quotas.reserve('CT1', 'a', { associations: 1 })).toBe(true);
    expect(await quotas.reserve('CT1', 'b', { associations: 1 })).toBe(false);
    expect(await quotas.takeInstance('CT1', { instancesPerMinute: 1 })).toBeUndefined();
    expect(await quotas.takeInstance('CT1', { instancesPerMinute: 1 })).toContain('per minute');
    quotas.bytesSent('CT1', 1000, { bytesPerDay: 1000 });
    expect(await quotas.takeInstance('CT1', { bytesPerDay: 1000 })).toContain('per day');
    expect(asked).toBe(1);
    at += 5001;
    expect(await quotas.takeInstance('CT2', { instancesPerMinute: 1 })).toBeUndefined();
    expect(asked).toBe(2);
  });

  it('waits for a Redis that hangs no longer than it must', async () => {
    const hangs = () => new Promise<never>(() => undefined);
    const usage = { takeSlot: hangs, tellSlots: hangs, takePiece: hangs, addAmount: hangs };
    const quotas = process('one', usage, Date.now, 10);
    expect(await quotas.takeInstance('CT1', { instancesPerMinute: 1 })).toBeUndefined();
  });
});
