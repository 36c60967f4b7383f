import { isUid } from '@endplate/dicom';
import {
  instanceKey,
  type ObjectStore,
  type Spool,
  type SpooledRecord,
  type SpoolWriter,
  Turns,
} from '@endplate/store';
import { z } from 'zod';
import { type InstanceClaim, type InstanceIntake, type InstanceUIDs, type Landing, type ReceivedOutcome } from './instance-intake'; // prettier-ignore
import { type InstanceLedger } from './instance-ledger';
import { type PendingStudies } from './pending-studies';
import { digestDataSet, settle } from './store-intake';

/** Instances beyond this go straight to the object store: memory stays bounded, and their fsync costs them little. */
const MAX_SPOOLED_BYTES = 4 * 1024 ** 2;

const uid = z.string().refine(isUid);
/** What the spool remembers of an instance beside its bytes. */
const spooledSchema = z.object({
  schema: z.literal('endplate.spooled/1'),
  sopClassUID: uid,
  sopInstanceUID: uid,
  seriesInstanceUID: uid,
  studyInstanceUID: uid,
  transferSyntaxUID: z.string(),
  source: z.object({
    name: z.string(),
    rules: z.object({ quietMs: z.number(), priority: z.enum(['stat', 'routine']) }),
  }),
});

/** Acknowledges what the spool has on its disk; {@link SpoolUploader} brings it to the object store. */
export class SpoolIntake implements InstanceIntake {
  constructor(
    private readonly spool: Pick<Spool, 'begin'>,
    private readonly pending: PendingStudies,
    private readonly large: InstanceIntake,
  ) {}

  open(claim: InstanceClaim): Landing {
    const { spool, pending, large } = this;
    return new SpoolLanding(spool.begin(), pending, claim, () => large.open(claim));
  }
}

class SpoolLanding implements Landing {
  private large: Landing | undefined;
  private firstBytes = 0;

  constructor(
    private readonly writer: SpoolWriter,
    private readonly pending: PendingStudies,
    private readonly claim: InstanceClaim,
    private readonly openLarge: () => Landing | Promise<Landing>,
  ) {}

  write(chunk: Buffer): void | Promise<void> {
    if (this.large) return this.large.write(chunk);
    if (this.writer.sizeBytes + chunk.length > MAX_SPOOLED_BYTES) return this.overflow(chunk);
    if (this.firstBytes === 0) this.firstBytes = chunk.length;
    return this.writer.write(chunk);
  }

  async land(header: InstanceUIDs): Promise<void> {
    if (this.large) return this.large.land(header);
    // Keys are made here once, so that what cannot have one is refused and not acknowledged.
    instanceKey(header);
    const { studyInstanceUID } = header;
    this.pending.add(studyInstanceUID);
    try {
      await this.writer.commit(encodeInfo(header, this.claim));
    } catch (error) {
      this.pending.remove(studyInstanceUID);
      throw error;
    }
  }

  /** The sender may go while its instance is being committed: what the disk gets is still that instance. */
  async abort(): Promise<void> {
    this.writer.abort();
    await this.large?.abort();
  }

  private async overflow(chunk: Buffer): Promise<void> {
    const large = await this.openLarge();
    this.large = large;
    let isFirst = true;
    for await (const part of this.writer.taken()) {
      // The first part is preamble and group 2, as it came.
      if (isFirst) await large.write(part.subarray(0, this.firstBytes));
      await large.write(isFirst ? part.subarray(this.firstBytes) : part);
      isFirst = false;
    }
    this.writer.abort();
    await large.write(chunk);
  }
}

function encodeInfo(header: InstanceUIDs, { meta, source }: InstanceClaim): Buffer {
  const { sopClassUID, sopInstanceUID, seriesInstanceUID, studyInstanceUID } = header;
  const { quietMs, priority } = source.rules;
  const info: z.input<typeof spooledSchema> = {
    schema: 'endplate.spooled/1',
    sopClassUID,
    sopInstanceUID,
    seriesInstanceUID,
    studyInstanceUID,
    transferSyntaxUID: meta.transferSyntaxUID,
    source: { name: source.name, rules: { quietMs, priority } },
  };
  return Buffer.from(JSON.stringify(info));
}

/** Brings spooled instances to the object store and into the record of their study. */
export class SpoolUploader {
  /** Uploads and checks under each key: two of the same UIDs go one after the other. */
  private readonly turns = new Turns();

  constructor(
    private readonly store: Pick<ObjectStore, 'put' | 'getStream' | 'holds'>,
    private readonly ledger: InstanceLedger,
    private readonly pending: PendingStudies,
    /** Told of each instance that the object store had confirmed and did not have any more. */
    private readonly restored: (studyInstanceUID: string) => void = () => undefined,
  ) {}

  /** An instance that an earlier process acknowledged. */
  replayed(info: Buffer): void {
    this.pending.add(parse(info).studyInstanceUID);
  }

  /** The key an instance goes to: of two with the same UIDs the one that was acknowledged first has it. */
  keyOf(info: Buffer): string {
    return instanceKey(parse(info));
  }

  /**
   * Resolves when the object store has shown that it has the very bytes; only then the study's quiet
   * period is prolonged, so that no version lists what is not there. Safe to do twice.
   */
  async upload(record: SpooledRecord): Promise<void> {
    const { source, transferSyntaxUID, ...header } = parse(record.info);
    await this.turns.do(instanceKey(header), async () => {
      const file = await record.read();
      const kind = await this.settle(file, header, transferSyntaxUID);
      await this.ledger.record(source, { kind, header, sizeBytes: file.length });
      this.pending.remove(header.studyInstanceUID);
    });
  }

  /** Resolves when the object store still has an instance that was uploaded, or has it again. */
  async recheck(record: SpooledRecord): Promise<void> {
    const { source, transferSyntaxUID, ...header } = parse(record.info);
    await this.turns.do(instanceKey(header), async () => {
      const file = await record.read();
      if (await this.store.holds(instanceKey(header), file)) return;
      // Gone, or never there because it was a duplicate or a conflict.
      const kind = await this.settle(file, header, transferSyntaxUID);
      if (kind === 'duplicate') return;
      this.restored(header.studyInstanceUID);
      await this.ledger.record(source, { kind, header, sizeBytes: file.length });
    });
  }

  private settle(file: Buffer, header: InstanceUIDs, transferSyntaxUID: string): Promise<ReceivedOutcome['kind']> {
    const digest = (): string => digestDataSet(file);
    return settle(this.store, header, transferSyntaxUID, digest, (key) =>
      this.store.put(key, file, { ifAbsent: true, proven: true, contentType: 'application/dicom' }),
    );
  }
}

function parse(info: Buffer) {
  return spooledSchema.parse(JSON.parse(info.toString('utf8')));
}
