import { Health } from './health';

describe('Health', () => {
  it('is live and ready when nothing is checked', async () => {
    const health = new Health();
    expect(await health.live()).toEqual({ ok: true, checks: {} });
    expect(await health.ready()).toEqual({ ok: true, checks: {} });
  });

  it('tells the code of a check that fails, and gives up on one that hangs', async () => {
    const health = new Health(10);
    health.addReadiness('store', () => Promise.reject(Object.assign(new Error('x'), { code: 'STORE_FULL' })));
    health.addReadiness('redis', () => new Promise(() => undefined));
    health.addReadiness('sync', () => {
      throw new Error('thrown at once');
    });
    health.addLiveness('loop', () => Promise.resolve());
    expect(await health.ready()).toEqual({
      ok: false,
      checks: { store: 'STORE_FULL', redis: 'TIMEOUT', sync: 'FAILED' },
    });
    expect(await health.live()).toEqual({ ok: true, checks: { loop: 'ok' } });
  });

  it('is not ready while draining, and still live', async () => {
    const health = new Health();
    health.drain();
    expect(await health.ready()).toEqual({ ok: false, checks: { drain: 'DRAINING' } });
    expect((await health.live()).ok).toBe(true);
  });
});
