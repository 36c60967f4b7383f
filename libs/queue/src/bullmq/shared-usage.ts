import { type Redis } from 'ioredis';
import { type SharedUsage, type UsageBounds } from '../contract/publisher.port';

const DAY_MS = 24 * 3600 * 1000;

/** Now by the clock of Redis, which all processes share. */
const NOW = `local time = redis.call('TIME') local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/**
 * KEYS[1] hash of holder to `count:end`; ARGV[1] holder, [2] its count, [3] most of all together, 0 to take none, [4]
 * ttl. Those whose end is over are forgotten.
 */
const SLOTS = `${NOW}
local others = 0
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local count, ends = string.match(all[i + 1], '^(%d+):(%d+)$')
  if all[i] ~= ARGV[1] then
    if tonumber(ends) > now then others = others + tonumber(count) else redis.call('HDEL', KEYS[1], all[i]) end
  end
end
local mine = tonumber(ARGV[2])
local taken = 0
if others + mine < tonumber(ARGV[3]) then mine = mine + 1 taken = 1 end
if mine > 0 then
  redis.call('HSET', KEYS[1], ARGV[1], string.format('%d:%d', mine, now + ARGV[4]))
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
else
  redis.call('HDEL', KEYS[1], ARGV[1])
end
return taken`;

/** KEYS[1] bucket, KEYS[2] amount of the day; ARGV[1] pieces a minute, [2] amount a day, each 0 for no bound. */
const PIECE = `${NOW}
local perMinute, perDay = tonumber(ARGV[1]), tonumber(ARGV[2])
if perDay > 0 and tonumber(redis.call('GET', KEYS[2]) or '0') >= perDay then return 2 end
if perMinute == 0 then return 0 end
local held = redis.call('HMGET', KEYS[1], 'pieces', 'at')
local pieces = tonumber(held[1]) or perMinute
local grown = math.max(0, now - (tonumber(held[2]) or now)) * perMinute / 60000
pieces = math.min(perMinute, pieces + grown)
local answer = 1
if pieces >= 1 then pieces = pieces - 1 answer = 0 end
redis.call('HSET', KEYS[1], 'pieces', string.format('%.6f', pieces), 'at', string.format('%d', now))
redis.call('PEXPIRE', KEYS[1], 120000)
return answer`;

const ANSWERS = ['taken', 'minute', 'day'] as const;

/** Counters of quotas in Redis, each with an end of its own. */
export class RedisUsage implements SharedUsage {
  constructor(
    private readonly redis: Redis,
    private readonly prefix: string,
    private readonly today: () => number = () => Math.floor(Date.now() / DAY_MS),
  ) {}

  async takeSlot(name: string, holder: string, mine: number, most: number, ttlMs: number): Promise<boolean> {
    return (await this.redis.eval(SLOTS, 1, this.key('slots', name), holder, mine, most, ttlMs)) === 1;
  }

  async tellSlots(name: string, holder: string, mine: number, ttlMs: number): Promise<void> {
    await this.redis.eval(SLOTS, 1, this.key('slots', name), holder, mine, 0, ttlMs);
  }

  async takePiece(name: string, { perMinute = 0, perDay = 0 }: UsageBounds): Promise<'taken' | 'minute' | 'day'> {
    const keys = [this.key('minute', name), this.dayKey(name)];
    return ANSWERS[(await this.redis.eval(PIECE, 2, ...keys, perMinute, perDay)) as 0 | 1 | 2];
  }

  async addAmount(name: string, amount: number): Promise<void> {
    const key = this.dayKey(name);
    await this.redis.multi().incrby(key, amount).pexpire(key, 2 * DAY_MS).exec(); // prettier-ignore
  }

  private dayKey(name: string): string {
    return this.key(`day:${this.today()}`, name);
  }

  private key(kind: string, name: string): string {
    return `${this.prefix}:usage:${kind}:${name}`;
  }
}
