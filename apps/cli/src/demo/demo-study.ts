import { existsSync } from 'node:fs';
import path from 'node:path';
import { type PhantomTruth, phantomStudy } from '@endplate/phantom';
import { CliError } from '../errors';
import { type FolderInstance, findStudies } from '../folder/find-instances';
import { writePhantom } from '../folder/write-phantom';
import { type Progress } from '../terminal/progress';

/** A study that the demo pushes. */
export interface DemoStudy {
  /** Folder of its results. */
  readonly name: string;
  readonly title: string;
  readonly studyInstanceUID: string;
  readonly instances: readonly FolderInstance[];
  readonly truth?: PhantomTruth;
}

/** Seeds with something to find: calcification and gas on CT, Modic changes on MR. */
const PHANTOMS = [
  { kind: 'ct', seed: 6 },
  { kind: 'mr', seed: 3 },
] as const;

/** A real study, where the checkout lies beside test data. */
const REAL = path.resolve(__dirname, '../../../../../../shared/data/real-mr/mr01');

/** The two phantoms, drawn into `folder`, and a real MR where there is one. */
export async function drawnStudies(folder: string, progress: Progress, signal: AbortSignal): Promise<DemoStudy[]> {
  const studies: DemoStudy[] = [];
  for (const { kind, seed } of PHANTOMS) {
    const title = `Phantom ${kind.toUpperCase()}, seed ${seed}`;
    const out = path.join(folder, kind);
    const phantom = phantomStudy({ kind, seed });
    await writePhantom(phantom, out, (done, total) => {
      signal.throwIfAborted();
      progress.bar(`drawing ${title}`, done, total);
    });
    const [study] = (await findStudies(out)).studies;
    studies.push({ name: `phantom-${kind}`, title, truth: phantom.truth, ...study! });
  }
  progress.clear();
  if (existsSync(REAL)) {
    const [study] = (await findStudies(REAL)).studies;
    if (study) studies.push({ name: 'real-mr01', title: 'Real MR, mr01', ...study });
  }
  return studies;
}

/** The studies of a user's folder. Their results are numbered: a UID in a path is a link to a patient. */
export async function ownStudies(folder: string): Promise<DemoStudy[]> {
  const { studies } = await findStudies(folder);
  if (studies.length === 0) throw new CliError('CLI_FAILED', `No DICOM image below "${folder}".`);
  return studies.map((study, n) => ({
    name: `study-${n + 1}`,
    title: `Study ${n + 1} of ${studies.length}`,
    ...study,
  }));
}
