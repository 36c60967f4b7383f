import { SopClass, TransferSyntax } from '@endplate/dicom';
import {
  type CommitmentAnswer,
  type DimseStatus,
  encodeCommitmentAnswer,
  type EventReporter,
  openAssociation,
  type OutgoingEvent,
  STORAGE_COMMITMENT_INSTANCE,
} from '@endplate/dimse';
import { type ServiceAddress } from '../association/ae-directory';

const MODEL = SopClass.StorageCommitmentPushModel;
const SYNTAXES = [TransferSyntax.ExplicitVRLittleEndian, TransferSyntax.ImplicitVRLittleEndian];
const ANSWER_MS = 30_000;

/** Reports on the association of the request. @throws DIMSE_ codes where it has ended or does not answer */
export function reportHere(answer: CommitmentAnswer, reporter: EventReporter): Promise<DimseStatus> {
  const syntax = reporter.contextFor(MODEL)?.transferSyntax ?? TransferSyntax.ImplicitVRLittleEndian;
  return reporter.report(eventOf(answer, syntax), ANSWER_MS);
}

/**
 * Reports on an association that we open, where role selection makes us the SCP.
 * @throws DIMSE_ codes where the requester is not there or does not answer
 * @standard PS3.4 J.3.3
 */
export async function reportThere(
  answer: CommitmentAnswer,
  { host, port, aeTitle: calledAETitle }: ServiceAddress,
  callingAETitle: string,
): Promise<DimseStatus> {
  const association = await openAssociation({
    host,
    port,
    callingAETitle,
    calledAETitle,
    contexts: [{ abstractSyntax: MODEL, transferSyntaxes: SYNTAXES }],
    roleSelections: [{ sopClassUID: MODEL, scu: false, scp: true }],
    responseTimeoutMs: ANSWER_MS,
  });
  try {
    const status = await association.report(eventOf(answer, association.contextFor(MODEL)!.transferSyntax));
    await association.release().catch(() => undefined);
    return status;
  } catch (error) {
    association.abort();
    throw error;
  }
}

function eventOf(answer: CommitmentAnswer, transferSyntaxUID: string): OutgoingEvent {
  const event = encodeCommitmentAnswer(answer, transferSyntaxUID);
  return { sopClassUID: MODEL, sopInstanceUID: STORAGE_COMMITMENT_INSTANCE, ...event };
}
