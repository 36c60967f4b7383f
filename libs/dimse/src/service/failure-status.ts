import { ServiceFailure } from '../errors';
import { errorCommentOf, Status, type DimseStatus } from '../message/status';

/**
 * The status that an error becomes on the wire. A {@link ServiceFailure} says it itself; of any other error nothing is
 * told to the peer but that processing failed.
 * @standard PS3.7 C.5.13
 */
export function failureStatus(error: unknown): DimseStatus {
  if (error instanceof ServiceFailure) {
    return { status: error.status, errorComment: errorCommentOf(error.errorComment), ...error.detail };
  }
  return { status: Status.ProcessingFailure, errorComment: 'Processing failure' };
}
