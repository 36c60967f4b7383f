import { isUid } from '@endplate/dicom';
import { instanceKey, type ObjectStore, type Spool, type SpooledRecord, WriterClosedError } from '@endplate/store';
import { z } from 'zod';
import { type InstanceClaim, type InstanceIntake, type InstanceUIDs, type Landing } from './instance-intake';
import { type InstanceLedger } from './instance-ledger';
import { PagedBuffer, PagePool } from './paged-buffer';
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
  private readonly pages = new PagePool();

  constructor(
    private readonly spool: Pick<Spool, 'append' | 'checkRoom'>,
    private readonly pending: PendingStudies,
    private readonly large: InstanceIntake,
  ) {}

  open(claim: InstanceClaim): Promise<Landing> {
    this.spool.checkRoom(0);
    return Promise.resolve(
      new SpoolLanding(this.spool, this.pending, new PagedBuffer(this.pages), claim, () => this.large.open(claim)),
    );
  }
}

class SpoolLanding implements Landing {
  private large: Landing | undefined;
  /** `landing`: the pages are the spool's; `over`: landed or thrown away. */
  private state: 'taking' | 'landing' | 'over' = 'taking';

  constructor(
    private readonly spool: Pick<Spool, 'append'>,
    private readonly pending: PendingStudies,
    private readonly buffer: PagedBuffer,
    private readonly claim: InstanceClaim,
    private readonly openLarge: () => Promise<Landing>,
  ) {}

  write(chunk: Buffer): void | Promise<void> {
    if (this.state !== 'taking') throw new WriterClosedError();
    if (this.large) return this.large.write(chunk);
    if (this.buffer.sizeBytes + chunk.length > MAX_SPOOLED_BYTES) return this.overflow(chunk);
    this.buffer.append(chunk);
  }

  async land(header: InstanceUIDs): Promise<void> {
    if (this.state !== 'taking') throw new WriterClosedError();
    if (this.large) return this.large.land(header);
    const { sopClassUID, sopInstanceUID, seriesInstanceUID, studyInstanceUID } = header;
    const { meta, source } = this.claim;
    const { quietMs, priority } = source.rules;
    // Keys are made here once, so that what cannot have one is refused and not acknowledged.
    instanceKey(header);
    const info: z.input<typeof spooledSchema> = {
      schema: 'endplate.spooled/1',
      sopClassUID,
      sopInstanceUID,
      seriesInstanceUID,
      studyInstanceUID,
      transferSyntaxUID: meta.transferSyntaxUID,
      source: { name: source.name, rules: { quietMs, priority } },
    };
    this.state = 'landing';
    this.pending.add(studyInstanceUID);
    try {
      await this.spool.append(Buffer.from(JSON.stringify(info)), this.buffer.parts());
    } catch (error) {
      this.pending.remove(studyInstanceUID);
      throw error;
    } finally {
      this.state = 'over';
      this.buffer.release();
    }
  }

  async abort(): Promise<void> {
    // The sender may go while its instance is being written: what the disk gets is still that instance.
    if (this.state === 'taking') {
      this.state = 'over';
      this.buffer.release();
    }
    await this.large?.abort();
  }

  private async overflow(chunk: Buffer): Promise<void> {
    this.large = await this.openLarge();
    // The first part is preamble and group 2, as it came.
    for (const part of this.buffer.writes()) await this.large.write(part);
    this.buffer.release();
    await this.large.write(chunk);
  }
}

/** How many instances of a study are acknowledged and not yet in the object store. */
export class PendingStudies {
  private readonly counts = new Map<string, number>();

  add(studyInstanceUID: string): void {
    this.counts.set(studyInstanceUID, (this.counts.get(studyInstanceUID) ?? 0) + 1);
  }

  remove(studyInstanceUID: string): void {
    const left = (this.counts.get(studyInstanceUID) ?? 0) - 1;
    if (left > 0) this.counts.set(studyInstanceUID, left);
    else this.counts.delete(studyInstanceUID);
  }

  has(studyInstanceUID: string): boolean {
    return this.counts.has(studyInstanceUID);
  }
}

/** Brings spooled instances to the object store and into the record of their study. */
export class SpoolUploader {
  /** The last upload under each key: two instances of the same UIDs go one after the other. */
  private readonly byKey = new Map<string, Promise<unknown>>();

  constructor(
    private readonly store: Pick<ObjectStore, 'put' | 'getStream' | 'stat'>,
    private readonly ledger: InstanceLedger,
    private readonly pending: PendingStudies,
  ) {}

  /** An instance that an earlier process acknowledged. */
  replayed(record: SpooledRecord): void {
    this.pending.add(parse(record).studyInstanceUID);
  }

  /**
   * Resolves when the object store has the instance and says so when it is asked again; only then the study's quiet
   * period is prolonged, so that no version lists what is not there. Safe to do twice.
   */
  async upload(record: SpooledRecord): Promise<void> {
    const { source, transferSyntaxUID, ...header } = parse(record);
    await this.oneByOne(instanceKey(header), async () => {
      const file = await record.read();
      const digest = (): string => digestDataSet(file);
      const kind = await settle(this.store, header, transferSyntaxUID, digest, async (key) => {
        await this.store.put(key, file, { ifAbsent: true, contentType: 'application/dicom' });
        const found = await this.store.stat(key);
        if (found?.sizeBytes !== file.length) throw new Error('The object store does not have what it confirmed');
      });
      await this.ledger.record(source, { kind, header, sizeBytes: file.length });
      this.pending.remove(header.studyInstanceUID);
    });
  }

  private async oneByOne(key: string, work: () => Promise<void>): Promise<void> {
    const before = this.byKey.get(key);
    const mine = before ? before.then(work, work) : work();
    this.byKey.set(key, mine);
    try {
      await mine;
    } finally {
      if (this.byKey.get(key) === mine) this.byKey.delete(key);
    }
  }
}

function parse(record: SpooledRecord) {
  return spooledSchema.parse(JSON.parse(record.info.toString('utf8')));
}
