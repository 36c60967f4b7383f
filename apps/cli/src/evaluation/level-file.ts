import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { discLevelSchema, levelAbove, type StudyFindings, vertebraLevelSchema } from '@endplate/findings';
import { type CaseEvaluation, type LevelScore } from '@endplate/kernel';
import { z } from 'zod';
import { CliError } from '../errors';

/** `<series>_levels.json`: the level of each value in the label file. */
const levelFileSchema = z.record(z.string(), z.string());

const truthSchema = z.object({
  format: z.literal('endplate-phantom-truth-1'),
  vertebrae: z.array(z.object({ instance: z.number(), level: z.string() })),
  discs: z.array(z.object({ instance: z.number(), level: z.string() })),
});

/** The level of the lowest labelled structure of a study folder, by the folder's name; names go upward from it. */
export type LowestLevels = Readonly<Record<string, z.infer<typeof lowestSchema>[string]>>;

const lowestSchema = z.record(z.string(), z.union([vertebraLevelSchema, discLevelSchema]));

/**
 * Reads what `--levels` names: `{"mr04":"L5","mr10":"L5/S1"}`, for labels whose values are no levels.
 * @throws {@link CliError} when it is not of that form
 */
export async function readLowestLevels(file: string): Promise<LowestLevels> {
  const parsed = lowestSchema.safeParse(await readJson(file));
  if (parsed.success) return parsed.data;
  throw new CliError('CLI_FAILED', `"${file}" is no list of lowest levels like {"study folder":"L5","other":"L5/S1"}.`);
}

/**
 * How many of the detected instances carry the right level name, where names are known: from `<series>_levels.json`
 * (`{"1":"L5"}`), from a phantom's `truth.json` or upward from the lowest label. Empty without any.
 */
export async function readLevels(
  folder: string,
  series: string,
  evaluation: CaseEvaluation,
  findings: StudyFindings,
  lowest: LowestLevels = {},
): Promise<{ levels?: LevelScore }> {
  const truth =
    (await fromLevelFile(folder, series)) ??
    (await fromPhantom(folder, evaluation)) ??
    upwardFrom(lowest[path.basename(folder)], evaluation);
  if (!truth) return {};
  const found = new Map([...findings.vertebrae, ...findings.discs].map((f) => [f.id, f.level]));
  const known = evaluation.instances.filter((i) => i.detected && truth.has(i.label) && i.findingId !== undefined);
  const given = known.filter((i) => found.get(i.findingId!) !== null);
  const correct = given.filter((i) => found.get(i.findingId!) === truth.get(i.label)).length;
  return { levels: { correct, wrong: given.length - correct, withheld: known.length - given.length } };
}

async function fromLevelFile(folder: string, series: string): Promise<Map<number, string> | undefined> {
  const content = await readJson(path.join(folder, `${series}_levels.json`));
  const parsed = levelFileSchema.safeParse(content);
  return parsed.success ? new Map(Object.entries(parsed.data).map(([k, v]) => [Number(k), v])) : undefined;
}

async function fromPhantom(folder: string, evaluation: CaseEvaluation): Promise<Map<number, string> | undefined> {
  const parsed = truthSchema.safeParse(await readJson(path.join(folder, 'truth.json')));
  if (!parsed.success) return undefined;
  const list = evaluation.structure === 'disc' ? parsed.data.discs : parsed.data.vertebrae;
  return new Map(list.map(({ instance, level }) => [instance, level]));
}

function upwardFrom(
  lowest: LowestLevels[string] | undefined,
  evaluation: CaseEvaluation,
): Map<number, string> | undefined {
  if (lowest === undefined || lowest.includes('/') !== (evaluation.structure === 'disc')) return undefined;
  return new Map(
    evaluation.instances.flatMap(({ label, fromCaudal }) => {
      const level = levelAbove(lowest, fromCaudal);
      return level === undefined ? [] : [[label, level] as const];
    }),
  );
}

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}
