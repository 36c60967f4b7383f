import { type Redis } from 'ioredis';
import { type StudyMarks } from '../contract/publisher.port';

/** Marks of processes on studies in Redis, each with an end of its own: a process that died holds nothing for ever. */
export class RedisStudyMarks implements StudyMarks {
  constructor(
    private readonly redis: Redis,
    private readonly prefix: string,
    private readonly now: () => number = Date.now,
  ) {}

  async set(studyInstanceUID: string, holder: string, ttlMs: number): Promise<void> {
    const key = this.key(studyInstanceUID);
    const endsAt = this.now() + ttlMs;
    await this.redis.multi().zadd(key, endsAt, holder).pexpire(key, ttlMs).exec();
  }

  async clear(studyInstanceUID: string, holder: string): Promise<void> {
    await this.redis.zrem(this.key(studyInstanceUID), holder);
  }

  async isSet(studyInstanceUID: string): Promise<boolean> {
    return (await this.redis.zcount(this.key(studyInstanceUID), this.now(), '+inf')) > 0;
  }

  private key(studyInstanceUID: string): string {
    return `${this.prefix}:waiting:${studyInstanceUID}`;
  }
}
