import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { freePort } from './redis';

/** A running Orthanc, the sample PACS of the tests. */
export interface Orthanc {
  readonly host: string;
  readonly dicomPort: number;
  readonly aeTitle: string;
  /** REST root, for example `http://127.0.0.1:8042`. */
  readonly url: string;
  readonly stop: () => Promise<void>;
}

const START_MS = 60_000;

/**
 * Starts Debian's Orthanc on free ports over an empty folder and resolves when its REST API answers.
 *
 * Orthanc 1.10 listens on all addresses; remote access is switched off, so its REST API takes this machine only.
 * @throws Error that says what to install, or how it died
 */
export async function startOrthanc(): Promise<Orthanc> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'endplate-orthanc-'));
  const [dicomPort, httpPort] = [await freePort(), await freePort()];
  const config = path.join(folder, 'orthanc.json');
  await writeFile(
    config,
    JSON.stringify({
      Name: 'TestPACS',
      StorageDirectory: path.join(folder, 'db'),
      IndexDirectory: path.join(folder, 'db'),
      DicomAet: 'ORTHANC',
      DicomPort: dicomPort,
      DicomCheckCalledAet: true,
      HttpPort: httpPort,
      RemoteAccessAllowed: false,
      AuthenticationEnabled: false,
      DicomAlwaysAllowStore: true,
      Plugins: [],
    }),
  );
  const child = spawn('Orthanc', [config], { stdio: 'ignore' });
  const died = new Promise<never>((_, reject) => {
    child.once('error', () => reject(new Error('Orthanc is not installed. Run: npm run setup')));
    child.once('exit', (code) => reject(new Error(`Orthanc ended with code ${code} before it was stopped.`)));
  });
  died.catch(() => undefined);
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${httpPort}`;
  try {
    await Promise.race([answers(`${url}/system`), died]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { host: '127.0.0.1', dicomPort, aeTitle: 'ORTHANC', url, stop };
}

async function answers(url: string): Promise<void> {
  const deadline = Date.now() + START_MS;
  while (Date.now() < deadline) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Orthanc did not answer on ${url} within ${START_MS} ms.`);
}
