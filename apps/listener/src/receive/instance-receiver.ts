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
  begin(
    meta: FileMeta,
    head: Buffer,
    source: InstanceSource,
    expected: { readonly studyInstanceUID?: string } = {},
  ): InstanceReception | Promise<InstanceReception> {
    const scanner = new DataSetScanner(meta.transferSyntaxUID, source.filter ? { keepTags: DESCRIPTIONS } : {});
    const receive = (landing: Landing): InstanceReception | Promise<InstanceReception> => {
      const filter = source.filter ? { filter: source.filter } : {};
      const reception = new InstanceReception(this.ports, landing, scanner, { meta, ...expected, ...filter });
      const writing = landing.write(head);
      return writing ? writing.then(() => reception) : reception;
    };
    const landing = this.ports.intake.open({ meta, source });
    return landing instanceof Promise ? landing.then(receive) : receive(landing);
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
   * Takes the next bytes of the dataset; the chunk is the caller's again when the call returns, or its promise resolves.
   * Rejects with DICOM_*, LISTENER_*, STORE_*: nothing was stored, the rest need not be sent.
   */
  write(chunk: Buffer): void | Promise<void> {
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
      return this.landing.write(chunk)?.catch((error: unknown) => this.fail(error));
    } catch (error) {
      return this.fail(error);
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
      return this.fail(error);
    }
  }

  /** Throws everything away; safe at any time. */
  abort(): Promise<void> {
    return this.landing.abort();
  }

  private async fail(error: unknown): Promise<never> {
    await this.abort();
    throw error;
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
