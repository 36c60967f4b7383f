import { THRESHOLDS_VERSION, type SpineSegmenter } from '@endplate/kernel';
import { Command, InvalidArgumentError, Option } from 'commander';
import { loadSegmenter } from '../model/load-segmenter';
import { type CtOutcome } from '../phantom-validation/ct-agreement';
import { type MrOutcome } from '../phantom-validation/mr-agreement';
import { OutcomeCache } from '../phantom-validation/outcome-cache';
import { FIRST_SEED, runCt, runMr } from '../phantom-validation/run-phantoms';
import {
  ctTables,
  markdownTable,
  mrTables,
  replaceSection,
  type TitledTable,
} from '../phantom-validation/validation-section';
import { Progress } from '../terminal/progress';
import { tableLines } from '../terminal/table';

interface ValidateOptions {
  readonly kind: 'ct' | 'mr';
  readonly seeds: number;
  readonly networkSeeds: number;
  readonly write?: string;
  readonly json?: boolean;
  readonly cache?: string;
}

/** Phantoms between two writings of the file. */
const WRITE_EVERY = 10;

interface Runs {
  readonly network: (CtOutcome | MrOutcome)[];
  readonly truth: (CtOutcome | MrOutcome)[];
}

/** `endplate validate-phantoms --kind ct|mr`: the kernel's measurements against the exact truth of drawn studies. */
export function validatePhantomsCommand(): Command {
  return new Command('validate-phantoms')
    .description(
      'Draws studies with known truth, runs the kernel over them and prints bias, sensitivity and agreement. The same numbers give the same tables.',
    )
    .addOption(new Option('--kind <kind>', 'what to draw').choices(['ct', 'mr']).makeOptionMandatory())
    .option('--seeds <n>', 'phantoms whose anatomy is read off the drawing', wholeNumber, 100)
    .option('--network-seeds <n>', 'phantoms whose anatomy the network finds', wholeNumber, 12)
    .option('--write <file>', 'put the tables into this Markdown file, for example docs/validation.md')
    .option('--cache <dir>', 'keep outcomes here and take up what is there; several processes may share one')
    .option('--json', 'end with one line of JSON')
    .action(async (options: ValidateOptions) => {
      const segmenter = await loadSegmenter();
      try {
        await validate(options, segmenter);
      } finally {
        await segmenter.close();
      }
    });
}

async function validate(options: ValidateOptions, segmenter: SpineSegmenter): Promise<void> {
  const progress = new Progress();
  const runs: Runs = { network: [], truth: [] };
  const cache = new OutcomeCache(options.cache, `${THRESHOLDS_VERSION}-${segmenter.model.sha256.slice(0, 12)}`);
  for (const part of ['truth', 'network'] as const) {
    const count = part === 'network' ? options.networkSeeds : options.seeds;
    for (let n = 0; n < count; n++) {
      progress.bar(part === 'network' ? 'network finds anatomy' : 'drawn anatomy', n, count);
      const byNetwork = part === 'network';
      const outcome = await cache.take<CtOutcome | MrOutcome>(`${options.kind}-${part}-${n}`, () =>
        options.kind === 'ct' ? runCt(n, segmenter, byNetwork) : runMr(n, segmenter, byNetwork),
      );
      if (outcome) runs[part].push(outcome);
      if (n % WRITE_EVERY === 0) await write(options, runs, segmenter);
    }
  }
  progress.clear();
  await write(options, runs, segmenter);
  for (const { title, rows } of tablesOf(options.kind, runs)) {
    process.stdout.write(`${title}\n${tableLines(rows).join('\n')}\n\n`);
  }
  if (options.json) process.stdout.write(`${JSON.stringify({ kind: options.kind, ...runs })}\n`);
}

function tablesOf(kind: ValidateOptions['kind'], runs: Runs): TitledTable[] {
  const hows = [
    ['truth', 'anatomy read off the drawing'],
    ['network', 'anatomy found by the network'],
  ] as const;
  return hows.flatMap(([part, how]) =>
    kind === 'ct' ? ctTables(runs[part] as CtOutcome[], how) : mrTables(runs[part] as MrOutcome[], how),
  );
}

/** Writes what is known so far, under the command that prints just that: a long run that is ended leaves its part. */
async function write(options: ValidateOptions, runs: Runs, segmenter: SpineSegmenter): Promise<void> {
  if (!options.write) return;
  const { kind } = options;
  const { name, version } = segmenter.model;
  const command = `endplate validate-phantoms --kind ${kind} --seeds ${runs.truth.length} --network-seeds ${runs.network.length}`;
  const head = `Printed by \`${command}\`: seeds from ${FIRST_SEED} on, network ${name} ${version}.`;
  const body = tablesOf(kind, runs).map(({ title, rows }) => `**${title}**\n\n${markdownTable(rows)}`);
  await replaceSection(options.write, `${kind} phantoms`, [head, ...body].join('\n\n'));
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^[0-9]{1,5}$/.test(text)) throw new InvalidArgumentError('A whole number from 0 is wanted.');
  return value;
}
