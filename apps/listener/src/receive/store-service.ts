import { encodeFileMeta } from '@endplate/dicom';
import { Status, type StoreHandler, type StoreRequest, type StoreSink } from '@endplate/dimse';
import { type AeDirectory } from '../association/ae-directory';
import { InstanceRefusedError } from '../errors';
import { statusOfFailure } from './failure-status';
import { type InstanceReception, type InstanceReceiver } from './instance-receiver';

/**
 * The Storage SCP: success goes out after the instance is durable, a failure keeps the association.
 * @standard PS3.4 B.2
 */
export class StoreService implements StoreHandler {
  constructor(
    private readonly receiver: InstanceReceiver,
    private readonly directory: AeDirectory,
    private readonly failed: (error: unknown, callingAETitle: string) => void,
  ) {}

  begin(request: StoreRequest): StoreSink | Promise<StoreSink> {
    const failed = (error: unknown): void => this.failed(error, request.association.callingAETitle);
    try {
      const opening = this.open(request);
      if (!(opening instanceof Promise)) return new ReceptionSink(opening, failed);
      return opening.then(
        (reception) => new ReceptionSink(reception, failed),
        (error: unknown) => new RefusingSink(error, failed),
      );
    } catch (error) {
      return new RefusingSink(error, failed);
    }
  }

  private open(request: StoreRequest): InstanceReception | Promise<InstanceReception> {
    const { association, presentationContext, affectedSOPClassUID, affectedSOPInstanceUID } = request;
    const { callingAETitle } = association;
    if (affectedSOPClassUID !== presentationContext.abstractSyntax) {
      throw new InstanceRefusedError('LISTENER_CLASS_MISMATCH', 'SOP Class UID is not that of the context');
    }
    const meta = {
      sopClassUID: affectedSOPClassUID,
      sopInstanceUID: affectedSOPInstanceUID,
      transferSyntaxUID: presentationContext.transferSyntax,
      sourceAETitle: callingAETitle,
    };
    const admission = this.directory.admit(association);
    if (!admission || !this.directory.maySend(association, 'storage'))
      throw new InstanceRefusedError('LISTENER_SOURCE_REFUSED', 'Calling AE title is not allowed any more');
    return this.receiver.begin(meta, encodeFileMeta(meta), { name: callingAETitle, ...admission });
  }
}

/** Feeds one reception. After a failure the rest of the dataset goes by unread, and `end` tells the failure. */
class ReceptionSink implements StoreSink {
  private failure: unknown;

  constructor(
    private readonly reception: InstanceReception,
    private readonly failed: (error: unknown) => void,
  ) {}

  write(chunk: Buffer): void | Promise<void> {
    if (this.failure !== undefined) return undefined;
    return this.reception.write(chunk)?.catch((error: unknown) => void (this.failure = error));
  }

  async end(): Promise<{ status: number }> {
    try {
      if (this.failure !== undefined) throw this.failure;
      await this.reception.finish();
      return { status: Status.Success };
    } catch (error) {
      this.failed(error);
      return statusOfFailure(error);
    }
  }

  abort(): void {
    this.failure ??= new Error('aborted');
    this.reception.abort().catch(() => undefined);
  }
}

/** Stands for a reception that could not begin. */
class RefusingSink implements StoreSink {
  constructor(
    private readonly failure: unknown,
    private readonly failed: (error: unknown) => void,
  ) {}

  write(): void {}

  end(): { status: number } {
    this.failed(this.failure);
    return statusOfFailure(this.failure);
  }

  abort(): void {}
}
