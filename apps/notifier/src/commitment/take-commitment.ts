import { type EventReport, type DimseStatus, isCommitmentEvent, parseCommitmentResult, Status } from '@endplate/dimse';
import { type CommitmentRecords } from './commitment-records';

/**
 * Keeps the result of storage commitment, on whichever association it comes. The status is the answer to the event.
 * @standard PS3.4 J.3.3
 */
export async function takeCommitment(records: CommitmentRecords, report: EventReport): Promise<DimseStatus> {
  if (!isCommitmentEvent(report.sopClassUID, report.eventTypeID)) return { status: Status.UnrecognisedOperation };
  const known = await records.answer(parseCommitmentResult(report.dataSet, report.transferSyntaxUID));
  return known
    ? { status: Status.Success }
    : { status: Status.ProcessingFailure, errorComment: 'No such transaction was asked for' };
}
