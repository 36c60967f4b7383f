import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type DataSet, readPart10 } from '@endplate/dicom';
import { waitUntil } from '../../apps/cli/src/process/wait-until';
import { dciodvfy } from './dcmtk';
import { type Orthanc } from './orthanc';

/** A structured report as the PACS gives it back. */
export interface StoredReport {
  readonly dataSet: DataSet;
  /** Lines of dciodvfy that begin with Error. */
  readonly errors: readonly string[];
}

/** The reports that the PACS holds of a study, ascending by SOP Instance UID. */
export async function reportsOf(pacs: Orthanc, studyInstanceUID: string): Promise<StoredReport[]> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'endplate-report-'));
  try {
    const reports: StoredReport[] = [];
    for (const id of await pacs.rest.findInstances(studyInstanceUID, 'SR')) {
      const bytes = await pacs.rest.file(id);
      const file = path.join(folder, `${id}.dcm`);
      await writeFile(file, bytes);
      reports.push({ dataSet: readPart10(bytes).dataSet, errors: await dciodvfy(file) });
    }
    return reports;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Waits until the PACS holds so many reports of a study. */
export function untilReports(pacs: Orthanc, studyInstanceUID: string, count: number): Promise<true> {
  const ask = async (): Promise<true | undefined> =>
    (await pacs.rest.findInstances(studyInstanceUID, 'SR')).length >= count ? true : undefined;
  return waitUntil(`${count} reports in the PACS`, ask, { timeoutMs: 240_000, everyMs: 200 });
}
