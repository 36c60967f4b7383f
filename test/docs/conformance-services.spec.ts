import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { encodeDataSet, type NaturalDataset, SopClass, TransferSyntax } from '@endplate/dicom';
import { encodeCommitmentRequest, openAssociation, parseCommitmentResult, STORAGE_COMMITMENT_INSTANCE } from '@endplate/dimse'; // prettier-ignore
import { instanceKey } from '@endplate/store';
import { ctInstance } from '../../apps/listener/src/testing/instance';
import { type ListenerBench } from '../../apps/listener/src/testing/listener-bench';
import { CommandField, type CommandSet, DATA_SET_PRESENT, NO_DATA_SET } from '../../libs/dimse/src/message/command-set'; // prettier-ignore
import { document, rows } from './document-table';
import { type ListedBench, openListedBench } from './listed-bench';
import { RawPeer } from './raw-peer';

/** Requirement: the statuses of storage commitment, MPPS and IAN in the conformance statement are those that are answered. */

const TEXT = document('conformance.md');
const section = (from: string, to: string): string => TEXT.slice(TEXT.indexOf(from), TEXT.indexOf(to, TEXT.indexOf(from))); // prettier-ignore
const codesIn = (text: string): string[] => text.match(/\b[0-9A-F]{4}\b/g) ?? [];
/** Codes of the first column, an Error ID behind its status. */
const tableOf = (from: string, to: string): string[] =>
  rows(section(from, to))
    .slice(1)
    .flatMap(([cell]) => (cell!.includes('Error ID') ? [codesIn(cell!).join(' ')] : codesIn(cell!)))
    .sort();

const SYNTAX = TransferSyntax.ExplicitVRLittleEndian;
const COMMITMENT = SopClass.StorageCommitmentPushModel;
const STEP = SopClass.ModalityPerformedProcedureStep;
const NOTIFICATION = SopClass.InstanceAvailabilityNotification;
const explicit = (list: NaturalDataset): Buffer => encodeDataSet(list, SYNTAX);
const stored = ctInstance('stored');
const reference = { ReferencedSOPClassUID: stored.sopClassUID, ReferencedSOPInstanceUID: stored.sopInstanceUID };

let listed: ListedBench;
let bench: ListenerBench;
beforeAll(async () => {
  listed = await openListedBench([{ aeTitle: 'CT1' }, { aeTitle: 'CT2' }]);
  ({ bench } = listed);
});
afterAll(() => listed?.close());

interface Asked {
  readonly sopClass?: string;
  readonly uid?: string;
  readonly data?: Buffer;
  readonly actionTypeID?: number;
  /** An association that is open already. */
  readonly peer?: RawPeer;
}

/** What one request is answered with: the status, and the Error ID where there is one. */
async function ask(field: keyof typeof CommandField, service: string, asked: Asked): Promise<string> {
  const { sopClass = service, uid, data } = asked;
  const peer = asked.peer ?? (await RawPeer.open(bench.port, 'CT1', [[service, SYNTAX]]));
  const isCreate = field === 'NCreateRq';
  const command: CommandSet = {
    CommandField: CommandField[field],
    MessageID: 1,
    CommandDataSetType: data ? DATA_SET_PRESENT : NO_DATA_SET,
    ...(isCreate ? { AffectedSOPClassUID: sopClass } : { RequestedSOPClassUID: sopClass }),
    ...(uid === undefined ? {} : isCreate ? { AffectedSOPInstanceUID: uid } : { RequestedSOPInstanceUID: uid }),
    ...(asked.actionTypeID === undefined ? {} : { ActionTypeID: asked.actionTypeID }),
  };
  const { Status: status = -1, ErrorID } = await peer.ask(1, command, data);
  peer.close();
  return [status, ErrorID].flatMap((one) => (one === undefined ? [] : [hex(one)])).join(' ');
}

const hex = (code: number): string => code.toString(16).toUpperCase().padStart(4, '0');
const distinct = (codes: readonly string[]): string[] => [...new Set(codes)].sort();

const request = (transaction: string, instances = [stored]): Buffer => encodeCommitmentRequest(transaction, instances, SYNTAX); // prettier-ignore
const action = (data: Buffer, changes: Asked = {}): Promise<string> =>
  ask('NActionRq', COMMITMENT, { uid: STORAGE_COMMITMENT_INSTANCE, actionTypeID: 1, data, ...changes });

it('what all of them answer to a command that is not in order', async () => {
  const data = request('1.2.900');
  const answered = [
    await action(data, { sopClass: STEP }),
    await action(data, { uid: '1.2.03' }),
    await action(Buffer.concat([data, Buffer.alloc(4 * 1024 ** 2)])),
    await ask('NCreateRq', COMMITMENT, { uid: STORAGE_COMMITMENT_INSTANCE, data }),
    await ask('NGetRq', STEP, { uid: '1.2.901' }),
    await ask('NSetRq', NOTIFICATION, { uid: '1.2.902', data }),
    ...(await afterTheyWereTakenAway([COMMITMENT, STEP, NOTIFICATION], data)),
  ];
  expect(distinct(answered)).toEqual(distinct(codesIn(section('Each in explicit and implicit VR', '**Storage Commitment.**')))); // prettier-ignore
});

/** What an AE is answered whose services were taken from it while its associations were open. */
async function afterTheyWereTakenAway(services: readonly string[], data: Buffer): Promise<string[]> {
  const peers = await Promise.all(services.map((service) => RawPeer.open(bench.port, 'CT2', [[service, SYNTAX]])));
  const reloads = bench.logged.filter((id) => id === 'LSN-073').length;
  await writeFile(listed.list, JSON.stringify([{ aeTitle: 'CT1' }, { aeTitle: 'CT2', services: ['storage'] }]));
  await bench.untilLogged('LSN-073', reloads + 1);
  const [field, other] = ['NActionRq', 'NCreateRq'] as const;
  return Promise.all(
    peers.map((peer, i) => ask(i === 0 ? field : other, services[i]!, { uid: '1.2.903', actionTypeID: 1, data, peer })),
  );
}

it('the statuses of the N-ACTION', async () => {
  const many = Array.from({ length: 10_001 }, () => stored);
  const answered = [
    await action(request('1.2.1')),
    await action(request('1.2.1')),
    await action(request('1.2.2'), { uid: '1.2.3' }),
    await action(request('1.2.2'), { actionTypeID: 2 }),
    await action(request('no UID')),
    await action(request('1.2.2', [])),
    await action(Buffer.from([1, 2, 3])),
    await action(request('1.2.2', many)),
    await withoutFolder('commitment-requests', () => action(request('1.2.4'))),
  ];
  expect(distinct(answered)).toEqual(tableOf('| Status of the N-ACTION', '| Failure Reason'));
});

it('the failure reasons', async () => {
  const { port } = bench;
  const [broken, missing] = [ctInstance('broken'), ctInstance('missing')];
  await bench.store.put(instanceKey(stored), stored.file);
  await bench.store.put(instanceKey(broken), Buffer.from('no Part 10 file'));
  const contexts = [{ abstractSyntax: COMMITMENT, transferSyntaxes: [SYNTAX] }];
  let heard: (reasons: string[]) => void;
  const told = new Promise<string[]>((resolve) => (heard = resolve));
  const association = await openAssociation({
    ...{ host: '127.0.0.1', port, callingAETitle: 'CT1', calledAETitle: 'ENDPLATE', contexts },
    eventReport: ({ dataSet, transferSyntaxUID }) => {
      const { committed, failed } = parseCommitmentResult(dataSet, transferSyntaxUID);
      expect(committed).toEqual([stored.sopInstanceUID]);
      heard(failed.map(({ reason }) => hex(reason)));
      return { status: 0 };
    },
  });
  const otherClass = { sopClassUID: SopClass.MRImageStorage, sopInstanceUID: ctInstance('class').sopInstanceUID };
  await bench.store.put(instanceKey(ctInstance('class')), ctInstance('class').file);
  const dataSet = encodeCommitmentRequest('1.2.5', [stored, broken, missing, otherClass], SYNTAX);
  const target = { sopClassUID: COMMITMENT, sopInstanceUID: STORAGE_COMMITMENT_INSTANCE, actionTypeID: 1 };
  expect(await association.action({ ...target, dataSet })).toEqual({ status: 0 });
  expect((await told).sort()).toEqual(tableOf('| Failure Reason', '**Modality Performed'));
  await association.release();
});

const begun: NaturalDataset = {
  ScheduledStepAttributesSequence: [{ StudyInstanceUID: stored.studyInstanceUID }],
  ...{ PerformedProcedureStepID: 'P1', PerformedStationAETitle: 'CT1', Modality: 'CT' },
  ...{ PerformedProcedureStepStartDate: '20261124', PerformedProcedureStepStartTime: '10' },
  PerformedProcedureStepStatus: 'IN PROGRESS',
};
const completed: NaturalDataset = {
  PerformedProcedureStepStatus: 'COMPLETED',
  ...{ PerformedProcedureStepEndDate: '20261124', PerformedProcedureStepEndTime: '11' },
  PerformedSeriesSequence: [{ SeriesInstanceUID: stored.seriesInstanceUID, ReferencedImageSequence: [reference] }],
};
const without = (list: NaturalDataset, name: string): NaturalDataset => Object.fromEntries(Object.entries(list).filter(([key]) => key !== name)) as NaturalDataset; // prettier-ignore
const create = (list: NaturalDataset | Buffer, changes: Asked = {}): Promise<string> =>
  ask('NCreateRq', STEP, { uid: '1.2.840.1', data: Buffer.isBuffer(list) ? list : explicit(list), ...changes });
const set = (list: NaturalDataset, uid = '1.2.840.1'): Promise<string> => ask('NSetRq', STEP, { uid, data: explicit(list) }); // prettier-ignore

it('the statuses of N-CREATE and N-SET', async () => {
  const available = { ...reference, InstanceAvailability: 'ONLINE' };
  const notify = (changes: NaturalDataset, asked: Asked = {}): Promise<string> => {
    const series = [{ SeriesInstanceUID: stored.seriesInstanceUID, ReferencedSOPSequence: [available] }];
    const list = { StudyInstanceUID: stored.studyInstanceUID, ReferencedSeriesSequence: series, ...changes };
    return ask('NCreateRq', NOTIFICATION, { uid: '1.2.840.2', data: explicit(list), ...asked });
  };
  const crowd = [{ SeriesInstanceUID: stored.seriesInstanceUID, ReferencedSOPSequence: Array.from({ length: 20_001 }, () => ({ InstanceAvailability: 'ONLINE' })) }]; // prettier-ignore
  const answered = [
    await create(begun),
    await notify({}),
    await create(begun),
    await set({ ScheduledStepAttributesSequence: [{ StudyInstanceUID: '1.2.840.3' }] }),
    await create({ ...begun, PerformedProcedureStepStatus: 'OVER' }, { uid: '1.2.840.4' }),
    await notify({ StudyInstanceUID: '1.2.03' }),
    await set(completed, '1.2.840.5'),
    await create(without(begun, 'Modality'), { uid: '1.2.840.6' }),
    await create({ ...begun, Modality: '' }, { uid: '1.2.840.6' }),
    await create(Buffer.from([1, 2, 3]), { uid: '1.2.840.6' }),
    await notify({ ReferencedSeriesSequence: crowd }),
    await withoutFolder('performed-steps', () => create(begun, { uid: '1.2.840.7' })),
    await set(completed),
    await set(completed),
  ];
  expect(distinct(answered)).toEqual(tableOf('| Status of N-CREATE and N-SET', '\n## '));
});

/** A store in which a file is where this folder of objects belongs. */
async function withoutFolder(name: string, run: () => Promise<string>): Promise<string> {
  const [there, aside] = [path.join(bench.folder, name), path.join(bench.folder, `.${name}`)];
  await rename(there, aside).catch(() => undefined);
  await writeFile(there, '');
  const answered = await run();
  await rm(there);
  await rename(aside, there).catch(() => undefined);
  return answered;
}
