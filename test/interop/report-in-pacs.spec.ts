import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type StudyFindings, studyFindingsSchema } from '@endplate/findings';
import { endplate, ROOT } from '../servers/cli';
import { type Orthanc, startOrthanc } from '../servers/orthanc';

const REAL = path.resolve(ROOT, '../shared/data/real-mr');
const CASES = existsSync(REAL) ? readdirSync(REAL).filter((name) => /^mr[0-9]+$/.test(name)) : [];

describe('each real study gives an SR in Orthanc that the validators accept', () => {
  if (CASES.length === 0) {
    it.skip('skipped: no ../shared/data', () => undefined);
    return;
  }
  let orthanc: Orthanc;
  let folder: string;

  beforeAll(async () => {
    orthanc = await startOrthanc();
    folder = await mkdtemp(path.join(os.tmpdir(), 'endplate-report-'));
  });
  afterAll(async () => {
    await orthanc.stop();
    await rm(folder, { recursive: true });
  });

  it.each(CASES)('%s', async (name) => {
    const out = path.join(folder, name);
    const analysed = await endplate('analyse', path.join(REAL, name), '--out', out, '--json');
    expect(analysed).toMatchObject({ code: 0 });

    const findings: StudyFindings = studyFindingsSchema.parse(
      JSON.parse(await readFile(path.join(out, 'findings.json'), 'utf8')),
    );
    expect(findings.outcome.status).toBe('analysed');
    expect(findings.discs.length).toBeGreaterThanOrEqual(4);
    expect(findings.discs.every((disc) => disc.calcification.status === 'not-assessed')).toBe(true);

    const report = path.join(out, 'sr.dcm');
    const sent = await endplate('send', report, '--to', `ORTHANC@${orthanc.host}:${orthanc.dicomPort}`, '--json');
    expect(sent).toMatchObject({ code: 0 });
    const back = path.join(out, 'back.dcm');
    await writeFile(back, await fetchOnlyInstance(orthanc, findings.studyInstanceUID));
    expect((await endplate('validate', back)).stdout).not.toContain('BAD');
  });
});

/** The one instance that the PACS holds of a study. */
async function fetchOnlyInstance(orthanc: Orthanc, studyInstanceUID: string): Promise<Buffer> {
  const query = { Level: 'Instance', Query: { StudyInstanceUID: studyInstanceUID } };
  const found = await fetch(`${orthanc.rest.url}/tools/find`, { method: 'POST', body: JSON.stringify(query) });
  const ids = (await found.json()) as string[];
  expect(ids).toHaveLength(1);
  const file = await fetch(`${orthanc.rest.url}/instances/${ids[0]}/file`);
  return Buffer.from(await file.arrayBuffer());
}
