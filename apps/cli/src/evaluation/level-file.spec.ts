import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type StudyFindings } from '@endplate/findings';
import { type CaseEvaluation } from '@endplate/kernel';
import { readLevels, readLowestLevels } from './level-file';

/** Three labelled bodies, the highest with the smallest value, all of them found. */
const EVALUATION = {
  structure: 'body',
  instances: [1, 2, 3].map((label, n) => ({ label, fromCaudal: 2 - n, findingId: `v${label}`, dice: 0.9, detected: true })), // prettier-ignore
} as unknown as CaseEvaluation;
const findings = (levels: readonly (string | null)[]): StudyFindings =>
  ({ vertebrae: levels.map((level, n) => ({ id: `v${n + 1}`, level })), discs: [] }) as unknown as StudyFindings;

describe('level names of labels that are no levels', () => {
  let folder: string;
  beforeAll(async () => (folder = await mkdtemp(path.join(os.tmpdir(), 'endplate-levels-'))));
  afterAll(() => rm(folder, { recursive: true }));

  const study = (name: string): string => path.join(folder, name);

  it('go upward from the lowest one that is named for the study', async () => {
    const lowest = { a: 'L5', b: 'L5/S1' } as const;
    const right = await readLevels(study('a'), 't2', EVALUATION, findings(['L3', 'L4', 'L5']), lowest);
    expect(right).toEqual({ levels: { correct: 3, wrong: 0, withheld: 0 } });
    const off = await readLevels(study('a'), 't2', EVALUATION, findings(['L4', 'L5', null]), lowest);
    expect(off).toEqual({ levels: { correct: 0, wrong: 2, withheld: 1 } });
    expect(await readLevels(study('b'), 't2', EVALUATION, findings(['L3', 'L4', 'L5']), lowest)).toEqual({});
    expect(await readLevels(study('c'), 't2', EVALUATION, findings(['L3', 'L4', 'L5']), lowest)).toEqual({});
  });

  it('come from a file beside the labels first', async () => {
    await writeFile(path.join(folder, 't2_levels.json'), JSON.stringify({ 1: 'L2', 2: 'L3', 3: 'L4' }));
    const found = await readLevels(folder, 't2', EVALUATION, findings(['L2', 'L3', 'L4']), {});
    expect(found).toEqual({ levels: { correct: 3, wrong: 0, withheld: 0 } });
  });

  it('are refused where the list names none', async () => {
    const file = path.join(folder, 'lowest.json');
    await writeFile(file, JSON.stringify({ a: 'L5', b: 'L5/S1' }));
    expect(await readLowestLevels(file)).toEqual({ a: 'L5', b: 'L5/S1' });
    await writeFile(file, JSON.stringify({ a: 'fifth' }));
    await expect(readLowestLevels(file)).rejects.toThrow(/no list of lowest levels/);
    await expect(readLowestLevels(path.join(folder, 'none.json'))).rejects.toThrow(/no list of lowest levels/);
  });
});
