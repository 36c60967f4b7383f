import { type RedisOptions } from 'bullmq';
import { Redis } from 'ioredis';
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

const retryStrategy = (times: number) => Math.min(50 * 2 ** Math.min(times, 6), 2000);

/**
 * A connection for those who give work: it fails at once while Redis is away instead of holding the caller, who may be
 * about to answer a modality.
 */
export function producerConnection(connection: QueueConnection, notify: QueueListener): Redis {
  const redis = new Redis(connection.url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: connection.commandTimeoutMs ?? 5000,
    connectTimeout: 5000,
    retryStrategy,
  });
  redis.on('error', (error: Error) => notify({ type: 'redis-error', error }));
  return redis;
}

/** Options for those who wait for work: they wait as long as Redis is away, and go on when it is back. */
export function consumerOptions(connection: QueueConnection): RedisOptions {
  return { url: connection.url, maxRetriesPerRequest: null, connectTimeout: 5000, retryStrategy };
}
