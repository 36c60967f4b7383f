import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Redis } from 'ioredis';
import { type ExclusiveLock } from '../contract/publisher.port';
import { LockBusyError, LockLostError, QueueUnavailableError } from '../errors';

/** Times of the lock, in ms. */
export interface LockTimes {
  /** The lock lives this long unless renewed; a process that dies blocks others for at most this. Default 15 s. */
  readonly ttlMs?: number;
  /** Longest wait for the lock. Default 30 s. */
  readonly waitMs?: number;
}

/** KEYS[1] lock, ARGV[1] token, ARGV[2] ttl: only the owner may prolong. */
const RENEW = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0`;
/** KEYS[1] lock, ARGV[1] token: only the owner may release. */
const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;

/**
 * A lock with a time limit and a renewing owner. It keeps two living processes apart; a process that was frozen longer
 * than the time limit learns of its loss by the signal, so what must never be written twice is also written with
 * `ifAbsent`.
 */
export class RedisLock implements ExclusiveLock {
  private readonly ttlMs: number;
  private readonly waitMs: number;

  constructor(
    private readonly redis: Redis,
    private readonly prefix: string,
    times: LockTimes = {},
  ) {
    this.ttlMs = times.ttlMs ?? 15_000;
    this.waitMs = times.waitMs ?? 30_000;
  }

  async withLock<T>(name: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const key = `${this.prefix}:lock:${name}`;
    const token = randomUUID();
    await this.acquire(key, token);
    const lost = new AbortController();
    let heldUntil = performance.now() + this.ttlMs;
    const renewal = setInterval(() => {
      const asked = performance.now();
      this.redis.eval(RENEW, 1, key, token, this.ttlMs).then(
        (renewed) => {
          if (renewed === 1) heldUntil = asked + this.ttlMs;
          else lost.abort(new LockLostError());
        },
        () => {
          if (performance.now() >= heldUntil) lost.abort(new LockLostError());
        },
      );
    }, this.ttlMs / 3);
    try {
      const result = await work(lost.signal);
      lost.signal.throwIfAborted();
      return result;
    } finally {
      clearInterval(renewal);
      // When this fails the lock runs out by itself.
      await this.redis.eval(RELEASE, 1, key, token).catch(() => undefined);
    }
  }

  private async acquire(key: string, token: string): Promise<void> {
    const started = performance.now();
    for (let pauseMs = 5; ; pauseMs = Math.min(pauseMs * 2, 250)) {
      const taken = await this.redis.set(key, token, 'PX', this.ttlMs, 'NX').catch((cause: unknown) => {
        throw new QueueUnavailableError('Taking a lock', { cause });
      });
      if (taken === 'OK') return;
      const waitedMs = performance.now() - started;
      if (waitedMs >= this.waitMs) throw new LockBusyError(Math.round(waitedMs));
      await delay(pauseMs * (0.5 + Math.random()));
    }
  }
}
