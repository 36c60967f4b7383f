import { type OwnRedis, startRedisServer } from './redis-server';

/** A redis-server that is started again when it ends by itself. */
export interface KeptRedis {
  readonly url: string;
  /** Rejects when it ended too often in a short time. */
  readonly gaveUp: Promise<never>;
  readonly stop: () => Promise<void>;
}

/** So many ends within this time are one too many. */
const MAX_ENDS = 5;
const WITHIN_MS = 60_000;
const PAUSE_MS = 200;

/**
 * Starts a redis-server and keeps it running on the same port. Its append-only file holds what was in it, and the object
 * store what it lost.
 *
 * @param ended - told each time it ended by itself
 */
export async function keepRedis(folder: string, ended: (error: Error) => void): Promise<KeptRedis> {
  let server = await startRedisServer(folder);
  const { url } = server;
  const ends: number[] = [];
  let stopping = false;
  const watch = async (running: OwnRedis): Promise<never> => {
    for (let current = running; ;) {
      const error = await current.died.catch((cause: Error) => cause);
      if (stopping) return new Promise(() => undefined);
      ended(error);
      ends.push(Date.now());
      if (ends.filter((at) => at > Date.now() - WITHIN_MS).length >= MAX_ENDS) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      if (stopping) return new Promise(() => undefined);
      current = server = await startRedisServer(folder, current);
    }
  };
  const gaveUp = watch(server);
  gaveUp.catch(() => undefined);
  return {
    url,
    gaveUp,
    stop: async () => {
      stopping = true;
      await server.stop();
    },
  };
}
