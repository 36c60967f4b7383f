import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Child, isInstalled } from '../../apps/cli/src/process/child';
import { freePort } from '../../apps/cli/src/process/free-port';
import { waitUntil } from '../../apps/cli/src/process/wait-until';
import { startRedis, type TestRedis } from '../servers/redis';

/** Who receives; `discard` has no disk and does nothing: it is the bound of what sender and machine allow. */
export const PEERS = ['endplate', 'orthanc', 'storescp', 'discard'] as const;
/** Who receives. */
export type PeerName = (typeof PEERS)[number];

/** DCMTK, which Orthanc is built on too, answers without a delay of 40 ms then: nobody is compared with a timer. */
const NO_NAGLE = { ...process.env, TCP_NODELAY: '1' };

/** A receiver that runs. */
export interface RunningPeer {
  readonly port: number;
  readonly aeTitle: string;
  readonly pid: number;
  /** Everything of it lies below this. */
  readonly folder: string;
  /** Ours alone. */
  readonly metricsUrl?: string;
  stop(): Promise<void>;
}

/** A sentence for the user where a program is missing that a peer needs. */
export function missingPrograms(): string | undefined {
  const missing = ['Orthanc', 'storescp', 'redis-server'].filter((program) => !isInstalled(program));
  return missing.length > 0 ? `Not installed: ${missing.join(', ')}. Run: npm run setup` : undefined;
}

/** Starts a receiver over an empty folder; `settings` are environment variables of ours. */
export async function startPeer(name: PeerName, settings: Readonly<Record<string, string>>): Promise<RunningPeer> {
  const folder = await mkdtemp(path.join(os.tmpdir(), `endplate-bench-${name}-`));
  const [port, httpPort] = [await freePort(), await freePort()];
  let redis: TestRedis | undefined;
  let child: Child | undefined;
  const stop = async (): Promise<void> => {
    await child?.stop();
    await redis?.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    if (name === 'endplate') redis = await startRedis({ appendOnly: true });
    child = await launch(name, folder, { port, httpPort, redisUrl: redis?.url ?? '' }, settings);
    await Promise.race([waitUntil(`${name} listens`, () => answers(port), { timeoutMs: 60_000, everyMs: 50 }), child.died]); // prettier-ignore
  } catch (error) {
    await stop();
    throw error;
  }
  const metrics = name === 'endplate' ? { metricsUrl: `http://127.0.0.1:${httpPort}/metrics` } : {};
  return { port, aeTitle: name.toUpperCase(), pid: child.process.pid!, folder, ...metrics, stop };
}

async function launch(
  name: PeerName,
  folder: string,
  { port, httpPort, redisUrl }: { port: number; httpPort: number; redisUrl: string },
  settings: Readonly<Record<string, string>>,
): Promise<Child> {
  if (name === 'orthanc') {
    const config = path.join(folder, 'orthanc.json');
    await writeFile(config, JSON.stringify(orthancConfiguration(folder, port, httpPort)));
    return Child.start('Orthanc', [config], { graceMs: 300, env: NO_NAGLE });
  }
  if (name === 'storescp') {
    const output = path.join(folder, 'received');
    await mkdir(output);
    // One process per association, bytes as they come, every transfer syntax.
    return Child.start('storescp', ['--fork', '+xa', '+B', '-od', output, String(port)], {
      graceMs: 300,
      env: NO_NAGLE,
    });
  }
  if (name === 'discard')
    return Child.start(process.execPath, [path.join(__dirname, 'discard-receiver.js'), String(port)]);
  const env = {
    PATH: process.env['PATH'],
    // As in the container image.
    NODE_OPTIONS: '--max-semi-space-size=2',
    ENDPLATE_DATA_DIR: path.join(folder, 'data'),
    ENDPLATE_DICOM_PORT: String(port),
    ENDPLATE_HTTP_PORT: String(httpPort),
    REDIS_URL: redisUrl,
    ...Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, value.replace('{folder}', folder)])),
  };
  const main = path.resolve(__dirname, '../../apps/listener/src/main.js');
  return Child.start(process.execPath, [main], { env, cwd: folder, graceMs: 60_000 });
}

/** Orthanc as it is installed: an index, and an fsync for each instance. */
function orthancConfiguration(folder: string, dicomPort: number, httpPort: number): Record<string, unknown> {
  return {
    StorageDirectory: path.join(folder, 'db'),
    IndexDirectory: path.join(folder, 'db'),
    DicomAet: 'ORTHANC',
    DicomPort: dicomPort,
    DicomAlwaysAllowStore: true,
    HttpPort: httpPort,
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    Plugins: [],
  };
}

function answers(port: number): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(undefined));
  });
}
