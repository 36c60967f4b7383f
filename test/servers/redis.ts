import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../apps/cli/src/process/free-port';

/** A redis-server of our own, for tests. */
export interface TestRedis {
  readonly url: string;
  readonly port: number;
  /** The server's process, for tests that stop, kill or freeze it. */
  readonly process: ChildProcess;
  /** Ends the server and starts it again on the same port with what is on its disk. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts Debian's redis-server on a free port of 127.0.0.1; `appendOnly` keeps the data over a restart. */
export async function startRedis(options: { appendOnly?: boolean } = {}): Promise<TestRedis> {
  const directory = await mkdtemp(join(tmpdir(), 'endplate-redis-'));
  const port = await freePort();
  let child = await launch(port, directory, options.appendOnly === true);
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get process() {
      return child;
    },
    async restart() {
      await end(child);
      child = await launch(port, directory, options.appendOnly === true);
    },
    async stop() {
      await end(child);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function launch(port: number, directory: string, appendOnly: boolean): Promise<ChildProcess> {
  const settings = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', directory, '--save', ''];
  const keep = ['--appendonly', appendOnly ? 'yes' : 'no', '--maxmemory-policy', 'noeviction'];
  const child = spawn('redis-server', [...settings, ...keep], { stdio: ['ignore', 'pipe', 'pipe'] });
  return new Promise((resolve, reject) => {
    let output = '';
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`redis-server ended with ${code}: ${output.slice(-500)}`)));
    child.stdout.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4000);
      if (output.includes('Ready to accept connections')) resolve(child);
    });
  });
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}
