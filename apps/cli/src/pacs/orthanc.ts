import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { CliError } from '../errors';
import { Child, isInstalled } from '../process/child';
import { freePort } from '../process/free-port';
import { createNetworkNamespace, type NetworkNamespace } from '../process/network-namespace';
import { waitUntil } from '../process/wait-until';
import { OrthancRest } from './orthanc-rest';

/** A running Orthanc, the sample PACS of the demo and of the tests. */
export interface Orthanc {
  readonly host: string;
  readonly dicomPort: number;
  readonly aeTitle: string;
  /** Address of this machine as Orthanc reaches it: what it sends to must listen there. */
  readonly outsideHost: string;
  readonly rest: OrthancRest;
  /** Root of its DICOMweb service, where it was asked for and the plug-in is installed. */
  readonly dicomWebUrl?: string;
  /** A sentence for the user where Orthanc could not be shut off from the network. */
  readonly remark?: string;
  readonly stop: () => Promise<void>;
}

const START_MS = 60_000;
const AE_TITLE = 'ORTHANC';

/** Settings of {@link startOrthanc}. */
export interface OrthancOptions {
  /** Whether it answers DICOMweb too. */
  readonly dicomWeb?: boolean;
}

/** Of Debian's orthanc-dicomweb. */
const DICOM_WEB_PLUGIN = '/usr/share/orthanc/plugins/libOrthancDicomWeb.so';

/**
 * Starts Debian's Orthanc over an empty folder and resolves when its REST API answers.
 *
 * Orthanc 1.10 can't bind one address, so it runs in a network namespace of its own where that is allowed; elsewhere on
 * free ports, with REST access for this machine only.
 *
 * @throws {@link CliError} that says what to install, or how it died
 */
export async function startOrthanc(options: OrthancOptions = {}): Promise<Orthanc> {
  if (!isInstalled('Orthanc')) throw new CliError('CLI_FAILED', 'Orthanc is not installed. Run: npm run setup');
  const namespace = await createNetworkNamespace();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'endplate-orthanc-'));
  let child: Child | undefined;
  const stop = async (): Promise<void> => {
    await child?.stop();
    await namespace?.remove();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const host = namespace?.insideHost ?? '127.0.0.1';
    const [dicomPort, httpPort] = namespace ? [4242, 8042] : [await freePort(), await freePort()];
    const plugins = options.dicomWeb && existsSync(DICOM_WEB_PLUGIN) ? [DICOM_WEB_PLUGIN] : [];
    const config = path.join(folder, 'orthanc.json');
    await writeFile(config, JSON.stringify(configuration(folder, dicomPort, httpPort, namespace, plugins)));
    const [command, ...args] = [...(namespace?.prefix ?? []), 'Orthanc', config];
    // What it holds is thrown away: no need to wait for an orderly end.
    child = Child.start(command!, args, { graceMs: 300 });
    const rest = new OrthancRest(`http://${host}:${httpPort}`);
    const ready = async (): Promise<true | undefined> => ((await rest.answers()) ? true : undefined);
    await Promise.race([waitUntil('Orthanc answers', ready, { timeoutMs: START_MS }), child.died]);
    return {
      host,
      dicomPort,
      aeTitle: AE_TITLE,
      outsideHost: namespace?.outsideHost ?? '127.0.0.1',
      rest,
      ...(plugins.length > 0 ? { dicomWebUrl: `${rest.url}/dicom-web` } : {}),
      ...(namespace ? {} : { remark: `Orthanc listens on port ${dicomPort} of every address of this machine.` }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function configuration(
  folder: string,
  dicomPort: number,
  httpPort: number,
  namespace: NetworkNamespace | undefined,
  plugins: readonly string[],
): Record<string, unknown> {
  return {
    Name: 'SamplePACS',
    StorageDirectory: path.join(folder, 'db'),
    IndexDirectory: path.join(folder, 'db'),
    DicomAet: AE_TITLE,
    DicomPort: dicomPort,
    DicomCheckCalledAet: true,
    DicomAlwaysAllowStore: true,
    DicomAlwaysAllowFind: true,
    HttpPort: httpPort,
    // Inside its namespace this machine is the only one there is.
    RemoteAccessAllowed: namespace !== undefined,
    AuthenticationEnabled: false,
    SyncStorageArea: false,
    SaveJobs: false,
    StableAge: 1,
    Plugins: plugins,
  };
}
