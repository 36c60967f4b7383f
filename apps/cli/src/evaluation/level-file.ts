import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type StudyFindings } from '@endplate/findings';
import { type CaseEvaluation, type LevelScore } from '@endplate/kernel';
import { z } from 'zod';

/** `<series>_levels.json`: the level of each value in the label file. */
const levelFileSchema = z.record(z.string(), z.string());

const truthSchema = z.object({
  format: z.literal('endplate-phantom-truth-1'),
  vertebrae: z.array(z.object({ instance: z.number(), level: z.string() })),
  discs: z.array(z.object({ instance: z.number(), level: z.string() })),
});

/**
 * How many of the detected instances carry the right level name, where names are known: from `<series>_levels.json`
 * (`{"1":"L5"}`) or from a phantom's `truth.json`. Empty without either.
 */
export async function readLevels(
  folder: string,
  series: string,
  evaluation: CaseEvaluation,
  findings: StudyFindings,
): Promise<{ levels?: LevelScore }> {
  const truth = (await fromLevelFile(folder, series)) ?? (await fromPhantom(folder, evaluation));
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

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}
