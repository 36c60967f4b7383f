import { AeQuotas } from './ae-quota';

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
    quotas.associationOpened('CT1');
    expect(quotas.hasRoomForAssociation('CT1', quota)).toBe(true);
    quotas.associationOpened('CT1');
    expect(quotas.hasRoomForAssociation('CT1', quota)).toBe(false);
    expect(quotas.hasRoomForAssociation('CT2', quota)).toBe(true);
    quotas.associationEnded('CT1');
    expect(quotas.hasRoomForAssociation('CT1', quota)).toBe(true);
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
    expect(quotas.takeInstance('CT1', quota)).toContain('bytes per day');
    expect(quotas.takeInstance('CT1', quota)!.length).toBeLessThanOrEqual(64);
    at += DAY_MS;
    expect(quotas.takeInstance('CT1', quota)).toBeUndefined();
  });
});
