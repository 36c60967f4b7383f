import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { packShards, phantomStudy, trainingSlices } from '@endplate/phantom';
import { Command, InvalidArgumentError, Option } from 'commander';
import { writePhantom } from '../folder/write-phantom';
import { Progress } from '../terminal/progress';

interface PhantomOptions {
  readonly kind: 'ct' | 'mr' | 'slices';
  readonly seed: number;
  readonly out: string;
  readonly count: number;
  readonly size: number;
  readonly json?: boolean;
}

/** `endplate phantom --kind ct|mr|slices --seed N --out DIR`: studies of a patient that does not exist. */
export function phantomCommand(): Command {
  return new Command('phantom')
    .description(
      'Draws a spine study with exact truth (ct, mr: DICOM, truth.json, label files) or a training set (slices: raw shards). The same seed gives the same bytes.',
    )
    .addOption(new Option('--kind <kind>', 'what to draw').choices(['ct', 'mr', 'slices']).makeOptionMandatory())
    .option('--seed <n>', 'whole number from 0', wholeNumber, 1)
    .requiredOption('--out <dir>', 'folder to write')
    .option('--count <n>', 'slices: how many', wholeNumber, 8000)
    .option('--size <mm>', 'slices: side of a slice, mm and pixels', wholeNumber, 320)
    .option('--json', 'end with one line of JSON')
    .action(async (options: PhantomOptions) => {
      const progress = new Progress();
      const bar = (done: number, total: number): void => progress.bar('drawing', done, total);
      const result = await (
        options.kind === 'slices' ? drawSlices(options, bar) : drawStudy(options.kind, options, bar)
      ).finally(() => progress.clear());
      process.stdout.write(
        options.json
          ? `${JSON.stringify(result)}\n`
          : `${result.written} images of seed ${options.seed} in ${options.out}\n`,
      );
    });
}

interface Drawn {
  readonly out: string;
  readonly written: number;
  readonly studyInstanceUID?: string;
}

async function drawStudy(
  kind: 'ct' | 'mr',
  { seed, out }: PhantomOptions,
  bar: (done: number, total: number) => void,
): Promise<Drawn> {
  const study = phantomStudy({ kind, seed });
  await writePhantom(study, out, bar);
  return { out, written: study.instanceCount, studyInstanceUID: study.studyInstanceUID };
}

async function drawSlices(
  { seed, out, count, size }: PhantomOptions,
  bar: (done: number, total: number) => void,
): Promise<Drawn> {
  await mkdir(out, { recursive: true });
  let done = 0;
  const counted = function* (): ReturnType<typeof trainingSlices> {
    for (const slice of trainingSlices({ seed, count, size })) {
      yield slice;
      bar((done += 1), count);
    }
  };
  for (const { name, bytes } of packShards(counted(), seed)) await writeFile(path.join(out, name), bytes);
  return { out, written: done };
}

function wholeNumber(text: string): number {
  if (!/^[0-9]{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 0.');
  return Number(text);
}
