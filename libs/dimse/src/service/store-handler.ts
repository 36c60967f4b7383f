import type { UID } from '@endplate/dicom';
import type { AcceptedContext } from '../association/negotiate';
import type { DimseStatus } from '../message/status';
import type { AssociationInfo } from './association-info';

/** One C-STORE request; UIDs are checked against PS3.5 9.1. @standard PS3.7 9.3.1 */
export interface StoreRequest {
  readonly association: AssociationInfo;
  readonly presentationContext: AcceptedContext;
  readonly affectedSOPClassUID: UID;
  readonly affectedSOPInstanceUID: UID;
  readonly messageID: number;
  /** 0 medium, 1 high, 2 low. */
  readonly priority: number;
  readonly moveOriginatorAETitle?: string;
  readonly moveOriginatorMessageID?: number;
}

/** Takes the dataset of one C-STORE. Whatever it throws becomes a failure status, and the association goes on. */
export interface StoreSink {
  /**
   * Takes the next bytes of the dataset, in order.
   * @param chunk - A view of the socket's buffer: it may be kept until the promise settles, or copied.
   * @returns a promise to stop the peer until it settles.
   */
  write(chunk: Buffer): void | Promise<void>;
  /** The dataset is complete; the status it resolves to is sent. */
  end(): Promise<DimseStatus> | DimseStatus;
  /** Nothing more will come, and nothing may remain: the association ended, or `write` or `end` failed. */
  abort(reason: string): void;
}

/** Storage SCP. @standard PS3.4 B.2 */
export interface StoreHandler {
  /** Called with the command set, before any dataset byte. Throw a `ServiceFailure` to choose the failure status. */
  begin(request: StoreRequest): StoreSink | Promise<StoreSink>;
}
