import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readPart10, SopClass, Tag } from '@endplate/dicom';
import { type StudyFindings, studyFindingsSchema } from '@endplate/findings';
import { type PhantomTruth } from '@endplate/phantom';
import { findingsKey } from '@endplate/store';
import { imageFolder, phantomFolder, QUICK, type StudyFolder } from '../builders/study-folder';
import { echoscu, storescu } from '../servers/dcmtk';
import { EndplateSite } from '../servers/endplate';
import { type Orthanc, startOrthanc } from '../servers/orthanc';
import { reportsOf, untilReports } from '../servers/reports';

describe('a PACS pushes a study by C-STORE; a structured report with measurements lies in that PACS', () => {
  let pacs: Orthanc;
  let site: EndplateSite;
  let ct: StudyFolder & { truth: PhantomTruth };
  let mr: StudyFolder & { truth: PhantomTruth };

  beforeAll(async () => {
    pacs = await startOrthanc();
    site = await EndplateSite.open({ pacs });
    [ct, mr] = [await phantomFolder(QUICK.ct), await phantomFolder(QUICK.mr)];
    await site.start('up');
  });
  afterAll(async () => {
    await site?.close();
    await pacs?.stop();
    for (const { folder } of [ct, mr]) await rm(path.dirname(folder), { recursive: true });
  });

  const findingsOf = async (studyInstanceUID: string, version = 1): Promise<StudyFindings> =>
    studyFindingsSchema.parse(JSON.parse((await site.store.get(findingsKey(studyInstanceUID, version))).toString()));

  it('answers C-ECHO', async () => {
    expect(await echoscu(site.peer, 'STORESCU')).toMatchObject({ code: 0 });
  });

  it.each(['ct', 'mr'] as const)(
    'phantom %s: one SR in the PACS, valid, of the same patient and study',
    async (kind) => {
      const { folder, files, studyInstanceUID, truth } = kind === 'ct' ? ct : mr;
      expect(await storescu(folder, site.peer)).toMatchObject({ code: 0 });
      const study = await site.until(studyInstanceUID, (now) => (now.state === 'delivered' ? now : undefined));
      expect(study.instances).toBe(files.length);
      expect(study.versions).toHaveLength(1);
      expect(study.latest?.deliveries[0]?.rungs.map(({ rung }) => rung)).toEqual([
        'rendered',
        'validated',
        'sent',
        'read-back',
      ]);

      const reports = await reportsOf(pacs, studyInstanceUID);
      expect(reports).toHaveLength(1);
      expect(reports[0]?.errors).toEqual([]);
      const { dataSet: report } = reports[0]!;
      const source = await imageOf(files[0]!);
      for (const tag of [Tag.PatientName, Tag.PatientID, Tag.StudyInstanceUID, Tag.AccessionNumber])
        expect(report.string(tag)).toBe(source.string(tag));
      expect(report.sequence(Tag.ContentSequence).length).toBeGreaterThan(0);

      const findings = await findingsOf(studyInstanceUID);
      expect(findings.discs.length).toBeGreaterThanOrEqual(truth.lumbarVertebrae - 1);
      const measured = findings.discs.filter(({ heights }) => heights.status === 'assessed');
      expect(measured.length).toBeGreaterThanOrEqual(4);
      for (const disc of findings.discs)
        expect(disc.calcification).toMatchObject(
          kind === 'ct' ? { status: expect.any(String) } : { status: 'not-assessed', reason: { code: 'NEEDS_CT' } },
        );
    },
  );

  it('a late instance makes version 2, whose report names its predecessor; the PACS has both', async () => {
    const late = path.join(path.dirname(mr.folder), 'late.dcm');
    await writeFile(late, await lateInstance(mr.files[0]!));
    expect(await storescu(late, site.peer)).toMatchObject({ code: 0 });
    await untilReports(pacs, mr.studyInstanceUID, 2);
    const findings = await findingsOf(mr.studyInstanceUID, 2);
    expect(findings.predecessorVersion).toBe(1);
    const reports = await reportsOf(pacs, mr.studyInstanceUID);
    expect(reports.flatMap(({ errors }) => errors)).toEqual([]);
    const uids = reports.map(({ dataSet }) => dataSet.string(Tag.SOPInstanceUID));
    const named = reports.flatMap(({ dataSet }) =>
      dataSet.sequence(Tag.PredecessorDocumentsSequence).flatMap((study) =>
        study
          .sequence(Tag.ReferencedSeriesSequence)
          .flatMap((series) => series.sequence(Tag.ReferencedSOPSequence))
          .map((reference) => reference.string(Tag.ReferencedSOPInstanceUID)),
      ),
    );
    expect(named).toHaveLength(1);
    expect(uids).toContain(named[0]);
  });

  const axialCt = { SOPClassUID: SopClass.CTImageStorage, Modality: 'CT', BodyPartExamined: 'SPINE' };
  it.each([
    [
      'a localiser alone',
      'LOCALISER_ONLY',
      'localiser',
      () => ({ ...axialCt, ...geometry(0), ImageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] }),
    ],
    [
      'images without pixel data',
      'NO_PIXEL_DATA',
      'no-pixels',
      (n: number) => ({
        ...axialCt,
        ...geometry(n),
        ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
        PixelData: undefined,
      }),
    ],
    [
      'a chest X-ray',
      'MODALITY_NOT_SUPPORTED',
      'chest',
      () => ({
        SOPClassUID: SopClass.DigitalXRayImageStorageForPresentation,
        Modality: 'DX',
        BodyPartExamined: 'CHEST',
      }),
    ],
  ])('%s: a version marked not analysed with %s, and no report', async (_, code, name, image) => {
    const study = await imageFolder(name, 4, image as Parameters<typeof imageFolder>[2]);
    expect(await storescu(study.folder, site.peer)).toMatchObject({ code: 0 });
    const outcome = await site.until(study.studyInstanceUID, ({ latest }) => latest?.outcome);
    expect(outcome).toMatchObject({ status: 'not-analysed', reason: { code, text: expect.stringMatching(/.+/) } });
    const { versions, state } = (await site.study(study.studyInstanceUID))!;
    expect([versions.length, state, versions[0]?.deliveries]).toEqual([1, 'not-analysed', []]);
    expect(await reportsOf(pacs, study.studyInstanceUID)).toEqual([]);
    await rm(path.dirname(study.folder), { recursive: true });
  });

  it('the console lists the studies and shows its page', async () => {
    const worklist = (await (await fetch(`${site.httpUrl}/api/studies`)).json()) as {
      studies: { studyInstanceUID: string; state: string }[];
    };
    const states = new Map(worklist.studies.map((row) => [row.studyInstanceUID, row.state]));
    expect(states.get(ct.studyInstanceUID)).toBe('delivered');
    const page = await fetch(site.httpUrl);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
    const metrics = await (await fetch(`${site.httpUrl}/metrics`)).text();
    expect(metrics).toContain('endplate_');
    expect(metrics).not.toContain(ct.studyInstanceUID);
  });
});

async function imageOf(file: string): Promise<ReturnType<typeof readPart10>['dataSet']> {
  return readPart10(await readFile(file)).dataSet;
}

/** Axial, 1 mm pixels, slices 3 mm apart. */
function geometry(n: number): object {
  return {
    FrameOfReferenceUID: '2.25.1',
    ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
    ImagePositionPatient: [0, 0, 3 * n],
    PixelSpacing: [1, 1],
    SliceThickness: 3,
    RescaleIntercept: -1024,
    RescaleSlope: 1,
    RescaleType: 'HU',
    KVP: 120,
  };
}

/** The same image under another SOP Instance UID, of the same length. */
async function lateInstance(file: string): Promise<Buffer> {
  const bytes = await readFile(file);
  const uid = readPart10(bytes).dataSet.string(Tag.SOPInstanceUID)!;
  const other = `${uid.slice(0, -1)}${(Number(uid.at(-1)) + 1) % 10}`;
  for (let at = bytes.indexOf(uid); at >= 0; at = bytes.indexOf(uid, at + 1)) bytes.write(other, at, 'latin1');
  return bytes;
}
