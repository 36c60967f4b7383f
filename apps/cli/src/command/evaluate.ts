import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  analyseStudy,
  evaluateCase,
  type EvaluationSummary,
  type KernelResult,
  type NamedEvaluation,
  readNiftiLabels,
  type SpineSegmenter,
  summariseEvaluation,
} from '@endplate/kernel';
import { Command } from 'commander';
import { CliError } from '../errors';
import { findStudies, listFiles } from '../folder/find-instances';
import { softwareIdentity } from '../model/software';
import { loadSegmenter } from '../model/load-segmenter';
import { Progress } from '../terminal/progress';
import { tableLines } from '../terminal/table';

const LABELS = /_labels\.nii(\.gz)?$/;

/** `endplate evaluate DIR`: instance Dice and detection rate against label files. */
export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description(
      'Compares the kernel with labels: DIR holds studies (or is one) with <series folder>_labels.nii.gz beside each series.',
    )
    .argument('<dir>', 'folder of studies, or one study')
    .option('--json', 'end with one line of JSON')
    .action(async (dir: string, options: { json?: boolean }) => {
      const segmenter = await loadSegmenter();
      try {
        const summary = summariseEvaluation(await evaluateFolder(dir, segmenter));
        process.stdout.write(options.json ? `${JSON.stringify(summary)}\n` : table(summary));
      } finally {
        await segmenter.close();
      }
    });
}

async function evaluateFolder(dir: string, segmenter: SpineSegmenter): Promise<NamedEvaluation[]> {
  const labelFiles = (await listFiles(dir)).filter((file) => LABELS.test(file));
  if (labelFiles.length === 0) {
    throw new CliError(
      'CLI_FAILED',
      `No *_labels.nii.gz below "${dir}": put <series folder>_labels.nii.gz beside each series.`,
    );
  }
  const progress = new Progress();
  const cases: NamedEvaluation[] = [];
  for (const folder of [...new Set(labelFiles.map((file) => path.dirname(file)))].sort()) {
    progress.show(`${path.basename(folder)} (${cases.length} of ${labelFiles.length} label files done)`);
    const own = labelFiles.filter((file) => path.dirname(file) === folder);
    cases.push(...(await evaluateStudy(folder, own, segmenter)));
  }
  progress.clear();
  return cases;
}

async function evaluateStudy(
  folder: string,
  files: readonly string[],
  segmenter: SpineSegmenter,
): Promise<NamedEvaluation[]> {
  const cases: NamedEvaluation[] = [];
  const segmented = new Map<string, KernelResult['labelMaps']>();
  for (const file of files) {
    const series = path.basename(file).replace(LABELS, '');
    const name = files.length > 1 ? `${path.basename(folder)}/${series}` : path.basename(folder);
    const source = await seriesFolder(folder, series);
    const labelMaps = segmented.get(source) ?? (await segmentSeries(source, segmenter));
    segmented.set(source, labelMaps);
    cases.push({ name, evaluation: evaluateCase(readNiftiLabels(await readFile(file)), labelMaps) });
  }
  return cases;
}

async function segmentSeries(folder: string, segmenter: SpineSegmenter): Promise<KernelResult['labelMaps']> {
  const { studies } = await findStudies(folder);
  const study = studies[0];
  if (!study) throw new CliError('CLI_FAILED', `No DICOM series in "${folder}", though there are labels for it.`);
  const { labelMaps } = await analyseStudy(
    {
      studyInstanceUID: study.studyInstanceUID,
      version: 1,
      digest: '',
      createdAt: '2000-01-01T00:00:00Z',
      headers: study.instances.map((instance) => instance.header),
      readInstance: study.readInstance,
    },
    { segmenter, software: await softwareIdentity() },
  );
  return labelMaps;
}

/** `<folder>/<series>` where it is there (`_bodies` and `_discs` after it don't count), else the folder itself. */
async function seriesFolder(folder: string, series: string): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = [series, series.replace(/_(bodies|discs)$/, '')];
  const found = entries.find((entry) => entry.isDirectory() && names.includes(entry.name));
  return found ? path.join(folder, found.name) : folder;
}

function table(summary: EvaluationSummary): string {
  const rows = [
    ['case', 'structure', 'Dice', 'detected', 'false', 'order'],
    ...summary.cases.map((c) => [
      c.name,
      c.structure,
      c.dice.toFixed(3),
      `${c.detected}/${c.labelled}`,
      String(c.falseInstances),
      c.orderCorrect ? 'right' : 'WRONG',
    ]),
    ...(['body', 'disc'] as const).flatMap((kind) => {
      const mean = summary.mean[kind];
      return mean
        ? [
            [
              'mean',
              kind,
              mean.dice.toFixed(3),
              `${(mean.detection * 100).toFixed(1)} %`,
              String(mean.falseInstances),
              '',
            ],
          ]
        : [];
    }),
  ];
  return `${tableLines(rows).join('\n')}\n`;
}
