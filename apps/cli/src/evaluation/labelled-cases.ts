import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  evaluateCase,
  type KernelResult,
  type NamedEvaluation,
  readNiftiLabels,
  type SpineSegmenter,
} from '@endplate/kernel';
import { listFiles } from '../folder/find-instances';
import { type Progress } from '../terminal/progress';
import { analyseFolder } from './analyse-folder';
import { type LowestLevels, readLevels } from './level-file';

const LABELS = /_labels\.nii(\.gz)?$/;

/** Label files below a folder: `<series folder>_labels.nii.gz` beside each series. */
export async function findLabelFiles(dir: string): Promise<string[]> {
  return (await listFiles(dir)).filter((file) => LABELS.test(file));
}

/** Compares every labelled series with what the kernel finds in it, one study in memory at a time. */
export async function evaluateLabels(
  files: readonly string[],
  segmenter: SpineSegmenter,
  progress: Progress,
  lowest: LowestLevels = {},
): Promise<NamedEvaluation[]> {
  const cases: NamedEvaluation[] = [];
  for (const folder of [...new Set(files.map((file) => path.dirname(file)))].sort()) {
    progress.bar('labels', cases.length, files.length);
    const own = files.filter((file) => path.dirname(file) === folder);
    cases.push(...(await evaluateStudy(folder, own, segmenter, lowest)));
  }
  return cases;
}

async function evaluateStudy(
  folder: string,
  files: readonly string[],
  segmenter: SpineSegmenter,
  lowest: LowestLevels,
): Promise<NamedEvaluation[]> {
  const cases: NamedEvaluation[] = [];
  const analysed = new Map<string, KernelResult>();
  for (const file of files) {
    const series = path.basename(file).replace(LABELS, '');
    const name = files.length > 1 ? `${path.basename(folder)}/${series}` : path.basename(folder);
    const source = await seriesFolder(folder, series);
    const result = analysed.get(source) ?? (await analyseFolder(source, segmenter));
    analysed.set(source, result);
    const evaluation = evaluateCase(readNiftiLabels(await readFile(file)), result.labelMaps);
    const levels = await readLevels(folder, series, evaluation, result.findings, lowest);
    cases.push({ name, evaluation, ...levels });
  }
  return cases;
}

/** `<folder>/<series>` where it is there (`_bodies` and `_discs` after it don't count), else the folder itself. */
async function seriesFolder(folder: string, series: string): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = [series, series.replace(/_(bodies|discs)$/, '')];
  const found = entries.find((entry) => entry.isDirectory() && names.includes(entry.name));
  return found ? path.join(folder, found.name) : folder;
}
