import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StoreError } from '../errors';
import { SegmentPool } from './segment-pool';

describe('SegmentPool', () => {
  it('says as an error of the store why no segment can begin, so that senders are told to come back', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'endplate-pool-'));
    await rm(folder, { recursive: true });
    const pool = new SegmentPool({ folder, segmentBytes: 1 << 20, maxSpares: 0 });
    await expect(pool.take()).rejects.toBeInstanceOf(StoreError);
  });
});
