import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import path from 'node:path';
import { CliError } from '../errors';
import { Child, isInstalled } from '../process/child';
import { freePort } from '../process/free-port';
import { waitUntil } from '../process/wait-until';

/** A redis-server of our own. */
export interface OwnRedis {
  readonly url: string;
  readonly port: number;
  readonly password: string;
  /** Rejects when it ends before it was stopped. */
  readonly died: Promise<never>;
  readonly stop: () => Promise<void>;
}

const START_MS = 60_000;

/**
 * Starts Debian's redis-server on 127.0.0.1: append-only file on, nothing evicted, data in `folder`. It ends with this
 * process, also when this process is killed. Other users of this machine are kept out by a password of its own, which
 * stands in a file that only we can read.
 *
 * @param again - a server that ended, to start it again as it was
 * @throws {@link CliError} that says what to install, or how it died
 */
export async function startRedisServer(folder: string, again?: Pick<OwnRedis, 'port' | 'password'>): Promise<OwnRedis> {
  if (!isInstalled('redis-server')) {
    throw new CliError(
      'CLI_FAILED',
      'redis-server is not installed. Run: npm run setup. Or set REDIS_URL to a Redis that runs.',
    );
  }
  await mkdir(folder, { recursive: true });
  const port = again?.port ?? (await freePort());
  const password = again?.password ?? randomBytes(24).toString('hex');
  const config = path.resolve(folder, 'redis.conf');
  await writeFile(config, settings(path.resolve(folder), port, password), { mode: 0o600 });
  const child = Child.start('redis-server', [config]);
  try {
    const ready = async (): Promise<true | undefined> => ((await pong(port, password)) ? true : undefined);
    // It answers LOADING until the append-only file is read.
    await Promise.race([waitUntil('redis-server answers', ready, { timeoutMs: START_MS, everyMs: 25 }), child.died]);
  } catch (error) {
    await child.stop();
    throw new CliError('CLI_FAILED', error instanceof Error ? error.message : String(error), { cause: error });
  }
  const url = `redis://:${password}@127.0.0.1:${port}`;
  return { url, port, password, died: child.died, stop: () => child.stop() };
}

function settings(folder: string, port: number, password: string): string {
  const lines = Object.entries({
    port: String(port),
    bind: '127.0.0.1',
    requirepass: password,
    dir: JSON.stringify(folder),
    save: '""',
    appendonly: 'yes',
    appendfsync: 'everysec',
    'maxmemory-policy': 'noeviction',
    daemonize: 'no',
  }).map(([name, value]) => `${name} ${value}`);
  return `${lines.join('\n')}\n`;
}

function pong(port: number, password: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    const answer = (good: boolean): void => {
      socket.destroy();
      resolve(good);
    };
    let said = '';
    socket.setTimeout(1000, () => answer(false));
    socket.once('error', () => answer(false));
    socket.once('close', () => answer(false));
    socket.on('data', (data) => {
      said += data.toString();
      if (said.includes('+PONG')) answer(true);
      else if (said.includes('LOADING')) answer(false);
    });
    socket.once('connect', () => socket.write(`AUTH ${password}\r\nPING\r\n`));
  });
}
