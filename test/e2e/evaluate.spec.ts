import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { endplate } from '../servers/cli';

interface Evaluation {
  readonly cases: readonly { name: string; structure: string; labelled: number; detected: number; dice: number }[];
  readonly mean: Record<string, { dice: number; detection: number; levelAccuracy?: number }>;
  readonly modic: Record<string, number>;
  readonly pfirrmann: Record<string, number>;
}

/** Grades of readers for every disc of a study, L5/S1 first; the values alternate so that both kinds are there. */
function gradesOf(study: string): string {
  return [1, 2, 3, 4, 5].map((disc) => `${study},${disc},${disc % 2},0,0,0,0,0,0,${1 + (disc % 4)}`).join('\n');
}

describe('endplate evaluate on a folder of studies with labels and grades', () => {
  let folder: string;
  let json: Evaluation;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'endplate-evaluate-'));
    for (const [name, kind, seed] of [['p1', 'mr', '22'], ['p2', 'ct', '5']] as const)
      expect((await endplate('phantom', '--kind', kind, '--seed', seed, '--out', path.join(folder, name))).code).toBe(0); // prettier-ignore
    const head = 'Study,IVD label,Modic,UP endplate,LOW endplate,Spondylolisthesis,Disc herniation,Disc narrowing,Disc bulging,Pfirrman grade'; // prettier-ignore
    await writeFile(path.join(folder, 'gradings.csv'), `${head}\n${gradesOf('p1')}\n`);
    const run = await endplate('evaluate', folder, '--json');
    expect(run.code).toBe(0);
    json = JSON.parse(run.stdout.trim().split('\n').at(-1)!) as Evaluation;
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('scores bodies and discs of CT and MR, all instances found but one that the images cut', () => {
    const names = json.cases.map(({ name }) => name.split('/')[0]);
    expect(new Set(names)).toEqual(new Set(['p1', 'p2']));
    for (const one of json.cases) {
      expect(one.labelled).toBeGreaterThan(4);
      expect(one.labelled - one.detected).toBeLessThanOrEqual(1);
      expect(one.dice).toBeGreaterThan(0.7);
    }
    expect(Object.keys(json.mean).sort()).toEqual(['body', 'disc']);
    expect(json.mean['disc']!.levelAccuracy).toBe(1);
  });

  it('ends with the agreement with the grades under the keys of the contract', async () => {
    expect(Object.keys(json.modic)).toEqual(expect.arrayContaining(['kappa', 'sensitivity', 'specificity', 'n']));
    expect(json.modic['n']).toBe(5);
    expect(typeof json.pfirrmann['kappa']).toBe('number');
    expect(await readFile(path.join(folder, 'p1', 'truth.json'), 'utf8')).toContain('"lumbarVertebrae": 5');
  });

  it('says what a folder without labels and grades lacks', async () => {
    const run = await endplate('evaluate', path.join(folder, 'p1', 't1'));
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('_labels.nii.gz');
  });
});
