import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createFilesystemStore, createS3Store, type ObjectStore, type S3StoreOptions } from '@endplate/store';
import { type StudyDetails, StudyReader, Timeline } from '@endplate/studies';
import { Child } from '../../apps/cli/src/process/child';
import { freePort } from '../../apps/cli/src/process/free-port';
import { waitUntil } from '../../apps/cli/src/process/wait-until';
import { spoolBacklog } from '../bench/spool-backlog';
import { ROOT } from './cli';
import { type Peer } from './dcmtk';
import { type Orthanc } from './orthanc';

/** Apps that can run alone, and `up`, which is all of them with a redis-server of its own. */
export type ProcessName = 'up' | 'listener' | 'worker' | 'notifier' | 'console';

/** Settings of {@link EndplateSite.open}. */
export interface SiteOptions {
  /** Gets the reports, and may send. */
  readonly pacs?: Orthanc;
  /** Calling AE titles that may send besides the PACS. */
  readonly senders?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The S3 server of `env`, so that the test can look into it. */
  readonly s3?: S3StoreOptions;
}

const START_MS = 90_000;
/** Waits for the end of an analysis on a loaded machine. */
const STUDY_MS = 240_000;

/** The settings, folders and processes of one Endplate under test, as a user would start them: from the built code. */
export class EndplateSite {
  readonly peer: Peer;
  private readonly children = new Map<ProcessName, Child>();

  private constructor(
    readonly folder: string,
    readonly httpPort: number,
    private readonly env: Readonly<Record<string, string>>,
    readonly store: ObjectStore,
  ) {
    this.peer = {
      aeTitle: 'ENDPLATE',
      host: env['ENDPLATE_DICOM_HOST'] ?? '127.0.0.1',
      port: Number(env['ENDPLATE_DICOM_PORT']),
    };
  }

  /** Makes folders and settings; starts nothing. */
  static async open({
    pacs,
    senders = ['STORESCU', 'TEST_SCU'],
    env = {},
    s3,
  }: SiteOptions = {}): Promise<EndplateSite> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'endplate-site-'));
    const host = pacs?.outsideHost ?? '127.0.0.1';
    const write = async (name: string, content: unknown): Promise<string> => {
      await writeFile(path.join(folder, name), JSON.stringify(content));
      return path.join(folder, name);
    };
    const destinations = pacs
      ? [{ name: 'pacs', kind: 'dimse', host: pacs.host, port: pacs.dicomPort, aeTitle: pacs.aeTitle, objects: ['sr'] }]
      : [];
    const httpPort = await freePort();
    const settings = {
      ENDPLATE_DATA_DIR: path.join(folder, 'data'),
      ENDPLATE_MIN_FREE_BYTES: '0',
      ENDPLATE_PRESSURE_FREE_BYTES: '0',
      ENDPLATE_DICOM_HOST: host,
      ENDPLATE_DICOM_PORT: String(await freePort(host)),
      ENDPLATE_HTTP_PORT: String(httpPort),
      ENDPLATE_QUIET_MS: '1000',
      ENDPLATE_LOCK_MS: '3000',
      ENDPLATE_STALLED_MS: '1000',
      ENDPLATE_AE_CONFIG: await write(
        'ae.json',
        [...senders, ...(pacs ? [pacs.aeTitle] : [])].map((aeTitle) => ({ aeTitle })),
      ),
      ENDPLATE_DESTINATIONS: await write('destinations.json', destinations),
      ...env,
    };
    const root = path.join(folder, 'data');
    const store = s3 ? await createS3Store(s3) : await createFilesystemStore({ root, minFreeBytes: 0 });
    return new EndplateSite(folder, httpPort, settings, store);
  }

  /** Where the HTTP of `up` or the console answers. */
  get httpUrl(): string {
    return `http://127.0.0.1:${this.httpPort}`;
  }

  /** Starts a process and resolves when it is ready. */
  async start(name: ProcessName): Promise<Child> {
    const script = name === 'up' ? 'dist/apps/cli/src/main.js' : `dist/apps/${name}/src/main.js`;
    const port = name === 'up' || name === 'console' ? this.httpPort : await freePort();
    const env = { PATH: process.env['PATH'], TMPDIR: os.tmpdir(), ...this.env, ENDPLATE_HTTP_PORT: String(port) };
    const words = [path.join(ROOT, script), ...(name === 'up' ? ['up'] : [])];
    const child = Child.start(process.execPath, words, { env, cwd: this.folder, graceMs: 60_000 });
    this.children.set(name, child);
    const ready = async (): Promise<true | undefined> => {
      const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
      return response?.ok ? true : undefined;
    };
    await Promise.race([waitUntil(`${name} is ready`, ready, { timeoutMs: START_MS, everyMs: 50 }), child.died]);
    return child;
  }

  /** SIGKILL, and resolves when the process is gone. */
  async kill(name: ProcessName): Promise<void> {
    const child = this.children.get(name)!;
    const gone = child.died.catch(() => undefined);
    child.process.kill('SIGKILL');
    await gone;
    this.children.delete(name);
  }

  /** Waits until the object store has what `up` has acknowledged. */
  async untilUploaded(): Promise<void> {
    const isEmpty = async (): Promise<true | undefined> =>
      (await spoolBacklog(`${this.httpUrl}/metrics`)) === 0 ? true : undefined;
    await waitUntil('The spool is empty', isEmpty, { timeoutMs: START_MS, everyMs: 50 });
  }

  /** Everything that the objects tell of a study. */
  study(studyInstanceUID: string): Promise<StudyDetails | undefined> {
    return new StudyReader(this.store, new Timeline(this.store, () => new Date())).details(studyInstanceUID);
  }

  /** Waits until a study is as it is asked for; the error of a wait that failed says where the study stands. */
  async until<T>(studyInstanceUID: string, ask: (study: StudyDetails) => T | undefined): Promise<T> {
    let last: StudyDetails | undefined;
    const look = async (): Promise<T | undefined> => {
      last = await this.study(studyInstanceUID).catch((error: { retryable?: unknown; code?: unknown }) => {
        // The S3 server of the tests is not atomic: it answers a list with 500, and a read with half an object, while
        // another request writes there. A real one never does; asked again.
        if (error.retryable !== true && error.code !== 'STUDIES_RECORD_INVALID') throw error;
        return undefined;
      });
      return last && ask(last);
    };
    const running = [...this.children.values()].map(({ died }) => died);
    try {
      const wait = waitUntil('The study', look, { timeoutMs: STUDY_MS, everyMs: 200 });
      return await Promise.race([wait, ...running]);
    } catch (cause) {
      const events = last?.events.map(({ type }) => type).join(', ');
      throw new Error(`${(cause as Error).message} It is ${last?.state}, with: ${events}`, { cause });
    }
  }

  /** Ends every process and removes the folders. */
  async close(): Promise<void> {
    await Promise.all([...this.children.values()].map((child) => child.stop()));
    await this.store.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
