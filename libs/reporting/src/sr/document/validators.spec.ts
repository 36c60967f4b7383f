import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { assessed, notAssessed, type StudyFindings } from '@endplate/findings';
import { inSpace, someCalcification, someContext, someFindings, someModic } from '../../testing/some-findings';
import { renderStructuredReport, type ReportProfile } from './structured-report';

const run = promisify(execFile);
const PIXELMED = '/usr/share/java/pixelmed.jar';
/** Without these Java 17 stops PixelMed's templates at its XPath limits. */
const XPATH = ['GrpLimit', 'OpLimit']
  .map((name) => `-Djdk.xml.xpathExpr${name}=0`)
  .concat('-Djdk.xml.xpathTotalOpLimit=0');

/** What DCMTK says of itself, not of the report. */
const NO_VR_CHECK = 'The VR checker does not support this Specific Character Set';

const hasProgram = (name: string): boolean =>
  (process.env['PATH'] ?? '').split(path.delimiter).some((folder) => existsSync(path.join(folder, name)));

/** Everything that a program prints, whatever it exits with: validators differ in that. */
async function output(program: string, args: readonly string[]): Promise<{ code: number; text: string }> {
  try {
    const { stdout, stderr } = await run(program, args, { maxBuffer: 64 << 20, timeout: 300_000 });
    return { code: 0, text: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: number; stdout?: string; stderr?: string };
    return { code: code ?? -1, text: `${stdout ?? ''}${stderr ?? ''}` };
  }
}

const withheld = notAssessed<never>('METAL', 'Metal lies beside the disc.');
const nothing = { heights: withheld, heightIndex: withheld, wedgeDeg: withheld, slip: withheld, calcification: withheld, vacuum: withheld, signal: withheld }; // prettier-ignore

function everyKindOnMr(): StudyFindings {
  const mr = someFindings('MR').withDiscs(6).withVertebrae(6);
  for (const type of ['none', '1', '2', '3-possible', 'mixed'] as const) {
    const mixed = type === 'mixed' ? { mixedOf: ['1', '2'] as ['1', '2'] } : {};
    mr.withEndplate(
      assessed(someModic({ type, ...mixed, outlines: [mr.outline(0)], caveats: ['Infection is not excluded.'] }), 0.7),
    );
  }
  return mr
    .withEndplate(withheld)
    .with({ version: 2, predecessorVersion: 1, remarks: ['Série à relire.'] })
    .build();
}

function twelveLevels(): StudyFindings {
  const ct = someFindings('CT').withDiscs(9).withVertebrae(10);
  ct.withDisc({ outlines: [inSpace(ct.outline(9))], vacuum: assessed({ present: true, volumeMm3: 88 }, 0.9) });
  ct.withDisc({ ...nothing, outlines: [] });
  return ct.withDisc({ calcification: assessed(someCalcification({ present: false, islands: [] }), 0.5) }).build();
}

const UNICODE = { PatientName: 'Müller^Zoë=王^小東', PatientID: 'Ж-1', StudyDescription: 'Wirbelsäule' };
const CASES: readonly (readonly [string, () => StudyFindings, ReportProfile, Parameters<typeof someContext>[0]])[] = [
  ['CT, no findings', () => someFindings('CT').build(), 'comprehensive-3d', {}],
  ['MR, no findings', () => someFindings('MR').build(), 'comprehensive', {}],
  ['CT, everything abstained', () => someFindings('CT').withDiscs(5, { ...nothing, level: null, outlines: [] }).build(), 'comprehensive', {}],
  ['CT, twelve levels, outlines on images, in space and none', twelveLevels, 'comprehensive-3d', UNICODE],
  ['CT, twelve levels', twelveLevels, 'comprehensive', UNICODE],
  ['MR, version 2, every kind of Modic change', everyKindOnMr, 'comprehensive-3d', UNICODE],
  ['MR, version 2, empty source attributes', everyKindOnMr, 'comprehensive', { PatientName: null, PatientSex: null, StudyID: null }],
]; // prettier-ignore

describe('structured report, for the validators', () => {
  let folder: string;
  const file = (n: number): string => path.join(folder, `${n}.dcm`);

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'endplate-sr-'));
    await Promise.all(
      CASES.map(([, findings, profile, source], n) =>
        writeFile(file(n), renderStructuredReport(findings(), someContext(source), profile)),
      ),
    );
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const withDciodvfy = hasProgram('dciodvfy') ? it : it.skip;
  withDciodvfy.each(CASES.map(([name], n) => [name, n] as const))('dciodvfy has no error: %s', async (_, n) => {
    const { text } = await output('dciodvfy', [file(n)]);
    expect(text).toMatch(/Comprehensive/);
    expect(text.split('\n').filter((line) => line.startsWith('Error'))).toEqual([]);
  });

  const withDsrdump = hasProgram('dsrdump') ? it : it.skip;
  withDsrdump.each(CASES.map(([name], n) => [name, n] as const))('dsrdump renders it: %s', async (_, n) => {
    const { code, text } = await output('dsrdump', ['+Pu', file(n)]);
    expect(code).toBe(0);
    expect(text).toContain('Research and triage only');
    expect(text.split('\n').filter((line) => /^[EFW]: /.test(line) && !line.includes(NO_VR_CHECK))).toEqual([]);
  });

  // Eleven seconds each on a quiet core: the cases that hold every template and value type.
  const withPixelmed = hasProgram('java') && existsSync(PIXELMED) ? it : it.skip;
  withPixelmed.each([3, 6].map((n) => [CASES[n]![0], n] as const))(
    'PixelMed finds TID 1500 without an error: %s',
    async (_, n) => {
      const { text } = await output('java', [
        ...XPATH,
        '-cp',
        PIXELMED,
        'com.pixelmed.validate.DicomSRValidator',
        file(n),
      ]);
      expect(text).toContain('Found Root Template TID_1500');
      expect(text).toContain('IOD validation complete');
      expect(text.split('\n').filter((line) => line.startsWith('Error'))).toEqual([]);
    },
    300_000,
  );
});
