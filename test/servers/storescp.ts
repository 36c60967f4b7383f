import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../apps/cli/src/process/free-port';
import { waitUntil } from '../../apps/cli/src/process/wait-until';

/** A running storescp of DCMTK. */
export interface StoreScp {
  readonly port: number;
  /** Names of the files it has stored. */
  files(): Promise<string[]>;
  stop(): Promise<void>;
}

/** @param words - further words of its command, for example those of TLS */
export async function startStoreScp(words: readonly string[] = []): Promise<StoreScp> {
  const folder = await mkdtemp(path.join(tmpdir(), 'endplate-storescp-'));
  const port = await freePort();
  const child = spawn('storescp', [...words, '-od', folder, String(port)], { stdio: 'ignore' });
  const stop = async (): Promise<void> => {
    await ended(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await waitUntil('storescp listens', () => listens(port), { timeoutMs: 20_000 });
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, files: () => readdir(folder), stop };
}

function listens(port: number): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(undefined));
  });
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}
