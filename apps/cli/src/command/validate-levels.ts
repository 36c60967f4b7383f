import { THRESHOLDS_VERSION } from '@endplate/kernel';
import { phantomStudy } from '@endplate/phantom';
import { Command, InvalidArgumentError } from 'commander';
import { loadSegmenter } from '../model/load-segmenter';
import { compareLevels, LEVEL_SITUATIONS, levelTable, type LevelOutcome } from '../phantom-validation/level-agreement';
import { OutcomeCache } from '../phantom-validation/outcome-cache';
import { analysePhantom, FIRST_SEED } from '../phantom-validation/run-phantoms';
import { markdownTable, replaceSection } from '../phantom-validation/validation-section';
import { Progress } from '../terminal/progress';
import { tableLines } from '../terminal/table';

/** Field of view of the level phantoms: from the thoracolumbar junction to the sacrum, 252 mm in 11 slices. */
const VIEW = {
  matrix: 288,
  pixelMm: 0.875,
  slices: 11,
  noise: 15,
  bias: 0.12,
  metal: false,
  weightings: ['t2'],
} as const;

/** `endplate validate-levels`: level names of the whole kernel against drawn spines, ordinary and transitional ones. */
export function validateLevelsCommand(): Command {
  return new Command('validate-levels')
    .description('Draws MR studies of ordinary and transitional spines and prints how many discs are named rightly.')
    .option('--seeds <n>', 'phantoms of each kind', wholeNumber, 10)
    .option('--write <file>', 'put the table into this Markdown file, for example docs/validation.md')
    .option('--cache <dir>', 'keep outcomes here and take up what is there')
    .action(async (options: { seeds: number; write?: string; cache?: string }) => {
      const segmenter = await loadSegmenter();
      const progress = new Progress();
      const { name, version, sha256 } = segmenter.model;
      const cache = new OutcomeCache(options.cache, `${THRESHOLDS_VERSION}-${sha256.slice(0, 12)}`);
      const outcomes: LevelOutcome[] = [];
      try {
        for (const [k, situation] of LEVEL_SITUATIONS.entries()) {
          for (let n = 0; n < options.seeds; n++) {
            progress.bar(situation.name, k * options.seeds + n, LEVEL_SITUATIONS.length * options.seeds);
            const outcome = await cache.take(`levels-${k}-${n}`, async () => {
              const study = phantomStudy({ kind: 'mr', seed: FIRST_SEED + n, ...VIEW, ...situation.options });
              return compareLevels(situation.name, study.truth, (await analysePhantom(study, segmenter)).findings);
            });
            if (outcome) outcomes.push(outcome);
          }
        }
      } finally {
        progress.clear();
        await segmenter.close();
      }
      const rows = levelTable(outcomes);
      process.stdout.write(`${tableLines(rows).join('\n')}\n`);
      const head = `Printed by \`endplate validate-levels --seeds ${options.seeds}\`: seeds from ${FIRST_SEED} on, network ${name} ${version}.`; // prettier-ignore
      if (options.write) await replaceSection(options.write, 'levels', `${head}\n\n${markdownTable(rows)}`);
    });
}

function wholeNumber(text: string): number {
  if (!/^[0-9]{1,4}$/.test(text)) throw new InvalidArgumentError('A whole number from 0 is wanted.');
  return Number(text);
}
