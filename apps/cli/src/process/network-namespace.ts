import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { promisify } from 'node:util';
import { isInstalled } from './child';

const run = promisify(execFile);

/** Names of ours carry the process that made them, so that what a killed one left can be removed. */
const OURS = /^endplate-([0-9]+)-[0-9]+$/;
/** 198.18.0.0/15 is set aside for benchmarks and never routed (RFC 2544); we take one of its /30 networks. */
const BASE = (198 << 24) + (18 << 16);
const NETWORKS = 1 << 15;
const TRIES = 8;
let made = 0;

/** A network of two addresses inside this machine: ours outside, the program's inside. */
export interface NetworkNamespace {
  /** Address of this machine as the program inside sees it. */
  readonly outsideHost: string;
  /** Address of the program, reachable from this machine alone. */
  readonly insideHost: string;
  /** Words to put before a command so that it runs inside. */
  readonly prefix: readonly string[];
  readonly remove: () => Promise<void>;
}

/**
 * Makes a network namespace joined to this machine by a veth pair, for a server that can't bind one address.
 *
 * @returns undefined where that is not allowed (not root, no CAP_NET_ADMIN, no iproute2)
 */
export async function createNetworkNamespace(): Promise<NetworkNamespace | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !isInstalled('ip')) return undefined;
  try {
    await removeLeftovers();
    return await create(`endplate-${process.pid}-${(made += 1)}`, `ep${process.pid}-${made}`);
  } catch {
    return undefined;
  }
}

async function create(name: string, device: string): Promise<NetworkNamespace> {
  await run('ip', ['netns', 'add', name]);
  const remove = async (): Promise<void> => {
    await run('ip', ['link', 'del', device]).catch(() => undefined);
    await run('ip', ['netns', 'del', name]).catch(() => undefined);
  };
  try {
    const { outside, inside } = await freeNetwork();
    await run('ip', ['link', 'add', device, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name]);
    await run('ip', ['addr', 'add', `${outside}/30`, 'dev', device]);
    await run('ip', ['link', 'set', device, 'up']);
    await run('ip', ['-n', name, 'addr', 'add', `${inside}/30`, 'dev', 'eth0']);
    await run('ip', ['-n', name, 'link', 'set', 'eth0', 'up']);
    await run('ip', ['-n', name, 'link', 'set', 'lo', 'up']);
    return { outsideHost: outside, insideHost: inside, prefix: ['ip', 'netns', 'exec', name], remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function freeNetwork(): Promise<{ outside: string; inside: string }> {
  const { stdout } = await run('ip', ['-4', 'addr']);
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const network = BASE + 4 * randomInt(NETWORKS);
    const outside = dotted(network + 1);
    if (!stdout.includes(` ${outside}/`)) return { outside, inside: dotted(network + 2) };
  }
  throw new Error('No free network in 198.18.0.0/15.');
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}

async function removeLeftovers(): Promise<void> {
  const { stdout } = await run('ip', ['netns', 'list']);
  for (const line of stdout.split('\n')) {
    const name = line.split(' ')[0] ?? '';
    const pid = Number(OURS.exec(name)?.[1]);
    if (pid > 0 && !isAlive(pid)) await run('ip', ['netns', 'del', name]).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
