import { open, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { isUid, readPart10, type UID } from '@endplate/dicom';
import { type InstanceHeader, readInstanceHeader } from '@endplate/imaging';
import { CliError } from '../errors';

/** Files looked at below one folder before the command gives up. */
const MAX_FILES = 200_000;

/** One DICOM file of a folder. */
export interface FolderInstance {
  readonly file: string;
  readonly header: InstanceHeader;
  /** From the file meta information. */
  readonly transferSyntaxUID: UID;
}

/** A study as found in a folder. */
export interface FolderStudy {
  readonly studyInstanceUID: UID;
  readonly instances: readonly FolderInstance[];
  /** The Part 10 bytes of one instance. */
  readonly readInstance: (sopInstanceUID: UID) => Promise<Buffer>;
}

/**
 * Reads the headers of all DICOM files below a folder. Files that are not DICOM Part 10 are passed over; a DICOM file that
 * can't be read is named in `unreadable`.
 *
 * @throws {@link CliError} when the folder is missing
 */
export async function findStudies(
  folder: string,
): Promise<{ studies: readonly FolderStudy[]; unreadable: readonly string[] }> {
  const byStudy = new Map<UID, Map<UID, FolderInstance>>();
  const unreadable: string[] = [];
  for (const file of await listFiles(folder)) {
    if (!(await looksLikePart10(file))) continue;
    try {
      const { meta, dataSet } = readPart10(await readFile(file));
      const header = readInstanceHeader(dataSet, { transferSyntaxUID: meta.transferSyntaxUID });
      if (!isUid(header.studyInstanceUID)) continue;
      const study = byStudy.get(header.studyInstanceUID) ?? new Map<UID, FolderInstance>();
      study.set(header.sopInstanceUID, { file, header, transferSyntaxUID: meta.transferSyntaxUID });
      byStudy.set(header.studyInstanceUID, study);
    } catch {
      unreadable.push(file);
    }
  }
  const studies = [...byStudy].map(([studyInstanceUID, instances]): FolderStudy => ({
    studyInstanceUID,
    instances: [...instances.values()],
    readInstance: async (sopInstanceUID) => {
      const instance = instances.get(sopInstanceUID);
      if (!instance) throw new CliError('CLI_FAILED', `No file of this folder holds SOP Instance ${sopInstanceUID}.`);
      return readFile(instance.file);
    },
  }));
  return { studies, unreadable };
}

/** Regular files below a folder, sorted, or the file itself. @throws {@link CliError} when there is no such folder */
export async function listFiles(folder: string): Promise<string[]> {
  const found = await stat(folder).catch(() => undefined);
  if (!found) throw new CliError('CLI_USAGE', `There is no folder or file "${folder}".`);
  if (found.isFile()) return [folder];
  const files: string[] = [];
  const open = [folder];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const entry of await readdir(next, { withFileTypes: true })) {
      const file = path.join(next, entry.name);
      if (entry.isDirectory()) open.push(file);
      else if (entry.isFile()) files.push(file);
      if (files.length > MAX_FILES) throw new CliError('CLI_USAGE', `More than ${MAX_FILES} files below "${folder}".`);
    }
  }
  return files.sort();
}

/** Bytes 128 to 131 are `DICM` (PS3.10 7.1). */
async function looksLikePart10(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(4), 0, 4, 128);
    return bytesRead === 4 && buffer.toString('latin1') === 'DICM';
  } finally {
    await handle.close();
  }
}
