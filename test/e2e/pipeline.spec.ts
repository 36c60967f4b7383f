import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type DataSet, readPart10, SopClass, Tag } from '@endplate/dicom';
import { type StudyFindings, studyFindingsSchema } from '@endplate/findings';
import { type PhantomTruth } from '@endplate/phantom';
import { findingsKey, keyImagesPrefix } from '@endplate/store';
import { imageFolder, phantomFolder, QUICK, type StudyFolder } from '../builders/study-folder';
import { echoscu, storescu } from '../servers/dcmtk';
import { EndplateSite } from '../servers/endplate';
import { type Orthanc, startOrthanc } from '../servers/orthanc';
import { reportsOf, type StoredReport, untilReports } from '../servers/reports';

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
    expect(currentOf(reports)).toHaveLength(1);
  });

  it('a reader corrects a report in the console; the corrected one, with pictures, is the only current one', async () => {
    const { studyInstanceUID } = ct;
    const { discs } = await findingsOf(studyInstanceUID);
    const disc = discs.find(({ calcification }) => calcification.status === 'assessed')!;
    const present = disc.calcification.status === 'assessed' && disc.calcification.value.present;
    const calcification = present ? 'absent' : { volumeMm3: 50 };
    const response = await fetch(`${site.httpUrl}/api/studies/${studyInstanceUID}/versions/1/correction`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Endplate-Action': 'correct' },
      body: JSON.stringify({ authorRole: 'radiologist', discs: [{ id: disc.id, calcification }] }),
    });
    expect(response.status).toBe(202);
    await site.until(studyInstanceUID, (now) =>
      now.latest?.version === 2 && now.state === 'delivered' ? now : undefined,
    );
    const corrected = (await findingsOf(studyInstanceUID, 2)).discs.find(({ id }) => id === disc.id);
    expect(corrected!.calcification).toMatchObject({ status: 'assessed', value: { present: !present } });
    const reports = await reportsOf(pacs, studyInstanceUID);
    expect(reports).toHaveLength(2);
    expect(reports.flatMap(({ errors }) => errors)).toEqual([]);
    const [current, ...others] = currentOf(reports);
    expect(others).toHaveLength(0);
    expect(predecessorsOf(current!)).toHaveLength(1);
    const pictures: string[] = [];
    for await (const name of site.store.children(keyImagesPrefix(studyInstanceUID, 2))) pictures.push(name);
    expect(pictures).toContain('01-overview.png');
    // A crop of each positive disc: the reader's is one of them where he says that it is calcified.
    expect(pictures.some((name) => name.endsWith(`-${disc.id}.png`))).toBe(!present);
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

/** The reports that no other one names as its predecessor. */
function currentOf(reports: readonly StoredReport[]): DataSet[] {
  const replaced = new Set(reports.flatMap(({ dataSet }) => predecessorsOf(dataSet)));
  return reports.map(({ dataSet }) => dataSet).filter((one) => !replaced.has(one.string(Tag.SOPInstanceUID)));
}

function predecessorsOf(report: DataSet): (string | undefined)[] {
  return report
    .sequence(Tag.PredecessorDocumentsSequence)
    .flatMap((study) => study.sequence(Tag.ReferencedSeriesSequence))
    .flatMap((series) => series.sequence(Tag.ReferencedSOPSequence))
    .map((reference) => reference.string(Tag.ReferencedSOPInstanceUID));
}
