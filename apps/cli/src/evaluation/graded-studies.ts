import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  type DiscGrading,
  gradeDiscs,
  type GradedDisc,
  type GradingSummary,
  parseGradings,
  type SpineSegmenter,
  summariseGradings,
} from '@endplate/kernel';
import { CliError } from '../errors';
import { type Progress } from '../terminal/progress';
import { analyseFolder } from './analyse-folder';

/** The readers' grades of a folder, `gradings.csv`, by study folder; undefined where there is none. */
export async function readGradings(dir: string): Promise<ReadonlyMap<string, DiscGrading[]> | undefined> {
  const file = path.join(dir, 'gradings.csv');
  const csv = await readFile(file, 'utf8').catch(() => undefined);
  if (csv === undefined) return undefined;
  const byStudy = new Map<string, DiscGrading[]>();
  for (const grading of parseGradings(csv)) {
    const list = byStudy.get(grading.study);
    if (list) list.push(grading);
    else byStudy.set(grading.study, [grading]);
  }
  if (byStudy.size === 0) {
    throw new CliError(
      'CLI_FAILED',
      `"${file}" holds no grades: the columns Study, IVD label, Modic and Pfirrman grade are needed.`,
    );
  }
  return byStudy;
}

/** Sets the kernel's findings beside the grades of every study folder. */
export async function evaluateGradings(
  dir: string,
  gradings: ReadonlyMap<string, DiscGrading[]>,
  segmenter: SpineSegmenter,
  progress: Progress,
): Promise<GradingSummary> {
  const discs: GradedDisc[] = [];
  let done = 0;
  for (const [study, rows] of gradings) {
    progress.bar('graded studies', done++, gradings.size);
    const folder = path.join(dir, path.basename(study));
    const there = await stat(folder).catch(() => undefined);
    if (there?.isDirectory()) discs.push(...gradeDiscs(await analyseFolder(folder, segmenter), rows));
  }
  return summariseGradings(discs);
}
