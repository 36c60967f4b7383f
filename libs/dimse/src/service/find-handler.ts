import type { AcceptedContext } from '../association/negotiate';
import type { AssociationInfo } from './association-info';

/** One C-FIND request. @standard PS3.7 9.3.2 */
export interface FindRequest {
  readonly association: AssociationInfo;
  readonly presentationContext: AcceptedContext;
  readonly affectedSOPClassUID: string;
  /** The identifier, encoded in the context's transfer syntax. */
  readonly identifier: Buffer;
  /** Aborted when the peer cancels or the association ends. */
  readonly signal: AbortSignal;
}

/** Query SCP. @standard PS3.4 C.4.1 */
export interface FindHandler {
  /** The matches, each encoded in the context's transfer syntax. Throw a `ServiceFailure` to choose the status. */
  find(request: FindRequest): AsyncIterable<Buffer>;
}
