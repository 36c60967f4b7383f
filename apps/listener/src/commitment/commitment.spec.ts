import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SopClass, TransferSyntax } from '@endplate/dicom';
import {
  type CommitmentInstance,
  type CommitmentResult,
  DimseServer,
  encodeCommitmentRequest,
  openAssociation,
  parseCommitmentResult,
  REQUEST_COMMITMENT,
  type ScuAssociation,
  Status,
  STORAGE_COMMITMENT_INSTANCE,
} from '@endplate/dimse';
import { createFilesystemStore, instanceKey, type ObjectStore } from '@endplate/store';
import { ctInstance } from '../testing/instance';
import { CommitmentDesk, type CommitmentEvent } from './commitment-desk';
import { CommitmentRequests } from './commitment-requests';
import { CommitmentService } from './commitment-service';
import { StoredInstances } from './stored-instances';

const MODEL = SopClass.StorageCommitmentPushModel;
const SYNTAX = TransferSyntax.ImplicitVRLittleEndian;
const CONTEXT = { abstractSyntax: MODEL, transferSyntaxes: [SYNTAX] };
const TIMES = { stayMs: 0, retryMs: 1, sweepMs: 3_600_000, keepMs: 3_600_000 };

const stored = ctInstance('stored');
const other = ctInstance('other');
const one: CommitmentInstance = { sopClassUID: stored.sopClassUID, sopInstanceUID: stored.sopInstanceUID };
const missing: CommitmentInstance = { sopClassUID: other.sopClassUID, sopInstanceUID: other.sopInstanceUID };

let folder: string;
let store: ObjectStore;
let records: CommitmentRequests;
let desk: CommitmentDesk;
let scp: DimseServer;
let requester: DimseServer;
let results: CommitmentResult[];
let events: CommitmentEvent[];
let answer: number;
let now: Date;
let heard: () => void;
let address: { host: string; port: number; aeTitle: string } | undefined;
let moving: boolean;

const take = (dataSet: Buffer, syntax: string) => {
  results.push(parseCommitmentResult(dataSet, syntax));
  return { status: answer };
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'endplate-commitment-'));
  store = await createFilesystemStore({ root: folder });
  await store.put(instanceKey(stored), stored.file);
  [results, events, answer, now, moving] = [[], [], Status.Success, new Date('2026-11-23T10:00:00Z'), false];
  heard = () => undefined;
  requester = new DimseServer({
    accept: () => ({ kind: 'accept', contexts: [{ ...CONTEXT, requestorRoles: { scu: false, scp: true } }] }),
    services: { eventReport: ({ dataSet, transferSyntaxUID }) => take(dataSet, transferSyntaxUID) },
  });
  const { port } = await requester.listen({ host: '127.0.0.1', port: 0 });
  address = { host: '127.0.0.1', port, aeTitle: 'CT1' };
  records = new CommitmentRequests(store);
  desk = newDesk();
  scp = new DimseServer({
    accept: () => ({ kind: 'accept', contexts: [CONTEXT] }),
    services: { normalised: { [MODEL]: (request) => new CommitmentService(records, desk, () => now).handle(request) } },
  });
});
afterEach(async () => {
  await scp.close({ drainMs: 0 });
  await requester.close({ drainMs: 0 });
  await desk.stop();
  await store.close();
  await rm(folder, { recursive: true });
});

function newDesk(): CommitmentDesk {
  return new CommitmentDesk(
    {
      instances: new StoredInstances(store, () => []),
      records,
      moving: () => moving,
      directory: { partner: () => ({ fetch: false, ...(address ? { commitment: address } : {}) }) },
      aeTitle: 'ENDPLATE',
      now: () => now,
      notify: (event) => {
        events.push(event);
        heard();
      },
    },
    TIMES,
  );
}

/** Resolves at the next thing that the desk tells. */
function told(): Promise<void> {
  return new Promise((resolve) => (heard = resolve));
}

async function associate(): Promise<ScuAssociation> {
  const { port } = await scp.listen({ host: '127.0.0.1', port: 0 });
  return openAssociation({
    ...{ host: '127.0.0.1', port, callingAETitle: 'CT1', calledAETitle: 'ENDPLATE', contexts: [CONTEXT] },
    eventReport: ({ dataSet, transferSyntaxUID }) => take(dataSet, transferSyntaxUID),
  });
}

function ask(association: ScuAssociation, transactionUID: string, instances: readonly CommitmentInstance[]) {
  const dataSet = encodeCommitmentRequest(transactionUID, instances, SYNTAX);
  const target = { sopClassUID: MODEL, sopInstanceUID: STORAGE_COMMITMENT_INSTANCE };
  return association.action({ ...target, actionTypeID: REQUEST_COMMITMENT, dataSet });
}

describe('Storage Commitment as SCP', () => {
  it('answers on the association of the request while it is open', async () => {
    const association = await associate();
    const over = told();
    expect(await ask(association, '1.2.3', [one])).toEqual({ status: 0 });
    await over;
    expect(results).toEqual([{ transactionUID: '1.2.3', committed: [one.sopInstanceUID], failed: [] }]);
    expect(events).toMatchObject([{ type: 'answered', requester: 'CT1', committed: 1, failed: 0, here: true }]);
    expect(await records.read('1.2.3')).toMatchObject({ state: 'answered' });
    await association.release();
  });

  it('names what is of another class than asked for, also after the association of the request', async () => {
    const association = await associate();
    const over = told();
    const wrongClass = { ...one, sopClassUID: SopClass.MRImageStorage };
    expect(await ask(association, '1.2.4', [wrongClass, one])).toEqual({ status: 0 });
    await association.release();
    await over;
    expect(results[0]).toMatchObject({ failed: [{ sopInstanceUID: one.sopInstanceUID, reason: 0x0119 }] });
  });

  it('refuses a transaction twice, an unknown action and a broken request', async () => {
    const association = await associate();
    const over = told();
    expect(await ask(association, '1.2.5', [one])).toEqual({ status: 0 });
    await over;
    expect(await ask(association, '1.2.5', [one])).toMatchObject({ status: 0x0131 });
    const target = { sopClassUID: MODEL, sopInstanceUID: STORAGE_COMMITMENT_INSTANCE };
    const dataSet = encodeCommitmentRequest('1.2.6', [one], SYNTAX);
    expect(await association.action({ ...target, actionTypeID: 2, dataSet })).toMatchObject({ status: 0x0123 });
    expect(await association.action({ ...target, sopInstanceUID: '1.2', actionTypeID: 1, dataSet })).toMatchObject({ status: 0x0112 }); // prettier-ignore
    expect(await ask(association, '1.2.7', [])).toMatchObject({ status: 0x0115 });
    expect(await association.action({ ...target, actionTypeID: 1, dataSet: Buffer.from([1, 2, 3]) })).toMatchObject({ status: 0x0212 }); // prettier-ignore
    await association.release();
  });

  it('tells it again until the requester has taken it, also after a restart', async () => {
    answer = Status.ProcessingFailure;
    const association = await associate();
    const first = told();
    await ask(association, '1.2.8', [one]);
    await first;
    await association.release();
    expect(events).toMatchObject([{ type: 'delayed', attempt: 1 }]);
    await desk.stop();
    // Another process, later.
    desk = newDesk();
    now = new Date(now.getTime() + 60_000);
    answer = Status.Success;
    const second = told();
    await desk.sweep();
    await second;
    expect(events.at(-1)).toMatchObject({ type: 'answered', here: false });
    expect(results).toHaveLength(2);
    // Answered transactions are kept for a time, then forgotten.
    now = new Date(Date.now() + 2 * TIMES.keepMs);
    await desk.sweep();
    expect(await records.read('1.2.8')).toBeUndefined();
  });

  it('keeps an answer that nobody can be told until an address is known', async () => {
    const association = await associate();
    const saved = address;
    address = undefined;
    answer = Status.ProcessingFailure;
    const over = told();
    await ask(association, '1.2.9', [one]);
    await over;
    await association.release();
    expect(await records.read('1.2.9')).toMatchObject({ state: 'open', attempts: 1, result: { failed: [] } });
    [address, answer] = [saved, Status.Success];
    now = new Date(now.getTime() + 60_000);
    const told2 = told();
    await desk.sweep();
    await told2;
    expect(await records.read('1.2.9')).toMatchObject({ state: 'answered' });
  });

  it('leaves what it could not decide to the next process', async () => {
    moving = true;
    const association = await associate();
    await ask(association, '1.2.10', [missing]);
    await desk.stop();
    expect(await records.read('1.2.10')).toMatchObject({ state: 'open', attempts: 0 });
    await association.release();
  });
});
