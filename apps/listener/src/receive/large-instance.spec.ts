import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeFileMeta, TransferSyntax } from '@endplate/dicom';
import { conflictsPrefix, createFilesystemStore, instanceKey, type ObjectStore, type ObjectWriter, Spool, StoreUnavailableError, studyPrefix } from '@endplate/store'; // prettier-ignore
import { asStored, ctInstance, type TestInstance } from '../testing/instance';
import { type ReceivedOutcome } from './instance-intake';
import { InstanceLedger } from './instance-ledger';
import { InstanceReceiver } from './instance-receiver';
import { PendingStudies } from './pending-studies';
import { SpoolIntake, SpoolUploader } from './spool-intake';
import { StoreIntake } from './store-intake';

/** Requirement: what does not fit the spool is durable in the object store before success is answered, and replaces nothing. */

const SOURCE = { name: 'CT1', rules: { quietMs: 100, priority: 'routine' as const } };
const large = (tone: number): TestInstance => ctInstance('a', { rows: 1600, tone });

let folder: string;
let store: ObjectStore;
let spool: Spool;
let pending: PendingStudies;
let receiver: InstanceReceiver;
let outcomes: ReceivedOutcome['kind'][];
let recorded: () => void;
/** Runs before each commit of a large instance. */
let beforeCommit: () => Promise<void>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'endplate-large-'));
  store = await createFilesystemStore({ root: join(folder, 'store') });
  [outcomes, beforeCommit, recorded] = [[], () => Promise.resolve(), () => undefined];
  const marks = { set: () => Promise.resolve(), clear: () => Promise.resolve(), isSet: () => Promise.resolve(false) };
  pending = new PendingStudies(marks, 'spec', () => undefined);
  const ledger = new InstanceLedger({
    assembler: { instanceReceived: () => Promise.resolve() },
    timeline: { append: () => Promise.resolve() },
    notify: (event) => {
      if (event.type === 'instance-received') outcomes.push(event.outcome.kind);
      recorded();
    },
  });
  const uploader = new SpoolUploader(store, ledger, pending);
  spool = await Spool.open({
    folder: join(folder, 'spool'),
    maxBytes: 1024 ** 3,
    deliver: (record) => uploader.upload(record),
  });
  const openWrite = async (): Promise<ObjectWriter> => {
    const writer = await store.openWrite();
    return {
      get writtenBytes() {
        return writer.writtenBytes;
      },
      write: (chunk) => writer.write(chunk),
      commit: (key, options) => beforeCommit().then(() => writer.commit(key, options)),
      abort: () => writer.abort(),
    };
  };
  const direct = new StoreIntake({ openWrite, getStream: store.getStream.bind(store) }, ledger);
  receiver = new InstanceReceiver({ intake: new SpoolIntake(spool, pending, direct), maxInstanceBytes: 1024 ** 3 });
});
afterEach(async () => {
  pending.close();
  await spool.close();
  await rm(folder, { recursive: true });
});

async function receive({ sopClassUID, sopInstanceUID, dataSet }: TestInstance): Promise<void> {
  const meta = { sopClassUID, sopInstanceUID, transferSyntaxUID: TransferSyntax.ExplicitVRLittleEndian };
  const head = encodeFileMeta({ ...meta, sourceAETitle: SOURCE.name });
  const reception = await receiver.begin(meta, head, SOURCE);
  for (let at = 0; at < dataSet.length; at += 100_000) await reception.write(dataSet.subarray(at, at + 100_000));
  await reception.finish();
}

async function keysOf(instance: TestInstance): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(studyPrefix(instance.studyInstanceUID))) keys.push(key);
  return keys;
}

it('is not answered before the store has committed it', async () => {
  let letGo = (): void => undefined;
  const commitBegan = new Promise<void>((began) => {
    beforeCommit = () => {
      began();
      return new Promise((resolve) => (letGo = resolve));
    };
  });
  let isAnswered = false;
  const receiving = receive(large(0)).then(() => (isAnswered = true));
  await commitBegan;
  await new Promise((resolve) => setImmediate(resolve));
  expect(isAnswered).toBe(false);
  expect(await keysOf(large(0))).toEqual([]);
  letGo();
  await receiving;
  expect((await store.get(instanceKey(large(0)))).equals(asStored(large(0), 'CT1'))).toBe(true);
  expect(spool.records).toBe(0);
});

it('is refused where the store fails, and nothing of it stays', async () => {
  beforeCommit = () => Promise.reject(new StoreUnavailableError('The disk is ill'));
  await expect(receive(large(0))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  expect(await keysOf(large(0))).toEqual([]);
  expect(spool.records).toBe(0);
  expect(outcomes).toEqual([]);
});

it('is stored once, and kept as a conflict where its bytes are others, also beside a spooled one of the same UID', async () => {
  const uploaded = new Promise<void>((resolve) => (recorded = resolve));
  const small = ctInstance('a');
  await receive(small);
  await uploaded;
  for (const tone of [1, 1, 2]) await receive(large(tone));
  expect(outcomes).toEqual(['stored', 'conflict', 'duplicate', 'conflict']);
  expect((await store.get(instanceKey(small))).equals(asStored(small, 'CT1'))).toBe(true);
  const kept: Buffer[] = [];
  for await (const { key } of store.list(conflictsPrefix(small.studyInstanceUID))) kept.push(await store.get(key));
  for (const tone of [1, 2]) expect(kept.some((one) => one.equals(asStored(large(tone), 'CT1')))).toBe(true);
  expect(kept).toHaveLength(2);
});

it('of two at the same moment with other bytes keeps both', async () => {
  await Promise.all([1, 2].map((tone) => receive(large(tone))));
  expect(outcomes.sort()).toEqual(['conflict', 'stored']);
  const files = await Promise.all((await keysOf(large(1))).map((key) => store.get(key as never)));
  expect(files).toHaveLength(2);
  for (const tone of [1, 2]) expect(files.some((one) => one.equals(asStored(large(tone), 'CT1')))).toBe(true);
});
