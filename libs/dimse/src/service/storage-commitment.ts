import { encodeDataSet, isUid, parseDataSet, parseUid, SopClass, Tag, type DataSet } from '@endplate/dicom';
import { MessageInvalid, ServiceFailure } from '../errors';
import { Status } from '../message/status';

/** The well-known instance of the Storage Commitment Push Model. @standard PS3.4 J.3.5 */
export const STORAGE_COMMITMENT_INSTANCE = '1.2.840.10008.1.20.1.1';
/** Action Type ID "request storage commitment". @standard PS3.4 J.3.2 */
export const REQUEST_COMMITMENT = 1;

/** One instance by class and UID. */
export interface CommitmentInstance {
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
}

/** What a peer says of a commitment that was asked for. */
export interface CommitmentResult {
  readonly transactionUID: string;
  /** SOP Instance UIDs that the peer has taken responsibility for. */
  readonly committed: readonly string[];
  /** SOP Instance UIDs that it has not, with its reason. @standard PS3.3 C.14.1.1 */
  readonly failed: readonly { readonly sopInstanceUID: string; readonly reason: number }[];
}

/** Why an instance is not committed. @standard PS3.3 C.14.1.1 */
export const CommitmentFailure = {
  ProcessingFailure: 0x0110,
  NoSuchObjectInstance: 0x0112,
  ClassInstanceConflict: 0x0119,
  ReferencedSOPClassNotSupported: 0x0122,
  DuplicateTransactionUID: 0x0131,
  ResourceLimitation: 0x0213,
} as const;

/** What a peer asks us to take responsibility for. */
export interface CommitmentRequest {
  readonly transactionUID: string;
  readonly instances: readonly CommitmentInstance[];
}

/** What we say of a request. */
export interface CommitmentAnswer {
  readonly transactionUID: string;
  readonly committed: readonly CommitmentInstance[];
  readonly failed: readonly (CommitmentInstance & { readonly reason: number })[];
}

/** Instances that one request may name. */
export const MAX_REQUESTED_INSTANCES = 10_000;

/**
 * The action information of a request.
 * @throws DIMSE_SERVICE_FAILURE with the status that the N-ACTION is answered with, DICOM_ codes for bytes that are no
 * dataset
 * @standard PS3.4 J.3.2
 */
export function parseCommitmentRequest(dataSet: Buffer, transferSyntaxUID: string): CommitmentRequest {
  const information = parseDataSet(dataSet, parseUid(transferSyntaxUID));
  const transactionUID = information.string(Tag.TransactionUID) ?? '';
  if (!isUid(transactionUID)) throw new ServiceFailure(Status.InvalidArgumentValue, 'No Transaction UID');
  const items = information.sequence(Tag.ReferencedSOPSequence);
  if (items.length === 0) throw new ServiceFailure(Status.InvalidArgumentValue, 'No Referenced SOP Sequence');
  if (items.length > MAX_REQUESTED_INSTANCES) {
    throw new ServiceFailure(Status.ResourceLimitation, `More than ${MAX_REQUESTED_INSTANCES} instances`);
  }
  const instances = items.map((item) => ({
    sopClassUID: item.string(Tag.ReferencedSOPClassUID) ?? '',
    sopInstanceUID: item.string(Tag.ReferencedSOPInstanceUID) ?? '',
  }));
  if (!instances.every(({ sopClassUID, sopInstanceUID }) => isUid(sopClassUID) && isUid(sopInstanceUID))) {
    throw new ServiceFailure(Status.InvalidArgumentValue, 'A referenced UID breaks PS3.5 9.1');
  }
  return { transactionUID, instances };
}

/** Event type and event information of an answer. @standard PS3.4 J.3.3 */
export function encodeCommitmentAnswer(
  { transactionUID, committed, failed }: CommitmentAnswer,
  transferSyntaxUID: string,
): { readonly eventTypeID: number; readonly dataSet: Buffer } {
  const reference = ({ sopClassUID, sopInstanceUID }: CommitmentInstance) => ({
    ReferencedSOPClassUID: sopClassUID,
    ReferencedSOPInstanceUID: sopInstanceUID,
  });
  const failures = failed.map((one) => ({ ...reference(one), FailureReason: one.reason }));
  const information = {
    TransactionUID: transactionUID,
    ...(committed.length > 0 ? { ReferencedSOPSequence: committed.map(reference) } : {}),
    ...(failures.length > 0 ? { FailedSOPSequence: failures } : {}),
  };
  const dataSet = encodeDataSet(information, parseUid(transferSyntaxUID));
  return { eventTypeID: failures.length > 0 ? 2 : 1, dataSet };
}

/** Instances of one event that are looked at. */
const MAX_INSTANCES = 4096;

/** The action information of a request. @standard PS3.4 J.3.2 */
export function encodeCommitmentRequest(
  transactionUID: string,
  instances: readonly CommitmentInstance[],
  transferSyntaxUID: string,
): Buffer {
  const items = instances.map(({ sopClassUID, sopInstanceUID }) => ({
    ReferencedSOPClassUID: sopClassUID,
    ReferencedSOPInstanceUID: sopInstanceUID,
  }));
  return encodeDataSet({ TransactionUID: transactionUID, ReferencedSOPSequence: items }, parseUid(transferSyntaxUID));
}

/**
 * The event information of a result.
 * @throws DIMSE_MESSAGE_INVALID without a transaction UID, DICOM_ codes for bytes that are no dataset
 * @standard PS3.4 J.3.3
 */
export function parseCommitmentResult(dataSet: Buffer, transferSyntaxUID: string): CommitmentResult {
  const information = parseDataSet(dataSet, parseUid(transferSyntaxUID));
  const transactionUID = information.string(Tag.TransactionUID) ?? '';
  if (!isUid(transactionUID)) throw new MessageInvalid('storage commitment: no Transaction UID');
  return {
    transactionUID,
    committed: instancesOf(information, Tag.ReferencedSOPSequence).map(({ sopInstanceUID }) => sopInstanceUID),
    failed: instancesOf(information, Tag.FailedSOPSequence),
  };
}

/** Whether an event is one of storage commitment. */
export function isCommitmentEvent(sopClassUID: string, eventTypeID: number): boolean {
  // 1: all committed, 2: failures exist.
  return sopClassUID === SopClass.StorageCommitmentPushModel && (eventTypeID === 1 || eventTypeID === 2);
}

function instancesOf(information: DataSet, tag: Tag): { sopInstanceUID: string; reason: number }[] {
  return information
    .sequence(tag)
    .slice(0, MAX_INSTANCES)
    .flatMap((item) => {
      const sopInstanceUID = item.string(Tag.ReferencedSOPInstanceUID) ?? '';
      const reason = item.number(Tag.FailureReason) ?? 0;
      return isUid(sopInstanceUID) ? [{ sopInstanceUID, reason }] : [];
    });
}
