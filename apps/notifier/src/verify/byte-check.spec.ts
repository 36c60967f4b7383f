import { encodeDataSet, encodeFileMeta, parseDataSet, readPart10, Tag, TransferSyntax } from '@endplate/dicom';
import { dimseDestinationSchema } from '@endplate/platform';
import { type DeliveryRecord } from '@endplate/studies';
import { CommitmentRecords } from '../commitment/commitment-records';
import { checkObject } from '../deliver/check-object';
import { deliveryTarget, DeliverVersion } from '../deliver/deliver-version';
import { dimseDestination } from '../destination/dimse';
import { SmallDicomWeb } from '../fixture/small-dicom-web';
import { SmallPacs } from '../fixture/small-pacs';
import { REPORT_UID, storedReports, type StoredReports } from '../fixture/stored-reports';
import { compareDataSets } from './compare-data-sets';
import { VerifyDelivery } from './verify-delivery';

const EXPLICIT = TransferSyntax.ExplicitVRLittleEndian;
const IMPLICIT = TransferSyntax.ImplicitVRLittleEndian;

let pacs: SmallPacs;
let web: SmallDicomWeb;
let reports: StoredReports;

beforeEach(async () => {
  [pacs, web, reports] = await Promise.all([SmallPacs.start(), SmallDicomWeb.start(), storedReports()]);
});
afterEach(() => Promise.all([pacs.stop(), web.stop(), reports.remove()]));

/** Delivers, lets the PACS show over DICOMweb what it got, and verifies. */
async function delivered(show = true): Promise<DeliveryRecord> {
  const settings = dimseDestinationSchema.parse({
    ...{ name: 'pacs', kind: 'dimse', host: '127.0.0.1', port: pacs.port, aeTitle: 'PACS' },
    ...{ byteCheck: 'wado', dicomWebUrl: web.url, connectTimeoutMs: 2000, responseTimeoutMs: 5000 },
  });
  const ports = {
    ...{ store: reports.store, records: reports.records, commitments: new CommitmentRecords(reports.store) },
    now: () => '2026-11-23T11:00:00.000Z',
    check: checkObject,
    notify: () => undefined,
    jobs: { verify: () => Promise.resolve('added' as const) },
  };
  const target = deliveryTarget(settings, dimseDestination(settings, 'ENDPLATE'));
  await new DeliverVersion(ports).run(reports.name, target);
  for (const [uid, bytes] of show ? pacs.instances : []) {
    const sopClassUID = parseDataSet(bytes, EXPLICIT).string(Tag.SOPClassUID)!;
    const meta = { sopClassUID, sopInstanceUID: uid, transferSyntaxUID: EXPLICIT } as Parameters<
      typeof encodeFileMeta
    >[0];
    web.files.set(uid, Buffer.concat([encodeFileMeta(meta), bytes]));
  }
  await new VerifyDelivery(ports).run(reports.name, target).catch((error: { code?: string }) => {
    if (!error.code) throw error;
  });
  return (await reports.records.read(reports.name))!;
}

/** The picture with another patient ID and one element more, as a PACS with its own registry makes it. */
function coerced(file: Buffer): Buffer {
  const { meta, dataSet } = readPart10(file);
  if (meta.sopInstanceUID !== REPORT_UID['sc-overview']) return file;
  const natural = {
    SOPClassUID: meta.sopClassUID,
    SOPInstanceUID: meta.sopInstanceUID,
    StudyInstanceUID: dataSet.string(Tag.StudyInstanceUID)!,
    SeriesInstanceUID: dataSet.string(Tag.SeriesInstanceUID)!,
    Modality: 'OT',
    BurnedInAnnotation: 'YES',
    PatientID: '0815',
    InstitutionName: 'Hospital',
  };
  return Buffer.concat([encodeFileMeta(meta as never), encodeDataSet(natural, EXPLICIT)]);
}

describe('the byte check', () => {
  it('proves that the PACS has the bytes that were sent', async () => {
    const record = await delivered();
    expect(record.state).toBe('delivered');
    expect(record.rungs.at(-1)).toMatchObject({ rung: 'read-back', proof: { by: 'wado', result: 'identical' } });
    expect(record.objects.map(({ proof }) => proof)).toEqual(['identical', 'identical']);
    expect(web.requests).toHaveLength(2);
  });

  it('never calls an object proven that the PACS has changed, and names the elements', async () => {
    web.mood.alter = coerced;
    const record = await delivered();
    expect(record).toMatchObject({
      state: 'unproven',
      reason: { code: 'CHANGED', text: expect.stringContaining('sc-overview (0008,0080), (0010,0020)') as string },
      objects: [{ proof: 'identical' }, { proof: 'changed', changed: ['(0008,0080)', '(0010,0020)'] }],
    });
    expect(record.rungs.at(-1)).toMatchObject({ rung: 'read-back', proof: { by: 'wado', result: 'changed' } });
  });

  it('waits for an object that is listed and is not given', async () => {
    expect(await delivered(false)).toMatchObject({ state: 'waiting', reason: { code: 'NOTIFIER_NOT_FOUND_YET' } });
  });

  it.each([
    ['no service', 503, 'waiting', 'NOTIFIER_FETCH_FAILED'],
    ['no right', 403, 'unproven', 'NOTIFIER_HTTP_REFUSED'],
  ])('says so where there is %s: listed is not the same as proven', async (_, status, state, code) => {
    web.mood.status = status;
    const record = await delivered();
    expect(record).toMatchObject({ state, reason: { code }, objects: [{ proof: 'listed' }, { proof: 'listed' }] });
    expect(record.rungs.at(-1)?.rung).toBe('sent');
  });

  it.each([
    ['is half a file', (file: Buffer) => file.subarray(0, file.length - 9)],
    ['is no file', () => Buffer.from('<html>')],
  ])('asks again where the answer %s', async (_, alter) => {
    web.mood.alter = alter;
    expect(await delivered()).toMatchObject({ state: 'waiting', reason: { code: 'NOTIFIER_FETCH_FAILED' } });
  });
});

describe('compareDataSets', () => {
  const natural = {
    PatientName: 'Muster^Eva',
    Rows: 7,
    SliceThickness: 2.5,
    ReferencedSeriesSequence: [{ SeriesInstanceUID: '1.2.3' }, { SeriesInstanceUID: '1.2.4' }],
  };
  const set = (change: object = {}, syntax = EXPLICIT) =>
    parseDataSet(encodeDataSet({ ...natural, ...change }, syntax), syntax);

  it('takes another encoding of the same values for equal', () => {
    expect(compareDataSets(set(), set({}, IMPLICIT))).toEqual({ proof: 'equal', changed: [] });
  });

  it.each([
    ['another value', { Rows: 8 }, ['(0028,0010)']],
    ['an element more', { Columns: 3 }, ['(0028,0011)']],
    ['an empty value', { PatientName: '' }, ['(0010,0010)']],
    ['an item less', { ReferencedSeriesSequence: [{ SeriesInstanceUID: '1.2.3' }] }, ['(0008,1115)']],
    [
      'another value in an item',
      { ReferencedSeriesSequence: [{ SeriesInstanceUID: '1.2.3' }, { SeriesInstanceUID: '1.2.5' }] },
      ['(0008,1115)[2].(0020,000E)'],
    ],
  ])('names %s', (_, change, changed) => {
    expect(compareDataSets(set(), set(change))).toEqual({ proof: 'changed', changed });
  });
});
