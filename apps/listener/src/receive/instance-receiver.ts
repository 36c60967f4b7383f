import { DataSetScanner, type FileMeta, type ScannedHeader, Tag } from '@endplate/dicom';
import { filteredOutBy, type InstanceFilter } from '../association/instance-filter';
import { InstanceRefusedError } from '../errors';
import { type InstanceIntake, type InstanceSource, type InstanceUIDs, type Landing } from './instance-intake';

/** What the receiver needs. */
export interface ReceiverPorts {
  readonly intake: InstanceIntake;
  readonly maxInstanceBytes: number;
}

const DESCRIPTIONS = [Tag.SeriesDescription, Tag.StudyDescription];

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
    const scanner = new DataSetScanner(meta.transferSyntaxUID, source.filter ? { keepTags: DESCRIPTIONS } : {});
    const landing = await this.ports.intake.open({ meta, source });
    await landing.write(head);
    return new InstanceReception(this.ports, landing, scanner, {
      meta,
      ...expected,
      ...(source.filter ? { filter: source.filter } : {}),
    });
  }
}

/**
 * One instance on its way in: every chunk goes to the scanner and the intake in lockstep.
 * Nothing is visible in the store before {@link finish} has found the whole dataset sound.
 */
export class InstanceReception {
  private dataSetBytes = 0;
  private claimChecked = false;

  constructor(
    private readonly ports: ReceiverPorts,
    private readonly landing: Landing,
    private readonly scanner: DataSetScanner,
    private readonly claim: {
      readonly meta: FileMeta;
      readonly studyInstanceUID?: string;
      readonly filter?: InstanceFilter;
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
      await this.landing.write(chunk);
    } catch (error) {
      await this.abort();
      throw error;
    }
  }

  /**
   * Ends the dataset. When this resolves the instance is durable and the sender may be told so.
   * @throws DICOM_*, LISTENER_*, STORE_*: nothing was stored
   */
  async finish(): Promise<InstanceUIDs> {
    try {
      const header = this.scanner.end();
      this.checkClaim(header);
      await this.landing.land(header);
      return header;
    } catch (error) {
      await this.abort();
      throw error;
    }
  }

  /** Throws everything away; safe at any time. */
  abort(): Promise<void> {
    return this.landing.abort();
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
    const { filter } = this.claim;
    if (filter) {
      const descriptions = DESCRIPTIONS.map((tag) => header.dataSet.string(tag)).filter((text) => text !== undefined);
      const reason = filteredOutBy(filter, { modality: header.modality, descriptions });
      if (reason !== undefined) throw new InstanceRefusedError('LISTENER_FILTERED', reason);
    }
    this.claimChecked = true;
  }
}
