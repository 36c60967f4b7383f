import { Command } from 'commander';
import { CliError } from '../errors';
import { findStudies } from '../folder/find-instances';
import { loadSegmenter } from '../model/load-segmenter';
import { falsePositiveTable, tallyHealthy, type HealthyOutcome } from '../phantom-validation/healthy-tally';
import { markdownTable, replaceSection } from '../phantom-validation/validation-section';
import { tableLines } from '../terminal/table';
import { analyseFolderStudy } from './analyse';

interface HealthyOptions {
  readonly write?: string;
  readonly json?: boolean;
}

/** `endplate validate-healthy DIR`: what the kernel calls changed in studies of healthy people is false, per endplate and disc. */
export function validateHealthyCommand(): Command {
  return new Command('validate-healthy')
    .description('Runs the kernel on studies of healthy people and counts what it calls changed.')
    .argument('<dir>', 'folder of DICOM files of healthy people')
    .option('--write <file>', 'put the table into this Markdown file, for example docs/validation.md')
    .option('--json', 'end with one line of JSON')
    .action(async (dir: string, options: HealthyOptions) => {
      const { studies } = await findStudies(dir);
      if (studies.length === 0) throw new CliError('CLI_FAILED', `No DICOM image below "${dir}".`);
      const segmenter = await loadSegmenter();
      try {
        const outcomes: HealthyOutcome[] = [];
        for (const study of studies) outcomes.push(tallyHealthy((await analyseFolderStudy(study, segmenter)).findings));
        const rows = falsePositiveTable(outcomes);
        process.stdout.write(`${tableLines(rows).join('\n')}\n`);
        const { name, version } = segmenter.model;
        if (options.write)
          await replaceSection(options.write, 'healthy', `Network ${name} ${version}.\n\n${markdownTable(rows)}`);
        if (options.json) process.stdout.write(`${JSON.stringify({ studies: outcomes })}\n`);
      } finally {
        await segmenter.close();
      }
    });
}
