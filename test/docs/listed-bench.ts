import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { ListenerBench } from '../../apps/listener/src/testing/listener-bench';
import { startRedis } from '../servers/redis';

/** A listener with a list of callers and a redis-server of its own. */
export interface ListedBench {
  readonly bench: ListenerBench;
  /** The file of the list; the listener reads it anew when it changes. */
  readonly list: string;
  close(): Promise<void>;
}

/** Starts a listener that lets the callers of a list in. */
export async function openListedBench(callers: readonly object[]): Promise<ListedBench> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'endplate-conformance-'));
  const list = path.join(folder, 'ae.json');
  await writeFile(list, JSON.stringify(callers));
  const redis = await startRedis();
  const bench = await ListenerBench.open(redis.url, { ENDPLATE_AE_CONFIG: list, ENDPLATE_QUIET_MS: '3600000' });
  return {
    bench,
    list,
    async close() {
      await bench.close();
      await redis.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
