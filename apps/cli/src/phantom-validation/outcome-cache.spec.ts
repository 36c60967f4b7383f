import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { OutcomeCache } from './outcome-cache';

describe('OutcomeCache', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'outcome-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('runs once and remembers, but not for another kernel', async () => {
    const run = jest.fn(() => Promise.resolve({ seed: 7 }));
    expect(await new OutcomeCache(folder, 'k1').take('ct-0', run)).toEqual({ seed: 7 });
    expect(await new OutcomeCache(folder, 'k1').take('ct-0', run)).toEqual({ seed: 7 });
    expect(run).toHaveBeenCalledTimes(1);
    await new OutcomeCache(folder, 'k2').take('ct-0', run);
    expect(run).toHaveBeenCalledTimes(2);
  });

  it('leaves to another process what that one has begun', async () => {
    const cache = new OutcomeCache(folder, 'k');
    const inner = await cache.take('mr-3', () => cache.take('mr-3', () => Promise.resolve(2)).then((v) => [v]));
    expect(inner).toEqual([undefined]);
  });

  it('runs every time without a folder', async () => {
    const run = jest.fn(() => Promise.resolve(1));
    const cache = new OutcomeCache(undefined, 'k');
    await cache.take('a', run);
    await cache.take('a', run);
    expect(run).toHaveBeenCalledTimes(2);
  });
});
