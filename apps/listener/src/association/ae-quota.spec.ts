import { AeQuotas, QUOTA_COMMENTS } from './ae-quota';

const DAY_MS = 86_400_000;

describe('AeQuotas', () => {
  let at: number;
  let quotas: AeQuotas;
  beforeEach(() => {
    at = 20_000 * DAY_MS + 5;
    quotas = new AeQuotas(() => at);
  });

  it('bounds associations of one AE, and of that one alone', () => {
    const quota = { associations: 2 };
    expect(quotas.reserve('CT1', 'a', quota)).toBe(true);
    quotas.associationOpened('CT1', 'a');
    expect(quotas.reserve('CT1', 'b', quota)).toBe(true);
    expect(quotas.reserve('CT1', 'c', quota)).toBe(false);
    expect(quotas.reserve('CT2', 'c', quota)).toBe(true);
    quotas.associationEnded('CT1', 'a');
    expect(quotas.reserve('CT1', 'c', quota)).toBe(true);
  });

  it('keeps a slot for a request that becomes no association for a time alone', () => {
    const quota = { associations: 1 };
    expect(quotas.reserve('CT1', 'never comes', quota)).toBe(true);
    at += 31_000;
    expect(quotas.reserve('CT1', 'a', quota)).toBe(true);
    quotas.associationOpened('CT1', 'a');
    at += DAY_MS;
    expect(quotas.reserve('CT1', 'b', quota)).toBe(false);
    expect(quotas.associations('CT1')).toBe(1);
  });

  it('lets instances through at the rate, with a minute of them at once', () => {
    const quota = { instancesPerMinute: 60 };
    const taken = () => quotas.takeInstance('CT1', quota) === undefined;
    expect(Array.from({ length: 61 }, taken).filter(Boolean)).toHaveLength(60);
    at += 500;
    expect(taken()).toBe(false);
    at += 500;
    expect(taken()).toBe(true);
    expect(taken()).toBe(false);
    at += 10 * DAY_MS;
    expect(Array.from({ length: 100 }, taken).filter(Boolean)).toHaveLength(60);
  });

  it('bounds the bytes of a day, and begins anew at midnight', () => {
    const quota = { bytesPerDay: 1000 };
    expect(quotas.takeInstance('CT1', quota)).toBeUndefined();
    quotas.bytesSent('CT1', 1000);
    expect(quotas.takeInstance('CT1', quota)).toBe('day');
    for (const comment of Object.values(QUOTA_COMMENTS)) expect(comment.length).toBeLessThanOrEqual(64);
    at += DAY_MS;
    expect(quotas.takeInstance('CT1', quota)).toBeUndefined();
  });
});
