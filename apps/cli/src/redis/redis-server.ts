import { mkdir } from 'node:fs/promises';
import { createConnection } from 'node:net';
import path from 'node:path';
import { CliError } from '../errors';
import { Child, isInstalled } from '../process/child';
import { freePort } from '../process/free-port';
import { waitUntil } from '../process/wait-until';

/** A redis-server of our own. */
export interface OwnRedis {
  readonly url: string;
  /** Rejects when it ends before it was stopped. */
  readonly died: Promise<never>;
  readonly stop: () => Promise<void>;
}

const START_MS = 60_000;

/**
 * Starts Debian's redis-server on a free port of 127.0.0.1: append-only file on, nothing evicted, data in `folder`. It
 * ends with this process, also when this process is killed.
 *
 * @throws {@link CliError} that says what to install, or how it died
 */
export async function startRedisServer(folder: string): Promise<OwnRedis> {
  if (!isInstalled('redis-server')) {
    throw new CliError(
      'CLI_FAILED',
      'redis-server is not installed. Run: npm run setup. Or set REDIS_URL to a Redis that runs.',
    );
  }
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  const child = Child.start('redis-server', settings(path.resolve(folder), port));
  try {
    const ready = async (): Promise<true | undefined> => ((await pong(port)) ? true : undefined);
    // It answers PING with LOADING until the append-only file is read.
    await Promise.race([waitUntil('redis-server answers', ready, { timeoutMs: START_MS, everyMs: 25 }), child.died]);
  } catch (error) {
    await child.stop();
    throw new CliError('CLI_FAILED', error instanceof Error ? error.message : String(error), { cause: error });
  }
  return { url: `redis://127.0.0.1:${port}`, died: child.died, stop: () => child.stop() };
}

function settings(folder: string, port: number): string[] {
  return Object.entries({
    port: String(port),
    bind: '127.0.0.1',
    dir: folder,
    save: '',
    appendonly: 'yes',
    appendfsync: 'everysec',
    'maxmemory-policy': 'noeviction',
    daemonize: 'no',
  }).flatMap(([name, value]) => [`--${name}`, value]);
}

function pong(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    const answer = (good: boolean): void => {
      socket.destroy();
      resolve(good);
    };
    socket.setTimeout(1000, () => answer(false));
    socket.once('error', () => answer(false));
    socket.once('data', (data) => answer(data.toString().startsWith('+PONG')));
    socket.once('connect', () => socket.write('PING\r\n'));
  });
}
