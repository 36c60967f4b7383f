import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

interface Round {
  running: Promise<void>;
  next: Promise<void> | undefined;
}

/** How many folders are remembered as durable. */
const MAX_KNOWN_FOLDERS = 20_000;

/**
 * Makes names durable. A name is durable when its folder has been fsynced after it was made, so everyone who waits
 * for the same folder shares the next fsync of it (group commit).
 */
export class DirectorySync {
  private readonly rounds = new Map<string, Round>();
  private readonly known = new Set<string>();

  /** Resolves after an fsync of the folder that began after this call. */
  sync(folder: string): Promise<void> {
    const round = this.rounds.get(folder);
    if (!round) return this.start(folder);
    // The running fsync may have begun before our name was made: wait for the one after it.
    round.next ??= round.running.then(
      () => this.start(folder),
      () => this.start(folder),
    );
    return round.next;
  }

  /** Makes a folder and its ancestors below `root`, each name fsynced in its parent; remembers what it made. */
  async ensure(folder: string, root: string): Promise<void> {
    if (folder === root || this.known.has(folder)) return;
    const parent = dirname(folder);
    await this.ensure(parent, root);
    await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    // Also when it existed: another process may have made it a moment ago and not fsynced yet.
    await this.sync(parent);
    if (this.known.size >= MAX_KNOWN_FOLDERS) this.known.clear();
    this.known.add(folder);
  }

  /** Forgets what is known, when a folder turned out to be gone. */
  forget(): void {
    this.known.clear();
  }

  private start(folder: string): Promise<void> {
    const running = fsyncFolder(folder);
    const round: Round = { running, next: undefined };
    this.rounds.set(folder, round);
    const done = () => {
      if (this.rounds.get(folder) === round && !round.next) this.rounds.delete(folder);
    };
    running.then(done, done);
    return running;
  }
}

/** Makes the names in a folder durable. */
export async function fsyncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
