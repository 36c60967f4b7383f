import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { readPart10, Tag } from '@endplate/dicom';
import { CliError } from '../errors';

const run = promisify(execFile);
const PIXELMED_JAR = '/usr/share/java/pixelmed.jar';
const TOOL_MS = 120_000;

/** What one validator says of one file. */
export interface Verdict {
  readonly file: string;
  readonly validator: string;
  readonly errors: readonly string[];
}

/** Which validators run besides those that are quick. */
export interface ValidationOptions {
  /** PixelMed's validator of SR templates: some ten seconds per file. */
  readonly pixelmed?: boolean;
}

/**
 * Runs the validators that are installed over one file: our own reader, dciodvfy, and on SR dsrdump and, when asked
 * for, PixelMed.
 *
 * @throws {@link CliError} usage, when the file can't be read or PixelMed is asked for and not there
 */
export async function validateFile(file: string, options: ValidationOptions = {}): Promise<Verdict[]> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new CliError('CLI_USAGE', `"${file}" can't be read.`, { cause });
  });
  let isReport: boolean;
  try {
    isReport = readPart10(bytes).dataSet.string(Tag.Modality) === 'SR';
  } catch (error) {
    return [{ file, validator: 'endplate', errors: [error instanceof Error ? error.message : String(error)] }];
  }
  const verdicts: Verdict[] = [{ file, validator: 'endplate', errors: [] }];
  const add = (validator: string, errors: readonly string[] | undefined): void => {
    if (errors) verdicts.push({ file, validator, errors });
  };
  add('dciodvfy', await dciodvfy(file));
  if (isReport) add('dsrdump', await dsrdump(file));
  if (isReport && options.pixelmed) add('pixelmed', await pixelmed(file));
  return verdicts;
}

async function dciodvfy(file: string): Promise<string[] | undefined> {
  const answer = await tool('dciodvfy', [file]);
  if (!answer) return undefined;
  const errors = answer.output.split('\n').filter((line) => line.startsWith('Error'));
  return answer.code === 0 || errors.length > 0 ? errors : [`exit code ${answer.code}`];
}

async function dsrdump(file: string): Promise<string[] | undefined> {
  const answer = await tool('dsrdump', [file]);
  if (!answer) return undefined;
  const errors = answer.output.split('\n').filter((line) => /^[EF]: /.test(line));
  return answer.code === 0 ? errors : [...errors, `exit code ${answer.code}`];
}

/** Its exit code says nothing; on Java 17 it needs the limits of XPath lifted. */
async function pixelmed(file: string): Promise<string[]> {
  const limits = ['ExprGrpLimit', 'ExprOpLimit', 'TotalOpLimit'].map((name) => `-Djdk.xml.xpath${name}=0`);
  const words = [...limits, '-cp', PIXELMED_JAR, 'com.pixelmed.validate.DicomSRValidator', file];
  const answer = existsSync(PIXELMED_JAR) ? await tool('java', words) : undefined;
  if (!answer) throw new CliError('CLI_USAGE', 'PixelMed is not installed. Run: npm run setup -- --pixelmed');
  return answer.output.split('\n').filter((line) => line.startsWith('Error:') || /Exception/.test(line));
}

/** Runs a program; undefined where it is not installed. */
async function tool(name: string, args: string[]): Promise<{ code: number; output: string } | undefined> {
  try {
    const { stdout, stderr } = await run(name, args, { maxBuffer: 64 << 20, timeout: TOOL_MS });
    return { code: 0, output: `${stdout}\n${stderr}` };
  } catch (error) {
    const failure = error as { code?: unknown; stdout?: string; stderr?: string };
    if (failure.code === 'ENOENT') return undefined;
    const code = typeof failure.code === 'number' ? failure.code : 1;
    return { code, output: `${failure.stdout ?? ''}\n${failure.stderr ?? ''}` };
  }
}
