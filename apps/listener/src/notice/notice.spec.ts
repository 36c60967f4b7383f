import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeDataSet, type NaturalDataset, SopClass, TransferSyntax } from '@endplate/dicom';
import { DimseServer, openAssociation, type ScuAssociation } from '@endplate/dimse';
import { createFilesystemStore, type ObjectStore } from '@endplate/store';
import { AvailabilityService } from './availability-service';
import { type NoticeEvent, type StudyNotice } from './notice';
import { PerformedStepService } from './performed-step-service';
import { PerformedSteps } from './performed-steps';

const STEP = SopClass.ModalityPerformedProcedureStep;
const NOTIFICATION = SopClass.InstanceAvailabilityNotification;
const SYNTAX = TransferSyntax.ImplicitVRLittleEndian;
const contexts = [STEP, NOTIFICATION].map((abstractSyntax) => ({ abstractSyntax, transferSyntaxes: [SYNTAX] }));

const begin: NaturalDataset = {
  ScheduledStepAttributesSequence: [{ StudyInstanceUID: '1.2.3' }],
  PerformedProcedureStepID: 'PPS1',
  PerformedStationAETitle: 'CT1',
  PerformedProcedureStepStartDate: '20261124',
  PerformedProcedureStepStartTime: '100000',
  PerformedProcedureStepStatus: 'IN PROGRESS',
  Modality: 'CT',
  PatientName: 'Nobody^Known',
  PatientID: 'PID-4711',
};
const completed: NaturalDataset = {
  PerformedProcedureStepStatus: 'COMPLETED',
  PerformedProcedureStepEndDate: '20261124',
  PerformedProcedureStepEndTime: '101500',
  PerformedSeriesSequence: [
    {
      SeriesInstanceUID: '1.2.3.1',
      ReferencedImageSequence: ['1.2.3.1.1', '1.2.3.1.2'].map((ReferencedSOPInstanceUID) => ({
        ReferencedSOPClassUID: SopClass.CTImageStorage,
        ReferencedSOPInstanceUID,
      })),
    },
  ],
};
const availability = (state: string): NaturalDataset => ({
  StudyInstanceUID: '1.2.3',
  ReferencedSeriesSequence: [
    {
      SeriesInstanceUID: '1.2.3.1',
      ReferencedSOPSequence: [
        { ReferencedSOPClassUID: SopClass.CTImageStorage, ReferencedSOPInstanceUID: '1.2.3.1.1', InstanceAvailability: state }, // prettier-ignore
      ],
    },
  ],
});
const instances = ['1.2.3.1.1', '1.2.3.1.2'].map((sopInstanceUID) => ({
  seriesInstanceUID: '1.2.3.1',
  sopInstanceUID,
}));

let folder: string;
let store: ObjectStore;
let server: DimseServer;
let association: ScuAssociation;
let notices: StudyNotice[];
let events: NoticeEvent[];
let allowed: boolean;
let failing: Error | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'endplate-notice-'));
  store = await createFilesystemStore({ root: folder });
  [notices, events, allowed, failing] = [[], [], true, undefined];
  server = new DimseServer({
    accept: () => ({ kind: 'accept', contexts }),
    services: { normalised: { [STEP]: (request) => steps().handle(request), [NOTIFICATION]: (r) => notified.handle(r) } }, // prettier-ignore
  });
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  association = await openAssociation({ host: '127.0.0.1', port, callingAETitle: 'CT1', calledAETitle: 'ENDPLATE', contexts }); // prettier-ignore
});
afterEach(async () => {
  await association.release();
  await server.close({ drainMs: 0 });
  await store.close();
  await rm(folder, { recursive: true });
});

const ports = {
  directory: { maySend: () => allowed },
  record: (notice: StudyNotice) => (failing ? Promise.reject(failing) : Promise.resolve(void notices.push(notice))),
  now: () => new Date('2026-11-24T10:15:00Z'),
  notify: (event: NoticeEvent) => void events.push(event),
};
const notified = new AvailabilityService(ports);
/** Another one each time: no state may lie in the process. */
const steps = () => new PerformedStepService(new PerformedSteps(store), ports);

const encode = (list: NaturalDataset) => encodeDataSet(list, SYNTAX);
const create = (list = begin, sopInstanceUID = '1.2.9') => association.create({ sopClassUID: STEP, sopInstanceUID, dataSet: encode(list) }); // prettier-ignore
const set = (list: NaturalDataset, sopInstanceUID = '1.2.9') => association.set({ sopClassUID: STEP, sopInstanceUID, dataSet: encode(list) }); // prettier-ignore
const notify = (state: string) => association.create({ sopClassUID: NOTIFICATION, sopInstanceUID: '1.2.8', dataSet: encode(availability(state)) }); // prettier-ignore

describe('Modality Performed Procedure Step as SCP', () => {
  it('makes a completed step evidence of its study, and keeps nothing of the patient', async () => {
    expect(await create()).toEqual({ status: 0 });
    expect(notices).toEqual([]);
    expect(await set(completed)).toEqual({ status: 0 });
    expect(notices).toEqual([{ source: 'mpps', studyInstanceUID: '1.2.3', id: '1.2.9', requester: 'CT1', instances }]);
    expect(events.map(({ outcome, instances: count }) => [outcome, count])).toEqual([
      ['begun', 0],
      ['recorded', 2],
    ]);
    let kept = '';
    for await (const { key } of store.list('performed-steps/' as never)) kept += (await store.get(key)).toString();
    expect(kept).toContain('1.2.3.1.2');
    expect(kept).not.toMatch(/Nobody|4711/);
  });

  it('answers 0111 to a step twice, 0112 to one that it does not know, 0110 with A710 to one that is over', async () => {
    await create();
    expect(await create()).toMatchObject({ status: 0x0111 });
    expect(await set(completed, '1.2.10')).toMatchObject({ status: 0x0112 });
    await set(completed);
    const over = { status: 0x0110, errorID: 0xa710, errorComment: 'Performed Procedure Step Object may no longer be updated' }; // prettier-ignore
    expect(await set(completed)).toEqual(over);
    expect(await create()).toMatchObject({ status: 0x0111 });
    expect(notices).toHaveLength(1);
  });

  it('stays in progress where the evidence could not be written, so that it can be told again', async () => {
    await create();
    failing = new Error('the store is away');
    expect(await set(completed)).toMatchObject({ status: 0x0110 });
    failing = undefined;
    expect(await set(completed)).toEqual({ status: 0 });
    expect(notices).toHaveLength(1);
  });

  it('takes a step that is broken off, and one of several studies, as no evidence', async () => {
    await create();
    expect(await set({ PerformedProcedureStepStatus: 'DISCONTINUED' })).toEqual({ status: 0 });
    await create({ ...begin, ScheduledStepAttributesSequence: [{ StudyInstanceUID: '1.1' }, { StudyInstanceUID: '1.2' }] }, '1.2.11'); // prettier-ignore
    expect(await set(completed, '1.2.11')).toEqual({ status: 0 });
    expect(notices).toEqual([]);
    expect(events.map(({ outcome }) => outcome)).toEqual(['begun', 'discontinued', 'begun', 'several-studies']);
  });

  it('names what is missing', async () => {
    const { Modality: _, ...rest } = begin;
    expect(await create(rest)).toMatchObject({ status: 0x0120, attributeIdentifierList: [0x00080060] });
  });

  it('takes them only of those whom the AE list allows, and no N-ACTION', async () => {
    expect(await association.action({ sopClassUID: STEP, sopInstanceUID: '1.2.9', actionTypeID: 1, dataSet: encode({}) })).toMatchObject({ status: 0x0211 }); // prettier-ignore
    allowed = false;
    expect(await create()).toMatchObject({ status: 0x0124 });
    expect(await notify('ONLINE')).toMatchObject({ status: 0x0124 });
    expect(notices).toEqual([]);
  });

  it('forgets steps after a time', async () => {
    await create();
    await set(completed);
    const kept = new PerformedSteps(store);
    expect(await kept.forget(new Date(Date.now() - 60_000))).toBe(0);
    expect(await kept.forget(new Date(Date.now() + 60_000))).toBe(2);
    expect(await set(completed)).toMatchObject({ status: 0x0112 });
  });
});

describe('Instance Availability Notification as SCP', () => {
  it('makes what is available evidence of its study', async () => {
    expect(await notify('NEARLINE')).toEqual({ status: 0 });
    expect(notices).toEqual([
      { source: 'ian', studyInstanceUID: '1.2.3', id: '1.2.8', requester: 'CT1', instances: [instances[0]] }, // prettier-ignore
    ]);
  });

  it('waits for nothing that is unavailable', async () => {
    expect(await notify('UNAVAILABLE')).toEqual({ status: 0 });
    expect(notices).toEqual([]);
    expect(events).toMatchObject([{ outcome: 'nothing-available' }]);
  });

  it('refuses what is none, and another service than N-CREATE', async () => {
    const target = { sopClassUID: NOTIFICATION, sopInstanceUID: '1.2.8' };
    expect(await association.create({ ...target, dataSet: encode({ StudyInstanceUID: '1.2.3' }) })).toMatchObject({ status: 0x0120, attributeIdentifierList: [0x00081115] }); // prettier-ignore
    expect(await association.set({ ...target, dataSet: encode(availability('ONLINE')) })).toMatchObject({ status: 0x0211 }); // prettier-ignore
  });
});
