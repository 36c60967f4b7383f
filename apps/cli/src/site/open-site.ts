import { chooseStore, parseConfig, REDIS_SECTION, STORE_SECTION } from '@endplate/platform';
import { createQueues, type Queues } from '@endplate/queue';
import { createFilesystemStore, createS3Store, type ObjectStore } from '@endplate/store';
import { Timeline } from '@endplate/studies';
import { readUpRecord } from '../up/up-record';

/** Store and queues of the site that the environment names, for commands that change something there. */
export interface Site {
  readonly store: ObjectStore;
  readonly jobs: Queues;
  readonly lock: Queues;
  readonly timeline: Timeline;
  readonly now: () => Date;
}

/** Opens the site, works on it and closes it; the Redis is that of a running "endplate up" where REDIS_URL is not set. */
export async function withSite<T>(env: NodeJS.ProcessEnv, work: (site: Site) => Promise<T>): Promise<T> {
  const config = parseConfig({ store: STORE_SECTION, redis: REDIS_SECTION }, env);
  const running = env['REDIS_URL'] ? undefined : await readUpRecord(config.store.dataDir);
  const choice = chooseStore(config.store);
  const store = choice.kind === 'filesystem' ? await createFilesystemStore(choice) : await createS3Store(choice);
  const queues = createQueues({ ...config.redis, ...(running?.redisUrl ? { url: running.redisUrl } : {}) });
  const now = () => new Date();
  try {
    return await work({ store, jobs: queues, lock: queues, timeline: new Timeline(store, now), now });
  } finally {
    await queues.close();
    await store.close();
  }
}
