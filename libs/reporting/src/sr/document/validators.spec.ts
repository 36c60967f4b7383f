import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { EDGE_CASES } from '../../testing/edge-cases';
import { someContext } from '../../testing/some-findings';
import { renderStructuredReport } from './structured-report';

const run = promisify(execFile);
const PIXELMED = '/usr/share/java/pixelmed.jar';
const VALIDATE_REPORTS = path.resolve(__dirname, '../../../../../test/builders/ValidateReports.java');
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

describe('structured report, for the validators', () => {
  let folder: string;
  const file = (n: number): string => path.join(folder, `${n}.dcm`);

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'endplate-sr-'));
    await Promise.all(
      EDGE_CASES.map(({ findings, profile, source }, n) =>
        writeFile(file(n), renderStructuredReport(findings(), someContext(source), profile)),
      ),
    );
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const withDciodvfy = hasProgram('dciodvfy') ? it : it.skip;
  withDciodvfy.each(EDGE_CASES.map(({ name }, n) => [name, n] as const))('dciodvfy has no error: %s', async (_, n) => {
    const { text } = await output('dciodvfy', [file(n)]);
    expect(text).toMatch(/Comprehensive/);
    expect(text.split('\n').filter((line) => line.startsWith('Error'))).toEqual([]);
  });

  const withDsrdump = hasProgram('dsrdump') ? it : it.skip;
  withDsrdump.each(EDGE_CASES.map(({ name }, n) => [name, n] as const))('dsrdump renders it: %s', async (_, n) => {
    const { code, text } = await output('dsrdump', ['+Pu', file(n)]);
    expect(code).toBe(0);
    expect(text).toContain('Research and triage only');
    expect(text.split('\n').filter((line) => /^[EFW]: /.test(line) && !line.includes(NO_VR_CHECK))).toEqual([]);
  });

  const withPixelmed = hasProgram('java') && existsSync(PIXELMED) ? it : it.skip;
  withPixelmed(
    'PixelMed finds TID 1500 without an error in each of them',
    async () => {
      const files = EDGE_CASES.map((_, n) => file(n));
      const { text } = await output('java', [...XPATH, '-cp', PIXELMED, VALIDATE_REPORTS, ...files]);
      expect(text.match(/Found Root Template TID_1500/g)).toHaveLength(files.length);
      expect(text.match(/IOD validation complete/g)).toHaveLength(files.length);
      expect(text.split('\n').filter((line) => line.startsWith('Error'))).toEqual([]);
    },
    300_000,
  );

  withPixelmed(
    'PixelMed finds a code that is not in its context group',
    async () => {
      const bytes = await readFile(file(0));
      const wrong = Buffer.from(bytes.toString('latin1').replace('121007', '121009'), 'latin1');
      const spoilt = path.join(folder, 'spoilt.dcm');
      await writeFile(spoilt, wrong);
      const { text } = await output('java', [...XPATH, '-cp', PIXELMED, VALIDATE_REPORTS, spoilt]);
      expect(text).toMatch(/^Error: .*Code \(121009,DCM,"Device"\) not found in context group 270/m);
    },
    300_000,
  );
});
