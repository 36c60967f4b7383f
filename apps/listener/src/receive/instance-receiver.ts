import { createHash, type Hash } from 'node:crypto';
import { DataSetScanner, type FileMeta, type ScannedHeader } from '@endplate/dicom';
import { conflictKey, instanceKey, type ObjectStore, type ObjectWriter } from '@endplate/store';
import { type StudyAssembler, type Timeline } from '@endplate/studies';
import { InstanceRefusedError } from '../errors';
import { type SourceRules } from '../association/ae-directory';
import { digestStored } from './stored-digest';

/** Who sends an instance, and what holds for its studies. */
export interface InstanceSource {
  /** Calling AE title, or `STOW-RS`. */
  readonly name: string;
  readonly rules: SourceRules;
}

/** An instance that was taken; `stored` is the only one that is new. */
export interface ReceivedOutcome {
  readonly kind: 'stored' | 'duplicate' | 'conflict';
  readonly header: ScannedHeader;
  readonly sizeBytes: number;
}

/** What happens besides the answer. */
export type ReceiveEvent =
  | { readonly type: 'instance-received'; readonly source: string; readonly outcome: ReceivedOutcome }
  /** The instance is durable, the queue or the timeline did not take it: `reconcile` will. */
  | { readonly type: 'record-delayed'; readonly studyInstanceUID: string; readonly error: Error };

/**
 * Where instances become durable. A resolved `commit` is the promise that success may be answered: the object store
 * itself, or anything in front of it that keeps that promise, such as a spool on a local disk.
 */
export type DurableIntake = Pick<ObjectStore, 'openWrite' | 'getStream'>;

/** What the receiver needs. */
export interface ReceiverPorts {
  readonly store: DurableIntake;
  readonly assembler: Pick<StudyAssembler, 'instanceReceived'>;
  readonly timeline: Pick<Timeline, 'append'>;
  readonly maxInstanceBytes: number;
  readonly notify: (event: ReceiveEvent) => void;
}

/** Takes instances, whichever door they come through. */
export class InstanceReceiver {
  constructor(private readonly ports: ReceiverPorts) {}

  /**
   * Begins to take one instance.
   * @param meta - what the sender claims: the C-STORE command, or the file meta information
   * @param head - preamble and group 2 to be stored in front of the dataset
   * @param expected - the study the instance must belong to, where the sender said so
   * @throws STORE_FULL and other failures of the store
   */
  async begin(
    meta: FileMeta,
    head: Buffer,
    source: InstanceSource,
    expected: { readonly studyInstanceUID?: string } = {},
  ): Promise<InstanceReception> {
    const scanner = new DataSetScanner(meta.transferSyntaxUID);
    const writer = await this.ports.store.openWrite();
    await writer.write(head);
    return new InstanceReception(this.ports, writer, scanner, { meta, source, ...expected });
  }
}

/**
 * One instance on its way in: every chunk goes to the scanner, the digest and the store in lockstep, nothing is held.
 * Nothing is visible in the store before {@link finish} has found the whole dataset sound.
 */
export class InstanceReception {
  private readonly hash: Hash = createHash('sha256');
  private dataSetBytes = 0;
  private claimChecked = false;

  constructor(
    private readonly ports: ReceiverPorts,
    private readonly writer: ObjectWriter,
    private readonly scanner: DataSetScanner,
    private readonly claim: {
      readonly meta: FileMeta;
      readonly source: InstanceSource;
      readonly studyInstanceUID?: string;
    },
  ) {}

  /**
   * Takes the next bytes of the dataset; the chunk is the caller's again when the promise resolves.
   * @throws DICOM_*, LISTENER_*, STORE_*: nothing was stored, the rest need not be sent
   */
  async write(chunk: Buffer): Promise<void> {
    try {
      this.dataSetBytes += chunk.length;
      if (this.dataSetBytes > this.ports.maxInstanceBytes) {
        throw new InstanceRefusedError(
          'LISTENER_INSTANCE_TOO_LARGE',
          `Instance exceeds ${this.ports.maxInstanceBytes} bytes`,
        );
      }
      this.scanner.push(chunk);
      if (!this.claimChecked && this.scanner.header) this.checkClaim(this.scanner.header);
      this.hash.update(chunk);
      await this.writer.write(chunk);
    } catch (error) {
      await this.abort();
      throw error;
    }
  }

  /**
   * Ends the dataset. When this resolves the instance is durable and the sender may be told so.
   * @throws DICOM_*, LISTENER_*, STORE_*: nothing was stored
   */
  async finish(): Promise<ReceivedOutcome> {
    let outcome: ReceivedOutcome;
    try {
      const header = this.scanner.end();
      this.checkClaim(header);
      outcome = await this.makeDurable(header);
    } catch (error) {
      await this.abort();
      throw error;
    }
    await this.record(outcome);
    this.ports.notify({ type: 'instance-received', source: this.claim.source.name, outcome });
    return outcome;
  }

  /** Throws everything away; safe at any time. */
  abort(): Promise<void> {
    return this.writer.abort();
  }

  /** A key that is taken is never written over: the same bytes are there already, other bytes go to `conflicts/`. */
  private async makeDurable(header: ScannedHeader): Promise<ReceivedOutcome> {
    const key = instanceKey(header);
    const sizeBytes = this.writer.writtenBytes;
    if (await this.commitIfAbsent(() => this.writer.commit(key, DICOM_IF_ABSENT))) {
      return { kind: 'stored', header, sizeBytes };
    }
    const sha256 = this.hash.digest('hex');
    const stored = await digestStored(this.ports.store, key);
    if (stored.sha256 === sha256 && stored.transferSyntaxUID === this.claim.meta.transferSyntaxUID) {
      await this.abort();
      return { kind: 'duplicate', header, sizeBytes };
    }
    const conflict = conflictKey(header.studyInstanceUID, header.sopInstanceUID, sha256);
    const isNew = await this.commitIfAbsent(() => this.writer.commit(conflict, DICOM_IF_ABSENT));
    if (!isNew) await this.abort();
    return { kind: isNew ? 'conflict' : 'duplicate', header, sizeBytes };
  }

  private async commitIfAbsent(commit: () => Promise<unknown>): Promise<boolean> {
    try {
      await commit();
      return true;
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'STORE_EXISTS') throw error;
      return false;
    }
  }

  /**
   * Updates the study record. The instance is durable by now, so a failure here is not the sender's: answering failure
   * would make it send again what we have. Redis away means a late start of the analysis; `reconcile` begins the quiet
   * period from the objects.
   */
  private async record({ kind, header }: ReceivedOutcome): Promise<void> {
    const { studyInstanceUID, sopInstanceUID } = header;
    const { name: source, rules } = this.claim.source;
    try {
      if (kind === 'conflict') {
        await this.ports.timeline.append({ studyInstanceUID }, 'instance-conflict', { source, sopInstanceUID });
      }
      await this.ports.assembler.instanceReceived({ studyInstanceUID, source, ...rules });
    } catch (error) {
      const cause = error instanceof Error ? error : new Error('unknown');
      this.ports.notify({ type: 'record-delayed', studyInstanceUID, error: cause });
    }
  }

  /** The dataset must be the instance that was announced. */
  private checkClaim(header: ScannedHeader): void {
    const { sopClassUID, sopInstanceUID } = this.claim.meta;
    const { studyInstanceUID = header.studyInstanceUID } = this.claim;
    if (header.sopInstanceUID !== sopInstanceUID) {
      throw new InstanceRefusedError(
        'LISTENER_INSTANCE_MISMATCH',
        'SOP Instance UID of dataset is not the one announced',
      );
    }
    if (header.sopClassUID !== sopClassUID) {
      throw new InstanceRefusedError('LISTENER_CLASS_MISMATCH', 'SOP Class UID of dataset is not the one announced');
    }
    if (header.studyInstanceUID !== studyInstanceUID) {
      throw new InstanceRefusedError('LISTENER_STUDY_MISMATCH', 'Instance belongs to another study than the address');
    }
    this.claimChecked = true;
  }
}

const DICOM_IF_ABSENT = { ifAbsent: true, contentType: 'application/dicom' } as const;
