import { Command } from 'commander';
import { CliError } from '../errors';
import { validateFile, type ValidationOptions, type Verdict } from '../validation/validate-file';

/** `endplate validate FILE...`: the validators that are installed. */
export function validateCommand(): Command {
  return new Command('validate')
    .description('Runs the installed validators over DICOM files: our own checks, dciodvfy, and on SR dsrdump.')
    .argument('<file...>', 'DICOM files')
    .option('--pixelmed', "also PixelMed's validator of SR templates (some ten seconds per file)")
    .option('--json', 'end with one line of JSON')
    .action(async (files: string[], options: ValidationOptions & { json?: boolean }) => {
      const verdicts: Verdict[] = [];
      for (const file of files) verdicts.push(...(await validateFile(file, options)));
      process.stdout.write(options.json ? `${JSON.stringify({ verdicts })}\n` : verdicts.map(line).join(''));
      const bad = new Set(verdicts.filter(({ errors }) => errors.length > 0).map(({ file }) => file));
      if (bad.size > 0) throw new CliError('CLI_FAILED', `${bad.size} of ${files.length} files are not valid.`);
    });
}

function line({ file, validator, errors }: Verdict): string {
  const faults = errors.map((error) => `\n     ${error}`).join('');
  return `${errors.length === 0 ? 'ok  ' : 'BAD '} ${validator.padEnd(8)}  ${file}${faults}\n`;
}
