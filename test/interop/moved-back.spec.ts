import { openAssociation } from '@endplate/dimse';
import { dimseDestinationSchema } from '@endplate/platform';
import { readPart10, SopClass, TransferSyntax } from '@endplate/dicom';
import { CommitmentRecords } from '../../apps/notifier/src/commitment/commitment-records';
import { reportKey } from '@endplate/store';
import { checkObject } from '../../apps/notifier/src/deliver/check-object';
import { deliveryTarget, DeliverVersion } from '../../apps/notifier/src/deliver/deliver-version';
import { dimseDestination } from '../../apps/notifier/src/destination/dimse';
import { storedReports, type StoredReports } from '../../apps/notifier/src/fixture/stored-reports';
import { RetrieveDesk } from '../../apps/notifier/src/retrieve/retrieve-desk';
import { RetrieveServer } from '../../apps/notifier/src/retrieve/retrieve-server';
import { VerifyDelivery } from '../../apps/notifier/src/verify/verify-delivery';
import { type Orthanc, startOrthanc } from '../servers/orthanc';

const AE_TITLE = 'ENDPLATE_BACK';
const desk = new RetrieveDesk();

let pacs: Orthanc;
let server: RetrieveServer;
let port: number;

beforeAll(async () => {
  pacs = await startOrthanc();
  const callingAETitles = [pacs.aeTitle];
  server = new RetrieveServer({ host: pacs.outsideHost, port: 0, aeTitle: AE_TITLE, callingAETitles }, desk);
  ({ port } = await server.listen());
  // Orthanc moves for callers that it knows, to addresses that it knows.
  await pacs.rest.addModality('endplate', { aeTitle: 'ENDPLATE', host: pacs.outsideHost, port });
});
afterAll(async () => {
  await server?.close();
  await pacs?.stop();
});

describe('a delivery whose bytes are proven by C-MOVE', () => {
  let reports: StoredReports;
  beforeEach(async () => (reports = await storedReports()));
  afterEach(() => reports.remove());

  async function delivered(maxAttempts = 3) {
    const settings = dimseDestinationSchema.parse({
      ...{ name: 'pacs', kind: 'dimse', host: pacs.host, port: pacs.dicomPort, aeTitle: pacs.aeTitle },
      ...{ byteCheck: 'c-move', maxAttempts },
    });
    const back = { desk, aeTitle: AE_TITLE };
    const target = deliveryTarget(settings, dimseDestination(settings, 'ENDPLATE', undefined, back));
    const ports = {
      ...{ store: reports.store, records: reports.records, commitments: new CommitmentRecords(reports.store) },
      check: checkObject,
      now: () => '2026-11-24T03:00:00.000Z',
      notify: () => undefined,
      jobs: { verify: () => Promise.resolve('added' as const) },
    };
    await new DeliverVersion(ports).run(reports.name, target);
    await new VerifyDelivery(ports).run(reports.name, target).catch((error: { code?: string }) => {
      if (!error.code) throw error;
    });
    return (await reports.records.read(reports.name))!;
  }

  it('is not called delivered while Orthanc does not know where to move to', async () => {
    const record = await delivered();
    expect(record.state).toBe('waiting');
    expect(record.rungs.map(({ rung }) => rung)).not.toContain('read-back');
    expect(record).toMatchObject({ reason: { code: 'NOTIFIER_FETCH_FAILED' } });
  });

  it('comes back from Orthanc with the bytes that were sent', async () => {
    await pacs.rest.addModality('back', { aeTitle: AE_TITLE, host: pacs.outsideHost, port });
    const record = await delivered();
    expect(record).toMatchObject({ state: 'delivered', objects: [{ proof: 'identical' }, { proof: 'identical' }] });
    expect(record.rungs.at(-1)?.proof).toEqual({ by: 'c-move', result: 'identical' });
  });
});

describe('the door that moved objects come in by', () => {
  const contexts = [
    { abstractSyntax: SopClass.SecondaryCaptureImageStorage, transferSyntaxes: [TransferSyntax.ExplicitVRLittleEndian] },
  ]; // prettier-ignore
  const call = (callingAETitle: string, calledAETitle = AE_TITLE) =>
    openAssociation({ host: pacs.outsideHost, port, callingAETitle, calledAETitle, contexts });

  it('is closed to whoever is no destination, and under another title', async () => {
    await expect(call('STRANGER')).rejects.toMatchObject({ code: 'DIMSE_ASSOCIATION_REJECTED' });
    await expect(call(pacs.aeTitle, 'ANOTHER')).rejects.toMatchObject({ code: 'DIMSE_ASSOCIATION_REJECTED' });
  });

  it('refuses an object that nobody asked for, and one larger than was sent', async () => {
    const reports = await storedReports();
    try {
      const { studyInstanceUID, version } = reports.name;
      const file = await reports.store.get(reportKey(studyInstanceUID, version, 'sc-overview'));
      const { meta, dataSetOffset } = readPart10(file);
      const instance = { sopClassUID: meta.sopClassUID, sopInstanceUID: meta.sopInstanceUID, transferSyntaxUID: meta.transferSyntaxUID, dataSet: file.subarray(dataSetOffset) }; // prettier-ignore
      const association = await call(pacs.aeTitle);
      expect(await association.store(instance)).toMatchObject({ status: 0x0124 });
      const small = desk.expect(meta.sopInstanceUID, 64);
      expect(await association.store(instance)).toMatchObject({ status: 0xa700 });
      expect(small.received()).toBeUndefined();
      small.forget();
      const enough = desk.expect(meta.sopInstanceUID, file.length);
      expect(await association.store(instance)).toMatchObject({ status: 0 });
      expect(enough.received()!.dataSet.equals(instance.dataSet)).toBe(true);
      enough.forget();
      await association.release();
    } finally {
      await reports.remove();
    }
  });
});
