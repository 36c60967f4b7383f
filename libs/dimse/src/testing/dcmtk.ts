import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';

/** Whether a dcmtk program is installed; specs that need one are skipped with a sentence where it is not. */
export function hasDcmtk(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0;
}

/** What a finished program said. */
export interface ProgramOutcome {
  readonly exitCode: number | null;
  readonly output: string;
}

/** Runs a program to its end; a hanging one is killed after 60 s. */
export function run(program: string, args: readonly string[]): Promise<ProgramOutcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { timeout: 60_000, env: { ...process.env, TCP_NODELAY: '1' } });
    let output = '';
    child.stdout.on('data', (text: Buffer) => (output += text.toString()));
    child.stderr.on('data', (text: Buffer) => (output += text.toString()));
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, output }));
  });
}

/** Starts a program and waits until its output has `ready` in it. */
export function startProgram(program: string, args: readonly string[], ready: RegExp): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args);
    let output = '';
    const listen = (text: Buffer) => {
      output += text.toString();
      if (ready.test(output)) resolve(child);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.on('error', reject);
    child.on('close', () => reject(new Error(`${program} ended early: ${output}`)));
  });
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
