import { createHash, type Hash } from 'node:crypto';
import { readFileMeta } from '@endplate/dicom';
import { conflictKey, instanceKey, type ObjectStore, ObjectUnconfirmedError, type ObjectWriter } from '@endplate/store';
import { type InstanceClaim, type InstanceIntake, type InstanceUIDs, type Landing, type ReceivedOutcome } from './instance-intake'; // prettier-ignore
import { type InstanceLedger } from './instance-ledger';
import { digestStored } from './stored-digest';

const DICOM_IF_ABSENT = { ifAbsent: true, contentType: 'application/dicom' } as const;

/** Acknowledges what the object store has confirmed. */
export class StoreIntake implements InstanceIntake {
  constructor(
    private readonly store: Pick<ObjectStore, 'openWrite' | 'getStream'>,
    private readonly ledger: InstanceLedger,
  ) {}

  async open(claim: InstanceClaim): Promise<Landing> {
    return new StoreLanding(this.store, this.ledger, await this.store.openWrite(), claim);
  }
}

class StoreLanding implements Landing {
  private readonly hash: Hash = createHash('sha256');
  private head = true;

  constructor(
    private readonly store: Pick<ObjectStore, 'getStream'>,
    private readonly ledger: InstanceLedger,
    private readonly writer: ObjectWriter,
    private readonly claim: InstanceClaim,
  ) {}

  /** The first chunk is preamble and group 2, which are no part of the digest. */
  write(chunk: Buffer): Promise<void> {
    if (!this.head) this.hash.update(chunk);
    this.head = false;
    return this.writer.write(chunk);
  }

  async land(header: InstanceUIDs): Promise<void> {
    const { writtenBytes: sizeBytes } = this.writer;
    const { transferSyntaxUID } = this.claim.meta;
    const commit = (key: Parameters<ObjectWriter['commit']>[0]): Promise<unknown> =>
      this.writer.commit(key, DICOM_IF_ABSENT);
    const digest = (): string => this.hash.digest('hex');
    const kind = await settle(this.store, header, transferSyntaxUID, digest, commit);
    if (kind === 'duplicate') await this.abort();
    await this.ledger.record(this.claim.source, { kind, header, sizeBytes });
  }

  abort(): Promise<void> {
    return this.writer.abort();
  }
}

/**
 * Brings an instance under its key, or where that is taken by other bytes under `conflicts/`. A key that is taken is
 * never written over.
 * Throws STORE_UNCONFIRMED where both keys are taken and neither has these bytes.
 * @param digest - SHA-256 of the dataset; asked for only when the key is taken
 * @param write - writes the instance under a key where there is none
 */
export async function settle(
  store: Pick<ObjectStore, 'getStream'>,
  header: InstanceUIDs,
  transferSyntaxUID: string,
  digest: () => string,
  write: (key: ReturnType<typeof instanceKey>) => Promise<unknown>,
): Promise<ReceivedOutcome['kind']> {
  const key = instanceKey(header);
  if (await isWritten(() => write(key))) return 'stored';
  const sha256 = digest();
  const stored = await digestStored(store, key);
  if (stored.sha256 === sha256 && stored.transferSyntaxUID === transferSyntaxUID) return 'duplicate';
  const conflict = conflictKey(header.studyInstanceUID, header.sopInstanceUID, sha256);
  if (await isWritten(() => write(conflict))) return 'conflict';
  // The key says what should be there; what the store made of it is read.
  if ((await digestStored(store, conflict)).sha256 !== sha256) throw new ObjectUnconfirmedError(conflict);
  return 'duplicate';
}

/** SHA-256 of the dataset of a Part 10 file. */
export function digestDataSet(file: Buffer): string {
  return createHash('sha256')
    .update(file.subarray(readFileMeta(file).dataSetOffset))
    .digest('hex');
}

async function isWritten(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'STORE_EXISTS') throw error;
    return false;
  }
}
