import { ALL_TRANSFER_SYNTAXES, type FileMeta, isUid, STORAGE_SOP_CLASSES } from '@endplate/dicom';
import { InstanceRefusedError } from '../errors';
import { type InstanceSource } from '../receive/instance-intake';
import { type InstanceReception, type InstanceReceiver } from '../receive/instance-receiver';
import { metaOf } from '../receive/stored-digest';

/** Bytes of preamble and group 2 that are waited for. */
const MAX_HEAD_BYTES = 64 * 1024;

/** What became of one part of a STOW-RS request. */
export type PartResult =
  | { readonly kind: 'taken'; readonly sopClassUID: string; readonly sopInstanceUID: string }
  /** The UIDs are those of the file meta information; absent when there was none to read. */
  | {
      readonly kind: 'refused';
      readonly error: unknown;
      readonly sopClassUID?: string;
      readonly sopInstanceUID?: string;
    };

/**
 * One Part 10 file on its way in: its head is held until the file meta information is whole, the rest goes to the same
 * reception as a C-STORE. The head is stored as it came.
 * @standard PS3.18 10.5
 */
export class PartIntake {
  private head: Buffer = Buffer.alloc(0);
  private meta: FileMeta | undefined;
  private reception: InstanceReception | undefined;
  private failure: unknown;
  private refusal: InstanceRefusedError | undefined;

  constructor(
    private readonly receiver: InstanceReceiver,
    private readonly source: InstanceSource,
    private readonly studyInstanceUID: string | undefined,
    contentType: string | undefined,
  ) {
    if (contentType !== undefined && !/^application\/dicom(\s*;|$)/i.test(contentType)) {
      this.failure = new InstanceRefusedError('LISTENER_MEDIA_UNSUPPORTED', 'The part is not application/dicom');
    }
  }

  /** Takes nothing of the part, and gives this as the reason. */
  refuse(error: InstanceRefusedError): void {
    this.refusal = error;
  }

  /** Takes the next bytes; never rejects. */
  async write(bytes: Buffer): Promise<void> {
    if (this.failure !== undefined) return;
    try {
      if (this.reception) return await this.reception.write(bytes);
      this.head = Buffer.concat([this.head, bytes]);
      if (this.head.length >= MAX_HEAD_BYTES) await this.open(this.head.length >= 16 * MAX_HEAD_BYTES);
    } catch (error) {
      await this.fail(error);
    }
  }

  /** Ends the part; never rejects. */
  async end(): Promise<PartResult> {
    try {
      if (this.failure === undefined && !this.reception) await this.open(true);
      if (this.failure === undefined && this.reception) {
        const { sopClassUID, sopInstanceUID } = await this.reception.finish();
        return { kind: 'taken', sopClassUID, sopInstanceUID };
      }
    } catch (error) {
      await this.fail(error);
    }
    const { sopClassUID = '', sopInstanceUID = '' } = this.meta ?? {};
    const known = isUid(sopClassUID) && isUid(sopInstanceUID) ? { sopClassUID, sopInstanceUID } : {};
    return { kind: 'refused', error: this.failure, ...known };
  }

  /** The body broke off: nothing of the part remains. */
  async abort(): Promise<void> {
    this.failure ??= new Error('aborted');
    await this.reception?.abort();
  }

  private async open(final: boolean): Promise<void> {
    const found = metaOf(this.head, final);
    if (!found) return;
    this.meta = found;
    if (this.refusal) throw this.refusal;
    if (!STORAGE_SOP_CLASSES.some((uid) => uid === found.sopClassUID)) {
      throw new InstanceRefusedError('LISTENER_CLASS_UNSUPPORTED', 'SOP class is not taken');
    }
    if (!ALL_TRANSFER_SYNTAXES.some((uid) => uid === found.transferSyntaxUID)) {
      throw new InstanceRefusedError('LISTENER_SYNTAX_UNSUPPORTED', 'Transfer syntax is not taken');
    }
    const { head } = this;
    this.head = Buffer.alloc(0);
    const options = this.studyInstanceUID === undefined ? {} : { studyInstanceUID: this.studyInstanceUID };
    this.reception = await this.receiver.begin(found, head.subarray(0, found.dataSetOffset), this.source, options);
    await this.reception.write(head.subarray(found.dataSetOffset));
  }

  private async fail(error: unknown): Promise<void> {
    this.failure = error;
    this.head = Buffer.alloc(0);
    await this.reception?.abort();
  }
}
