import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { readPart10, Tag } from '@endplate/dicom';
import { readFileSync } from 'node:fs';
import { type StudyFindings, studyFindingsSchema } from '@endplate/findings';
import { findingsKey } from '@endplate/store';
import { ROOT } from '../servers/cli';
import { storescu } from '../servers/dcmtk';
import { EndplateSite } from '../servers/endplate';
import { type Orthanc, startOrthanc } from '../servers/orthanc';
import { reportsOf } from '../servers/reports';

const REAL = path.resolve(ROOT, '../shared/data/real-mr');
const CASES = existsSync(REAL) ? readdirSync(REAL).filter((name) => /^mr[0-9]+$/.test(name)) : [];

describe('each real study that a PACS pushes gives an SR in that PACS that dciodvfy accepts', () => {
  if (CASES.length === 0) {
    it.skip('skipped: no ../shared/data', () => undefined);
    return;
  }
  let pacs: Orthanc;
  let site: EndplateSite;

  beforeAll(async () => {
    pacs = await startOrthanc();
    site = await EndplateSite.open({ pacs });
    await site.start('up');
    // All at once, as a busy PACS does; each test then waits for its own.
    for (const name of CASES) expect(await storescu(path.join(REAL, name), site.peer)).toMatchObject({ code: 0 });
  });
  afterAll(async () => {
    await site?.close();
    await pacs?.stop();
  });

  it.each(CASES)(
    '%s',
    async (name) => {
      const studyInstanceUID = studyOf(path.join(REAL, name));
      await site.until(studyInstanceUID, ({ state }) => (state === 'delivered' ? true : undefined));
      const reports = await reportsOf(pacs, studyInstanceUID);
      expect(reports.map(({ errors }) => errors)).toEqual([[]]);

      const bytes = await site.store.get(findingsKey(studyInstanceUID, 1));
      const findings: StudyFindings = studyFindingsSchema.parse(JSON.parse(bytes.toString()));
      expect(findings.outcome.status).toBe('analysed');
      expect(findings.discs.length).toBeGreaterThanOrEqual(4);
      expect(findings.discs.some(({ heights }) => heights.status === 'assessed')).toBe(true);
      expect(findings.discs.every(({ calcification }) => calcification.status === 'not-assessed')).toBe(true);
    },
    300_000,
  );
});

/** Study Instance UID of the first DICOM file below a folder. */
function studyOf(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.name.endsWith('.dcm'),
  );
  const first = files[0]!;
  return readPart10(readFileSync(path.join(first.path, first.name))).dataSet.string(Tag.StudyInstanceUID)!;
}
