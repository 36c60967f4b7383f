import { drawAnatomy, phantomStudy } from '@endplate/phantom';
import { type StudyFindings } from '@endplate/findings';
import { Command } from 'commander';
import { loadSegmenter } from '../model/load-segmenter';
import { REPEAT_ACQUISITIONS } from '../phantom-validation/acquisition';
import { OutcomeCache } from '../phantom-validation/outcome-cache';
import { repeatabilityTable } from '../phantom-validation/repeatability';
import { analysePhantom, FIRST_SEED } from '../phantom-validation/run-phantoms';
import { truthSegmenter } from '../phantom-validation/truth-segmenter';
import { markdownTable, replaceSection } from '../phantom-validation/validation-section';
import { Progress } from '../terminal/progress';
import { tableLines } from '../terminal/table';

/** Field of view, mm; more pixels where they are smaller. */
const VIEW_MM = 108;

/** `endplate validate-repeatability`: one drawn patient through ten CT acquisitions. */
export function validateRepeatabilityCommand(): Command {
  return new Command('validate-repeatability')
    .description('Draws one patient as ten CT acquisitions and prints how far the same measures lie apart.')
    .option('--network', 'the network finds the anatomy; otherwise it is read off the drawing')
    .option('--write <file>', 'put the table into this Markdown file, for example docs/validation.md')
    .option('--cache <dir>', 'keep outcomes here and take up what is there')
    .action(async (options: { network?: boolean; write?: string; cache?: string }) => {
      const segmenter = await loadSegmenter();
      const progress = new Progress();
      const cache = new OutcomeCache(options.cache, segmenter.model.sha256.slice(0, 12));
      try {
        const studies: StudyFindings[] = [];
        const patient = { calcification: true, metal: false, lumbarCount: 5 as const, sizesMm: [4, 5] };
        for (const [n, { sliceMm, name, pixelMm, ...rest }] of REPEAT_ACQUISITIONS.entries()) {
          progress.bar(name, n, REPEAT_ACQUISITIONS.length);
          const matrix = Math.round(VIEW_MM / pixelMm);
          const acquisition = { ...rest, pixelMm, matrix, sliceThicknessMm: sliceMm, spacingMm: sliceMm };
          const reader = options.network ? segmenter : truthSegmenter(drawAnatomy(FIRST_SEED, patient), segmenter);
          const found = await cache.take(`repeat-${options.network ? 'network' : 'truth'}-${n}`, async () => {
            const study = phantomStudy({ kind: 'ct', seed: FIRST_SEED, ...patient, ...acquisition });
            return (await analysePhantom(study, reader)).findings;
          });
          if (found) studies.push(found);
        }
        progress.clear();
        const rows = repeatabilityTable(studies);
        process.stdout.write(`${tableLines(rows).join('\n')}\n`);
        if (options.write)
          await replaceSection(
            options.write,
            'repeatability',
            `${studies.length} acquisitions.\n\n${markdownTable(rows)}`,
          );
      } finally {
        await segmenter.close();
      }
    });
}
