import { Redis, type RedisOptions } from 'ioredis';
import { type QueueListener } from '../contract/events';

/** Which Redis, and under which prefix. */
export interface QueueConnection {
  /** `redis://…` or `rediss://…` */
  readonly url: string;
  /** In braces, so that all keys of all queues share one cluster slot. Default `{endplate}`. */
  readonly prefix?: string;
  /** Longest wait for one command, in ms. Default 5000. */
  readonly commandTimeoutMs?: number;
}

/** Default prefix of every key. */
export const DEFAULT_PREFIX = '{endplate}';

/** A connection and every copy that BullMQ made of it, with an end that holds also while Redis is away. */
export interface OwnedRedis {
  readonly redis: Redis;
  /** Lets go of all sockets and timers at once. */
  end(): void;
}

/**
 * A connection for those who give work: it fails at once while Redis is away instead of holding the caller, who may be
 * about to answer a modality.
 */
export function producerConnection(connection: QueueConnection, notify: QueueListener): OwnedRedis {
  const owned = openRedis(connection.url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: connection.commandTimeoutMs ?? 5000,
  });
  owned.redis.on('error', (error: Error) => notify({ type: 'redis-error', error }));
  return owned;
}

/** A connection for those who wait for work: it waits as long as Redis is away, and goes on when it is back. */
export function consumerConnection(connection: QueueConnection): OwnedRedis {
  return openRedis(connection.url, { maxRetriesPerRequest: null });
}

/**
 * Resolves when the connection is ready for the first time, or has failed for the first time: the first call after the
 * start waits for the connection, any later one learns at once that Redis is away.
 */
export function firstAttempt(redis: Redis): Promise<void> {
  if (redis.status !== 'connecting' && redis.status !== 'connect' && redis.status !== 'wait') return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      for (const event of ['ready', 'close', 'end']) redis.off(event, done);
      resolve();
    };
    for (const event of ['ready', 'close', 'end']) redis.on(event, done);
  });
}

type OwnOptions = Pick<RedisOptions, 'enableOfflineQueue' | 'maxRetriesPerRequest' | 'commandTimeout'>;

function openRedis(url: string, options: OwnOptions): OwnedRedis {
  let ended = false;
  const retryStrategy = (times: number) => (ended ? null : Math.min(50 * 2 ** Math.min(times, 6), 2000));
  const redis = new Redis(url, { ...options, connectTimeout: 5000, disconnectTimeout: 100, retryStrategy });
  const all = [redis];
  // BullMQ blocks on a copy of its own; without this nobody could end it while Redis is away.
  const duplicate = redis.duplicate.bind(redis);
  redis.duplicate = (override) => {
    const copy = duplicate(override);
    copy.on('error', () => undefined);
    all.push(copy);
    return copy;
  };
  return {
    redis,
    end() {
      ended = true;
      for (const one of all) one.disconnect();
    },
  };
}
