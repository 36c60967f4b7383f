import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { readPart10 } from '@endplate/dicom';
import { Command } from 'commander';
import { CliError } from '../errors';

const run = promisify(execFile);

/** What one validator says of one file. */
interface Verdict {
  readonly file: string;
  readonly validator: string;
  readonly errors: readonly string[];
}

/** `endplate validate FILE...`: the validators that are installed. */
export function validateCommand(): Command {
  return new Command('validate')
    .description('Runs the installed validators (our reader, dciodvfy, and dsrdump on SR) over DICOM files.')
    .argument('<file...>', 'DICOM files')
    .option('--json', 'end with one line of JSON')
    .action(async (files: string[], options: { json?: boolean }) => {
      const verdicts: Verdict[] = [];
      for (const file of files) verdicts.push(...(await validateFile(file)));
      const bad = verdicts.filter((verdict) => verdict.errors.length > 0);
      if (options.json) process.stdout.write(`${JSON.stringify({ verdicts })}\n`);
      else
        for (const v of verdicts)
          process.stdout.write(
            `${v.errors.length === 0 ? 'ok  ' : 'BAD '} ${v.validator}  ${v.file}${v.errors.map((e) => `\n     ${e}`).join('')}\n`,
          );
      if (bad.length > 0)
        throw new CliError(
          'CLI_FAILED',
          `${new Set(bad.map((v) => v.file)).size} of ${files.length} files are not valid.`,
        );
    });
}

async function validateFile(file: string): Promise<Verdict[]> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new CliError('CLI_USAGE', `"${file}" can't be read.`, { cause });
  });
  let modality: string | undefined;
  try {
    modality = readPart10(bytes).dataSet.string(0x00080060);
  } catch (error) {
    return [{ file, validator: 'endplate', errors: [error instanceof Error ? error.message : String(error)] }];
  }
  const verdicts: Verdict[] = [{ file, validator: 'endplate', errors: [] }];
  const iod = await tool('dciodvfy', [file]);
  if (iod !== undefined) {
    verdicts.push({
      file,
      validator: 'dciodvfy',
      errors: iod.output.split('\n').filter((line) => line.startsWith('Error')),
    });
  }
  const dump = modality === 'SR' ? await tool('dsrdump', [file]) : undefined;
  if (dump !== undefined) {
    const errors = dump.output.split('\n').filter((line) => /^[EF]: /.test(line));
    verdicts.push({
      file,
      validator: 'dsrdump',
      errors: dump.code === 0 ? errors : [...errors, `exit code ${dump.code}`],
    });
  }
  return verdicts;
}

/** Runs a validator; undefined where it is not installed. */
async function tool(name: string, args: string[]): Promise<{ code: number; output: string } | undefined> {
  try {
    const { stdout, stderr } = await run(name, args, { maxBuffer: 64 << 20, timeout: 120_000 });
    return { code: 0, output: `${stdout}\n${stderr}` };
  } catch (error) {
    const failure = error as { code?: unknown; stdout?: string; stderr?: string };
    if (failure.code === 'ENOENT') return undefined;
    const code = typeof failure.code === 'number' ? failure.code : 1;
    return { code, output: `${failure.stdout ?? ''}\n${failure.stderr ?? ''}` };
  }
}
