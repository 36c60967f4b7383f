import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { readPart10, Tag } from '@endplate/dicom';
import { assessed, type KeySlice, notAssessed, type StudyFindings } from '@endplate/findings';
import { loadFonts } from '@endplate/platform';
import { Fhir } from 'fhir/fhir';
import { type Bundle, type DiagnosticReport } from 'fhir/r4';
import { type FontSet } from '../capture/font-set';
import { renderFhirBundle } from '../fhir/report-bundle';
import { renderResultMessage } from '../hl7/result-message';
import { reportObservations } from '../observation/structure-observation';
import { type RenderedReport, renderReports } from '../render-reports';
import { someContext, someFindings, someModic } from '../testing/some-findings';
import { someSource } from '../testing/some-source';
import { REPORT_LANGUAGES, type ReportLanguage } from './language';
import { reportText } from './report-text';

const run = promisify(execFile);
const OTHERS = REPORT_LANGUAGES.filter((language) => language !== 'en');
const NAMES = { PatientName: 'Müller^Zoë=王^小東', PatientID: 'Ж-1', StudyDescription: 'Wirbelsäule' };
/** What DCMTK says of itself, not of the report. */
const NO_VR_CHECK = 'The VR checker does not support this Specific Character Set';

const context = (language: ReportLanguage) => ({ ...someContext(NAMES), language });

const ct = (): StudyFindings =>
  someFindings('CT')
    .withDiscs(2)
    .withVertebrae(2)
    .withDisc({ calcification: notAssessed('METAL', 'Metal lies beside the disc.') })
    .with({ remarks: ['Modic changes need MR with T1 and T2 and are not assessed on CT.'] })
    .build();

const mr = (): StudyFindings =>
  someFindings('MR')
    .withDiscs(2)
    .withEndplate(assessed(someModic({ type: '1', caveats: ['Infection and tumour not excluded.'] }), 0.7))
    .withEndplate(notAssessed('T1_MISSING', 'There is no T1.'))
    .with({ version: 2, predecessorVersion: 1 })
    .build();

function slicesOf(findings: StudyFindings): KeySlice[] {
  const { seriesInstanceUID, instances } = findings.series[0]!;
  const grey = Uint8Array.from({ length: 60 * 90 }, (_, n) => (n * 7) % 256);
  const slice = { seriesInstanceUID, reference: instances[0]!, sources: [], width: 60, height: 90, spacingMm: 1 };
  return [{ ...slice, kind: 'overview', grey, outlines: [], caption: 'MR, T2, sagittal' }];
}

function objects(findings: StudyFindings, language: ReportLanguage, fonts: FontSet): RenderedReport[] {
  const source = someSource(findings, { display: { window: { centre: 250, width: 1000 } } });
  const input = { findings, keySlices: slicesOf(findings), labelMaps: [source] };
  const kinds = ['sc', 'seg', 'gsps', 'pdf', 'ko'] as const;
  return [
    ...renderReports(input, context(language), { profiles: ['comprehensive-3d', 'comprehensive'], kinds, fonts }),
  ];
}

/** Everything that a validator prints, whatever it exits with; one that is not installed fails. */
async function output(program: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout, stderr } = await run(program, args, { maxBuffer: 64 << 20 });
    return stdout + stderr;
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: number | string; stdout: string; stderr: string };
    if (typeof code !== 'number') throw error;
    return stdout + stderr;
  }
}

describe.each(REPORT_LANGUAGES)('in %s', (language) => {
  const words = reportText(language);
  let folder: string;
  let all: RenderedReport[];
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'endplate-language-'));
    const fonts = await loadFonts();
    all = [...objects(ct(), language, fonts), ...objects(mr(), language, fonts)];
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('every kind of object is made, passes our own check and dciodvfy, and says that it is no diagnosis', async () => {
    expect(new Set(all.map(({ kind }) => kind))).toEqual(new Set(['sr', 'sc', 'seg', 'gsps', 'pdf', 'ko']));
    for (const { name, bytes, problems } of all) {
      const { dataSet } = readPart10(bytes);
      const [contribution] = dataSet.sequence(Tag.ContributingEquipmentSequence);
      expect(contribution!.string(Tag.ContributionDescription)).toContain(words.say('use.intended'));
      const file = path.join(folder, 'object.dcm');
      await writeFile(file, bytes);
      const errors = (await output('dciodvfy', [file])).split('\n').filter((line) => line.startsWith('Error'));
      expect([name, problems, errors]).toEqual([name, [], []]);
    }
  });

  it('dsrdump renders the report with the intended use and the language', async () => {
    for (const { bytes } of all.filter(({ kind }) => kind === 'sr')) {
      const file = path.join(folder, 'sr.dcm');
      await writeFile(file, bytes);
      const text = await output('dsrdump', ['+Pu', '+Pl', file]);
      expect(text).toContain(words.say('use.intended'));
      expect(text).toContain(`(${language},RFC5646,`);
      expect(text.split('\n').filter((line) => /^[EFW]: /.test(line) && !line.includes(NO_VR_CHECK))).toEqual([]);
    }
  });

  it('FHIR R4 takes the bundle, whose conclusion and language are those asked for', () => {
    for (const findings of [ct(), mr()]) {
      const bundle = JSON.parse(renderFhirBundle(findings, context(language))!.toString('utf8')) as Bundle;
      const { messages } = new Fhir().validate(bundle, { errorOnUnexpected: true });
      expect(messages.filter(({ severity }) => severity === 'error' || severity === 'fatal')).toEqual([]);
      const report = bundle.entry!.at(-1)!.resource as DiagnosticReport;
      expect(report.language).toBe(language);
      expect(report.conclusion!.split('\n')[0]).toBe(words.say('use.intended'));
    }
  });

  it('the HL7 message names its language, and has the intended use and the remarks', () => {
    const message = renderResultMessage(ct(), context(language))!.toString('utf8');
    expect(message.split('\r')[0]!.split('|')[18]).toMatch(new RegExp(`^${language}\\^`));
    expect(message).toContain(words.say('use.intended'));
    expect(message).toContain(words.say('said.modicNeedsMr'));
  });
});

describe.each(OTHERS)('beside English, %s', (language) => {
  const coded = (of: ReportLanguage, findings: StudyFindings): string =>
    JSON.stringify(reportObservations(findings, context(of)), (key, value: unknown) =>
      ['name', 'sentence', 'text'].includes(key) ? undefined : value,
    );

  it('has the same codes, numbers and UIDs, and other words', () => {
    for (const findings of [ct(), mr()]) {
      expect(coded(language, findings)).toBe(coded('en', findings));
      const said = (of: ReportLanguage) => JSON.stringify(reportObservations(findings, context(of)));
      expect(said(language)).not.toBe(said('en'));
    }
  });

  it('leaves nothing of the kernel’s English in the texts', () => {
    const texts = JSON.stringify([ct(), mr()].map((findings) => reportObservations(findings, context(language))));
    for (const english of ['Infection and', 'There is no', 'Metal lies', 'need MR', 'Research', 'Disc L'])
      expect(texts).not.toContain(english);
  });
});
