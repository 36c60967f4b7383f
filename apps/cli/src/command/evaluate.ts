import { type SpineSegmenter, summariseEvaluation } from '@endplate/kernel';
import { Command } from 'commander';
import { CliError } from '../errors';
import { gradingTable, labelTable } from '../evaluation/evaluation-table';
import { evaluateGradings, readGradings } from '../evaluation/graded-studies';
import { evaluateLabels, findLabelFiles } from '../evaluation/labelled-cases';
import { readLowestLevels } from '../evaluation/level-file';
import { cachedSegmenter } from '../model/cached-segmenter';
import { loadSegmenter } from '../model/load-segmenter';
import { Progress } from '../terminal/progress';

interface EvaluateOptions {
  readonly json?: boolean;
  readonly levels?: string;
  readonly cache?: string;
}

/** `endplate evaluate DIR`: instance Dice and detection against label files, agreement against readers' grades. */
export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description(
      'Compares the kernel with labels or grades: DIR holds studies (or is one) with <series folder>_labels.nii.gz beside each series, or a gradings.csv.',
    )
    .argument('<dir>', 'folder of studies, or one study')
    .option('--cache <dir>', "keep the network's answers there, so that the next evaluation is quick")
    .option(
      '--levels <file>',
      'JSON with the level of the lowest label per study folder, {"study":"L5"}: names are checked upward from it',
    ) // prettier-ignore
    .option('--json', 'end with one line of JSON')
    .action(async (dir: string, options: EvaluateOptions) => {
      const labels = await findLabelFiles(dir);
      const gradings = await readGradings(dir);
      if (labels.length === 0 && !gradings) {
        throw new CliError(
          'CLI_FAILED',
          `No *_labels.nii.gz and no gradings.csv in "${dir}": put <series folder>_labels.nii.gz beside each series.`,
        );
      }
      const loaded = await loadSegmenter();
      try {
        await report(dir, labels, gradings, options.cache ? cachedSegmenter(loaded, options.cache) : loaded, options);
      } finally {
        await loaded.close();
      }
    });
}

async function report(
  dir: string,
  labels: readonly string[],
  gradings: Awaited<ReturnType<typeof readGradings>>,
  segmenter: SpineSegmenter,
  options: EvaluateOptions,
): Promise<void> {
  const progress = new Progress();
  const lowest = options.levels === undefined ? {} : await readLowestLevels(options.levels);
  const summary = summariseEvaluation(await evaluateLabels(labels, segmenter, progress, lowest));
  const grades = gradings ? await evaluateGradings(dir, gradings, segmenter, progress) : undefined;
  progress.clear();
  if (labels.length > 0) process.stdout.write(labelTable(summary));
  if (grades) process.stdout.write(gradingTable(grades));
  if (options.json) process.stdout.write(`${JSON.stringify({ ...summary, ...grades })}\n`);
}
