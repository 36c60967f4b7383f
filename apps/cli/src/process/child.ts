import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

/** How a program is started. */
export interface ChildOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Time a program gets to end by itself before it is killed, ms. Default 5000. */
  readonly graceMs?: number;
}

const LAST_BYTES = 8000;

/** A program that runs beside us and ends when we end, also when we are killed. */
export class Child {
  /** Rejects when the program ends before it was stopped, or never started. */
  readonly died: Promise<never>;
  private output = '';
  private stopping = false;

  private constructor(
    readonly process: ChildProcess,
    private readonly name: string,
    private readonly graceMs: number,
  ) {
    const keep = (chunk: Buffer): void => {
      this.output = (this.output + chunk.toString()).slice(-LAST_BYTES);
    };
    process.stdout?.on('data', keep);
    process.stderr?.on('data', keep);
    this.died = new Promise((_, reject) => {
      process.once('error', (cause) => reject(new Error(`${name} can't be started: ${cause.message}`, { cause })));
      process.once('exit', (code, signal) => {
        if (!this.stopping)
          reject(new Error(`${name} ended by itself (${signal ?? `exit code ${code}`}). It said: ${this.lastLines()}`));
      });
    });
    this.died.catch(() => undefined);
  }

  /** Starts a program; what it prints is kept for the message of a failure. */
  static start(command: string, args: readonly string[], options: ChildOptions = {}): Child {
    const [file, ...rest] = boundToUs(command, args);
    const child = spawn(file!, rest, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own: Ctrl-C in a terminal reaches us alone, and we say in which order things end.
      detached: true,
    });
    return new Child(child, path.basename(command), options.graceMs ?? 5000);
  }

  /** What the program printed last. */
  lastLines(lines = 6): string {
    return this.output.trim().split('\n').slice(-lines).join('\n');
  }

  /** Asks the program to end, kills it when it does not, and resolves when it is gone. */
  async stop(): Promise<void> {
    this.stopping = true;
    const { process: child } = this;
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), this.graceMs);
    await ended;
    clearTimeout(timer);
  }
}

/** True when a program of that name is on the search path (Debian keeps servers in /usr/sbin). */
export function isInstalled(program: string): boolean {
  return programPath(program) !== undefined;
}

/** Full path of a program, or undefined. */
export function programPath(program: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).concat('/usr/sbin', '/sbin');
  return folders.map((folder) => path.join(folder, program)).find((file) => existsSync(file));
}

/** util-linux's setpriv lets the kernel end the child with its parent, also after a SIGKILL that no handler sees. */
function boundToUs(command: string, args: readonly string[]): string[] {
  const setpriv = process.platform === 'linux' ? programPath('setpriv') : undefined;
  return setpriv ? [setpriv, '--pdeathsig', 'TERM', command, ...args] : [command, ...args];
}
