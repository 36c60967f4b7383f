import { SopClass } from '@endplate/dicom';
import { Status } from '@endplate/dimse';
import { dimseDestinationSchema } from '@endplate/platform';
import { quarantineKey } from '@endplate/store';
import { type DeliveryRecord } from '@endplate/studies';
import { CommitmentRecords } from './commitment/commitment-records';
import { deliveryTarget, DeliverVersion, type DeliverVersionPorts } from './deliver/deliver-version';
import { checkObject } from './deliver/check-object';
import { dimseDestination } from './destination/dimse';
import { dyingPorts } from './fixture/dying-ports';
import { SmallPacs } from './fixture/small-pacs';
import { REPORT_UID, storedReports, type StoredReports } from './fixture/stored-reports';
import { type DeliveryName } from './ladder';
import { type NotifierEvent } from './notifier-event';
import { VerifyDelivery, type VerifyDeliveryPorts } from './verify/verify-delivery';

let pacs: SmallPacs;
let reports: StoredReports;
let events: NotifierEvent[];
let verifications: DeliveryName[];
let minute: number;

beforeEach(async () => {
  pacs = await SmallPacs.start();
  reports = await storedReports();
  [events, verifications, minute] = [[], [], 0];
});
afterEach(async () => {
  await pacs.stop();
  await reports.remove();
});

const commitments = () => new CommitmentRecords(reports.store);
/** One minute later each time. */
const now = () => new Date(Date.UTC(2026, 10, 23, 11, minute++)).toISOString();

function target(settings: object = {}) {
  const destination = dimseDestinationSchema.parse({
    name: 'pacs',
    kind: 'dimse',
    host: '127.0.0.1',
    port: pacs.port,
    aeTitle: 'PACS',
    connectTimeoutMs: 2000,
    responseTimeoutMs: 5000,
    ...settings,
  });
  return deliveryTarget(destination, dimseDestination(destination, 'ENDPLATE', commitments()));
}

function ports(changed: Partial<DeliverVersionPorts> = {}): DeliverVersionPorts & VerifyDeliveryPorts {
  return {
    store: reports.store,
    records: reports.records,
    commitments: commitments(),
    now,
    check: checkObject,
    notify: (event) => void events.push(event),
    jobs: {
      verify: (name) => {
        verifications.push(name);
        return Promise.resolve('added');
      },
    },
    ...changed,
  };
}

const deliver = (settings: object = {}, changed: Partial<DeliverVersionPorts> = {}) =>
  new DeliverVersion(ports(changed)).run(reports.name, target(settings));
const verify = (settings: object = {}, changed: Partial<DeliverVersionPorts> = {}) =>
  new VerifyDelivery(ports(changed)).run(reports.name, target(settings));
const record = async (): Promise<DeliveryRecord> => (await reports.records.read(reports.name))!;
const rungs = async () => (await record()).rungs.map(({ rung }) => rung);

describe('delivery', () => {
  it('climbs from rendered to read back, and the PACS has one report and the picture', async () => {
    await deliver();
    expect(await rungs()).toEqual(['rendered', 'validated', 'sent']);
    expect(await record()).toMatchObject({ state: 'under-way', attempts: 1 });
    expect(verifications).toEqual([reports.name]);
    await verify();
    expect(await rungs()).toEqual(['rendered', 'validated', 'sent', 'read-back']);
    const done = await record();
    expect(done.state).toBe('delivered');
    expect(done.objects.map(({ name, status, readBack }) => [name, status, readBack])).toEqual([
      ['sr-comprehensive-3d', 0, true],
      ['sc-overview', 0, true],
    ]);
    expect([...pacs.instances.keys()]).toEqual([REPORT_UID['sr-comprehensive-3d'], REPORT_UID['sc-overview']]);
    expect(events.map((event) => (event.type === 'rung' ? event.rung : event.type))).toEqual([
      'rendered', 'validated', 'sent', 'read-back', 'ended',
    ]); // prettier-ignore
  });

  it('does nothing once it is over', async () => {
    await deliver();
    await verify();
    const before = await record();
    await deliver();
    await verify();
    expect(await record()).toEqual(before);
    expect(pacs.arrivals).toHaveLength(2);
  });

  it('ends with exactly one report, killed at any write and after any answer', async () => {
    let kills = 0;
    for (let survived = 0; ; survived++) {
      await reports.remove();
      reports = await storedReports();
      pacs.instances.clear();
      const dying = dyingPorts(reports, survived);
      const killed = await deliver({}, dying).then(
        () => verify({}, dying),
        (error: Error) => Promise.reject(error),
      ).then(() => false, (error: Error) => error.message === 'killed'); // prettier-ignore
      if (killed) kills += 1;
      await deliver();
      await verify();
      expect(await record()).toMatchObject({ state: 'delivered' });
      expect([...pacs.instances.keys()].sort()).toEqual(
        [REPORT_UID['sr-comprehensive-3d'], REPORT_UID['sc-overview']].sort(),
      );
      if (!killed) break;
    }
    // Four writes while sending, the call for the proof, three writes while reading back.
    expect(kills).toBe(8);
  });

  it('sends the next profile where the SOP class of the first is refused', async () => {
    pacs.mood.sopClasses = [SopClass.ComprehensiveSRStorage, SopClass.SecondaryCaptureImageStorage];
    await deliver({ profile: ['comprehensive-3d', 'comprehensive'] });
    await verify({ profile: ['comprehensive-3d', 'comprehensive'] });
    expect(await record()).toMatchObject({ state: 'delivered', objects: [{ name: 'sr-comprehensive' }, {}] });
    expect([...pacs.instances.keys()]).toContain(REPORT_UID['sr-comprehensive']);
  });

  it('delivers the report where the pictures are refused, and says so', async () => {
    pacs.mood.sopClasses = [SopClass.Comprehensive3DSRStorage];
    await deliver();
    await verify();
    expect(await record()).toMatchObject({
      state: 'delivered',
      reason: { code: 'PARTLY_REFUSED', text: 'The destination took all but sc-overview.' },
      objects: [
        { name: 'sr-comprehensive-3d', readBack: true },
        { name: 'sc-overview', readBack: false },
      ],
    });
  });

  it('gives up at once when the report is refused, and says why', async () => {
    pacs.mood.status = Status.DataSetDoesNotMatchSOPClass;
    await deliver();
    expect(await record()).toMatchObject({
      state: 'dead-letter',
      reason: { code: 'REFUSED', text: expect.stringContaining('status 0xA900') as string },
    });
    expect(verifications).toEqual([]);
  });

  it('gives up at once when the association is rejected for good', async () => {
    pacs.mood.rejects = true;
    await deliver();
    expect(await record()).toMatchObject({ state: 'dead-letter', reason: { code: 'DIMSE_ASSOCIATION_REJECTED' } });
  });

  it('gives up when nothing that it has is taken', async () => {
    pacs.mood.sopClasses = [];
    await deliver();
    expect(await record()).toMatchObject({ state: 'dead-letter' });
  });

  it('waits while the PACS is away or full, and goes on when it is back', async () => {
    await pacs.stop();
    await expect(deliver()).rejects.toMatchObject({ code: 'DIMSE_CONNECT_FAILED', retryable: true });
    expect(await record()).toMatchObject({ state: 'waiting', attempts: 1, reason: { code: 'DIMSE_CONNECT_FAILED' } });
    pacs = await SmallPacs.start();
    pacs.mood.status = Status.OutOfResources;
    await expect(deliver()).rejects.toMatchObject({ code: 'NOTIFIER_STORE_STATUS', retryable: true });
    expect(await record()).toMatchObject({ state: 'waiting', attempts: 2 });
    pacs.mood.status = Status.Success;
    await deliver();
    expect(await record()).toMatchObject({ state: 'under-way', attempts: 3 });
    expect((await record()).reason).toBeUndefined();
  });

  it('gives up after the tries that are allowed, with the last reason', async () => {
    await pacs.stop();
    await expect(deliver({ maxAttempts: 2 })).rejects.toThrow();
    await deliver({ maxAttempts: 2 });
    expect(await record()).toMatchObject({
      state: 'dead-letter',
      reason: { code: 'DIMSE_CONNECT_FAILED', text: expect.stringContaining('after 2 tries') as string },
    });
    pacs = await SmallPacs.start();
  });

  it('takes "I have it already" for sent, and lets the read-back decide', async () => {
    pacs.mood.status = Status.DuplicateSOPInstance;
    pacs.instances.set(REPORT_UID['sr-comprehensive-3d'], Buffer.alloc(0));
    await deliver({ objects: ['sr'] });
    await verify({ objects: ['sr'] });
    expect(await record()).toMatchObject({ state: 'delivered', objects: [{ status: 0x0111 }] });
  });

  it('never counts as delivered what the PACS took and does not have', async () => {
    pacs.mood.forgetful = true;
    await deliver();
    await expect(verify({ maxAttempts: 2 })).rejects.toMatchObject({ code: 'NOTIFIER_NOT_FOUND_YET' });
    expect(await record()).toMatchObject({ state: 'waiting', checks: 1 });
    await verify({ maxAttempts: 2 });
    expect(await record()).toMatchObject({ state: 'dead-letter', reason: { code: 'NOTIFIER_NOT_FOUND_YET' } });
  });

  it.each([
    ['cannot be asked', {}, 'DIMSE_CONTEXT_REFUSED'],
    ['is not to be asked', { readBack: 'none' }, 'READ_BACK_OFF'],
  ])('calls a delivery unproven where the PACS %s', async (_, settings, code) => {
    pacs.mood.answersFind = false;
    await deliver(settings);
    await verify(settings);
    expect(await record()).toMatchObject({ state: 'unproven', reason: { code } });
    expect(await rungs()).not.toContain('read-back');
  });

  it('sends nothing of a version that was not analysed', async () => {
    await reports.remove();
    reports = await storedReports({ status: 'not-analysed', reason: { code: 'NO_IMAGES', text: 'None.' } });
    await deliver();
    expect(await record()).toMatchObject({ state: 'nothing-to-send', reason: { code: 'NOT_ANALYSED' } });
    expect(pacs.arrivals).toEqual([]);
  });

  it('never sends what was put aside', async () => {
    await reports.remove();
    reports = await storedReports({ status: 'analysed' }, ['sc-overview']);
    const { studyInstanceUID } = reports.name;
    await reports.store.put(quarantineKey(studyInstanceUID, 1, 'sr-comprehensive-3d.json'), Buffer.from('{}'));
    await deliver();
    expect(await record()).toMatchObject({ state: 'dead-letter', reason: { code: 'QUARANTINED' } });
    expect(pacs.arrivals).toEqual([]);
  });

  it('looks at each object once more before it leaves', async () => {
    await deliver({}, { check: ({ name }) => (name === 'sr-comprehensive-3d' ? ['no title'] : []) });
    expect(await record()).toMatchObject({
      state: 'dead-letter',
      rungs: [{ rung: 'rendered' }],
      reason: { code: 'OBJECT_INVALID', text: 'sr-comprehensive-3d: no title' },
    });
    expect(pacs.arrivals).toEqual([]);
  });
});
