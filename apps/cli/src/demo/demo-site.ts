import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createLogger } from '@endplate/platform';
import { createFilesystemStore, type ObjectStore } from '@endplate/store';
import { type Orthanc, startOrthanc } from '../pacs/orthanc';
import { freePort } from '../process/free-port';
import { type RunningEndplate, startEndplate } from '../up/start-endplate';

/** A PACS and Endplate that know each other. */
export interface DemoSite {
  readonly pacs: Orthanc;
  readonly endplate: RunningEndplate;
  readonly store: ObjectStore;
  /** For files that nobody needs afterwards. */
  readonly scratch: string;
  readonly close: () => Promise<void>;
}

/** Name of Endplate in Orthanc's list of peers. */
export const ENDPLATE_MODALITY = 'ENDPLATE';
/** AE title under which reports are sent, and Orthanc's name for it. */
const NOTIFIER = 'EP_NOTIFIER';
const QUIET_MS = '1500';

/**
 * Starts an Orthanc and Endplate over empty folders. Endplate binds the one address that Orthanc sees, and takes
 * associations from it alone.
 *
 * @param logFile - where Endplate's log goes
 */
export async function openDemoSite(logFile: string): Promise<DemoSite> {
  const scratch = await mkdtemp(path.join(os.tmpdir(), 'endplate-demo-'));
  const ends: (() => Promise<unknown>)[] = [() => rm(scratch, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (let end = ends.pop(); end; end = ends.pop()) await end();
  };
  try {
    const pacs = await startOrthanc({ dicomWeb: true });
    const commitmentPort = await freePort(pacs.outsideHost);
    ends.push(pacs.stop);
    const log = createWriteStream(logFile);
    const logger = createLogger({ app: 'endplate', level: 'info', destination: log });
    const endplate = await startEndplate({ env: await environment(scratch, pacs, commitmentPort), logger });
    ends.push(endplate.close);
    const { host, port, aeTitle } = endplate.dicom;
    await pacs.rest.addModality(ENDPLATE_MODALITY, { aeTitle, host, port });
    // Orthanc says by the title that asked for commitment where its result goes: reports go out under one of their own.
    await pacs.rest.addModality(NOTIFIER, { aeTitle: NOTIFIER, host: pacs.outsideHost, port: commitmentPort });
    const store = await createFilesystemStore({ root: endplate.dataDir, minFreeBytes: 0 });
    ends.push(() => store.close());
    return { pacs, endplate, store, scratch, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function environment(
  scratch: string,
  pacs: Orthanc,
  commitmentPort: number,
): Promise<Record<string, string | undefined>> {
  const write = async (name: string, content: unknown): Promise<string> => {
    const file = path.join(scratch, name);
    await writeFile(file, JSON.stringify(content));
    return file;
  };
  const { host, dicomPort, aeTitle, dicomWebUrl } = pacs;
  return {
    MODEL_BUNDLE: process.env['MODEL_BUNDLE'],
    ENDPLATE_ONNX_THREADS: process.env['ENDPLATE_ONNX_THREADS'],
    ENDPLATE_DATA_DIR: path.join(scratch, 'data'),
    ENDPLATE_DICOM_HOST: pacs.outsideHost,
    ENDPLATE_DICOM_PORT: '0',
    ENDPLATE_HTTP_PORT: '0',
    ENDPLATE_QUIET_MS: QUIET_MS,
    ENDPLATE_AE_CONFIG: await write('ae.json', [{ aeTitle, addresses: [host] }]),
    ENDPLATE_COMMITMENT_HOST: pacs.outsideHost,
    ENDPLATE_COMMITMENT_PORT: String(commitmentPort),
    ENDPLATE_DESTINATIONS: await write('destinations.json', [
      {
        ...{ name: 'pacs', kind: 'dimse', host, port: dicomPort, aeTitle, callingAETitle: NOTIFIER },
        ...{ commitment: true, commitmentStayMs: 5000 },
        ...(dicomWebUrl === undefined ? {} : { byteCheck: 'wado', dicomWebUrl }),
      },
    ]),
  };
}
