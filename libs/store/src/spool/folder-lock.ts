import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { createServer } from 'node:net';
import { StoreDeniedError } from '../errors';

/** Held as long as the process lives, or until it is released. */
export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Makes a folder one process's own: a name in Linux's abstract socket space, which the kernel frees with the process,
 * SIGKILL included. It holds within one network namespace; on other systems there is no lock.
 * @throws STORE_DENIED where another process has it
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  if (process.platform !== 'linux') return { release: () => Promise.resolve() };
  const digest = createHash('sha256')
    .update(await realpath(folder))
    .digest('hex');
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(new StoreDeniedError('Another process uses the spool folder', { cause })));
    server.listen(`\0endplate-spool-${digest}`, resolve);
  });
  server.unref();
  return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}
