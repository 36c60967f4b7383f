import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeFileMeta, TransferSyntax } from '@endplate/dicom';
import { createFilesystemStore, type ObjectStore, ObjectUnconfirmedError, Spool } from '@endplate/store';
import { type ReceivedOutcome } from '../receive/instance-intake';
import { InstanceLedger } from '../receive/instance-ledger';
import { InstanceReceiver } from '../receive/instance-receiver';
import { PendingStudies } from '../receive/pending-studies';
import { SpoolIntake, SpoolUploader } from '../receive/spool-intake';
import { StoreIntake } from '../receive/store-intake';
import { type TestInstance } from './instance';

export const SOURCE = { name: 'CT1', rules: { quietMs: 100, priority: 'routine' as const } };

/** Receiver, spool and store without a network, the store's `put` behind a gate. */
export class SpooledSite {
  /** Marked studies, as other listeners would see them. */
  readonly marked = new Set<string>();
  readonly pending = new PendingStudies(
    {
      set: async (study) => void this.marked.add(study),
      clear: async (study) => void this.marked.delete(study),
      isSet: (study) => Promise.resolve(this.marked.has(study)),
    },
    'spec',
    () => undefined,
  );
  readonly outcomes: ReceivedOutcome['kind'][] = [];
  private waits: (() => void)[] = [];
  private isRefusing = false;
  /** How often the store refuses from now on. */
  private refusals = 0;
  /** The store confirms, and has a byte of the pixels wrong. */
  isDamaging = false;
  readonly failures: unknown[] = [];
  retainMs = 3_600_000;
  readonly restored: string[] = [];
  private openGate: () => void = () => undefined;
  private gate: Promise<void> = Promise.resolve();

  private constructor(
    readonly folder: string,
    readonly store: ObjectStore,
  ) {}

  spool!: Spool;
  receiver!: InstanceReceiver;

  static async open(): Promise<SpooledSite> {
    const folder = await mkdtemp(join(tmpdir(), 'endplate-spooled-'));
    const site = new SpooledSite(folder, await createFilesystemStore({ root: join(folder, 'store') }));
    await site.start();
    return site;
  }

  async start(): Promise<void> {
    const ledger = new InstanceLedger({
      assembler: { instanceReceived: () => Promise.resolve() },
      timeline: { append: () => Promise.resolve() },
      notify: (event) => {
        if (event.type === 'instance-received') this.outcomes.push(event.outcome.kind);
        this.waits.forEach((wake) => wake());
      },
    });
    const { store } = this;
    const gated = {
      put: async (...args: Parameters<ObjectStore['put']>) => {
        if (this.isRefusing || this.refusals-- > 0) throw new Error('refused');
        await this.gate;
        const [key, body, options] = args;
        if (this.isDamaging && Buffer.isBuffer(body)) {
          await store.put(key, damaged(body), options);
          throw new ObjectUnconfirmedError(key);
        }
        return store.put(key, body, options);
      },
      getStream: store.getStream.bind(store),
      holds: store.holds.bind(store),
    };
    const uploader = new SpoolUploader(gated, ledger, this.pending, (study) => this.restored.push(study));
    this.spool = await Spool.open({
      folder: join(this.folder, 'spool'),
      maxBytes: 1024 ** 3,
      placeOf: (info) => uploader.keyOf(info),
      deliver: (record) => uploader.upload(record),
      retainMs: this.retainMs,
      recheck: (record) => uploader.recheck(record),
      replayed: (info) => uploader.replayed(info),
      notify: (event) => {
        if (event.type !== 'delivery-failed') return;
        this.failures.push(event.error);
        this.waits.forEach((wake) => wake());
      },
    });
    const intake = new SpoolIntake(this.spool, this.pending, new StoreIntake(store, ledger));
    this.receiver = new InstanceReceiver({ intake, maxInstanceBytes: 1024 ** 3 });
  }

  /** What is acknowledged here is uploaded by the next process alone, to a store that refuses a few times more. */
  async fillAndRestart(instances: readonly TestInstance[], refusals = 0): Promise<void> {
    this.isRefusing = true;
    for (const instance of instances) await this.receive(instance);
    await this.spool.close();
    this.isRefusing = false;
    this.refusals = refusals;
    await this.start();
  }

  shut(): void {
    this.gate = new Promise((resolve) => (this.openGate = resolve));
  }

  letGo(): void {
    this.openGate();
  }

  async until(outcomes: number, failures = 0): Promise<void> {
    while (this.outcomes.length < outcomes || this.failures.length < failures)
      await new Promise<void>((resolve) => this.waits.push(resolve));
  }

  async receive({ sopClassUID, sopInstanceUID, dataSet }: TestInstance): Promise<void> {
    const meta = { sopClassUID, sopInstanceUID, transferSyntaxUID: TransferSyntax.ExplicitVRLittleEndian };
    const head = encodeFileMeta({ ...meta, sourceAETitle: SOURCE.name });
    const reception = await this.receiver.begin(meta, head, SOURCE);
    for (let at = 0; at < dataSet.length; at += 100_000) await reception.write(dataSet.subarray(at, at + 100_000));
    await reception.finish();
  }

  async close(): Promise<void> {
    this.letGo();
    await this.spool.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

function damaged(bytes: Buffer): Buffer {
  const other = Buffer.from(bytes);
  other[other.length - 1]! ^= 1;
  return other;
}
