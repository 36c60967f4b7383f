import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { CliError } from '../errors';

/** What a running `endplate up` leaves in its data folder for other commands. */
const upRecordSchema = z.object({
  pid: z.int().positive(),
  redisUrl: z.string().optional(),
  httpUrl: z.string().optional(),
  dicom: z.object({ aeTitle: z.string(), host: z.string(), port: z.number() }).optional(),
});
/** What a running `endplate up` leaves in its data folder for other commands. */
export type UpRecord = z.infer<typeof upRecordSchema>;

/** The record of the process that runs over this data folder, if one does. */
export async function readUpRecord(dataDir: string): Promise<UpRecord | undefined> {
  const text = await readFile(fileOf(dataDir), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed = upRecordSchema.safeParse(parseJson(text));
  return parsed.success && (await isEndplate(parsed.data.pid)) ? parsed.data : undefined;
}

/**
 * Takes the data folder for this process: two of them over one append-only file would break it.
 *
 * @throws {@link CliError} when another one runs over it
 */
export async function claimDataDir(dataDir: string): Promise<{ write: typeof write; release: () => Promise<void> }> {
  await mkdir(dataDir, { recursive: true });
  const other = await readUpRecord(dataDir);
  if (other && other.pid !== process.pid) {
    throw new CliError(
      'CLI_FAILED',
      `Another "endplate up" (process ${other.pid}) runs over "${dataDir}". End it first, or set ENDPLATE_DATA_DIR to another folder.`,
    );
  }
  const write = (facts: Omit<UpRecord, 'pid'>): Promise<void> =>
    writeFile(fileOf(dataDir), `${JSON.stringify({ pid: process.pid, ...facts })}\n`, { mode: 0o600 });
  await write({});
  return { write, release: () => rm(fileOf(dataDir), { force: true }) };
}

function fileOf(dataDir: string): string {
  return path.join(dataDir, 'up.json');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A process number is given again to others: it counts when a Node process has it. */
async function isEndplate(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => 'node');
  return words.includes('node');
}
