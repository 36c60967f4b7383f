import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { diskGauge, memoryGauge, memoryWatermark, queueGauge } from './gauges';
import { type Gauge, Pressure, type Resource } from './pressure';

describe('Pressure', () => {
  const load: Record<Resource, number | undefined> = { queue: 0, disk: 0, memory: 0 };
  const gauge = (resource: Resource): Gauge => ({
    resource,
    calmBelow: 0.8,
    read: () => Promise.resolve(load[resource]),
  });
  const changes: string[] = [];
  let pressure: Pressure;
  beforeEach(() => {
    Object.assign(load, { queue: 0, disk: 0, memory: 0 });
    changes.length = 0;
    const listen = (resource: Resource, isHigh: boolean) => changes.push(`${resource} ${isHigh ? 'high' : 'over'}`);
    pressure = new Pressure([gauge('queue'), gauge('disk'), gauge('memory')], listen);
  });
  const at = async (resource: Resource, value: number | undefined) => {
    load[resource] = value;
    await pressure.sample();
    return { associations: pressure.refusesAssociations, instances: pressure.refusesInstances };
  };

  it('turns away above the watermark and stays so until the load is well below it', async () => {
    expect(await at('disk', 0.99)).toEqual({ associations: false, instances: false });
    expect(await at('disk', 1)).toEqual({ associations: true, instances: true });
    expect(await at('disk', 0.85)).toEqual({ associations: true, instances: true });
    expect(await at('disk', undefined)).toEqual({ associations: true, instances: true });
    expect(await at('disk', 0.79)).toEqual({ associations: false, instances: false });
    expect(await at('disk', 0.85)).toEqual({ associations: false, instances: false });
    expect(changes).toEqual(['disk high', 'disk over']);
  });

  it('lets open associations finish while only the queue is long', async () => {
    expect(await at('queue', 3)).toEqual({ associations: true, instances: false });
    expect(await at('memory', 3)).toEqual({ associations: true, instances: true });
    expect(await at('memory', 0)).toEqual({ associations: true, instances: false });
  });

  it('keeps its verdict while a gauge fails', async () => {
    const failing = new Pressure(
      [{ resource: 'queue', calmBelow: 0.8, read: () => Promise.reject(new Error('Redis is away')) }],
      () => undefined,
    );
    await failing.sample();
    expect(failing.refusesAssociations).toBe(false);
  });
});

describe('gauges', () => {
  it('reads a queue', async () => {
    const counts = { waiting: 50, active: 1, delayed: 2, failed: 3 };
    expect(await queueGauge(() => Promise.resolve(counts), 100).read()).toBe(0.5);
  });

  it('reads the fullest disk of this machine', async () => {
    const { bavail, bsize } = statfsSync(tmpdir());
    const plenty = (await diskGauge([tmpdir(), '/'], 1).read())!;
    expect(plenty).toBeGreaterThan(0);
    expect(plenty).toBeLessThan(1);
    expect(await diskGauge([tmpdir()], 1000 * bavail * bsize).read()).toBeGreaterThan(1);
    await expect(diskGauge(['/nowhere'], 1).read()).rejects.toThrow();
  });

  it('reads the memory, and takes 85 % of a container where nothing is named', async () => {
    expect(await memoryGauge(1000, () => 900).read()).toBe(0.9);
    expect(await memoryGauge(2 ** 50).read()).toBeGreaterThan(0);
    expect(memoryWatermark(1000, 8000)).toBe(850);
    expect(memoryWatermark(0, 8000)).toBeUndefined();
    expect(memoryWatermark(2 ** 63, 8000)).toBeUndefined();
  });
});
