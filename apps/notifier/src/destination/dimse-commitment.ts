import { SopClass, TransferSyntax } from '@endplate/dicom';
import {
  type AssociationOptions,
  type CommitmentInstance,
  encodeCommitmentRequest,
  openAssociation,
  REQUEST_COMMITMENT,
  Status,
  STORAGE_COMMITMENT_INSTANCE,
} from '@endplate/dimse';
import { type CommitmentRecords } from '../commitment/commitment-records';
import { takeCommitment } from '../commitment/take-commitment';
import { CommitmentRefusedError } from '../errors';

/** Whom to ask, and how long to stay for an answer on the same association, ms. */
export type CommitmentPeer = Omit<AssociationOptions, 'contexts' | 'eventReport'> & { readonly stayMs: number };

/**
 * Asks a destination to take responsibility for instances, and stays a while for a result on the same association; one
 * that comes on another is heard by the commitment server. Either way it goes into the records.
 *
 * @throws NOTIFIER_COMMITMENT_REFUSED, DIMSE_CONTEXT_REFUSED where the destination offers no commitment, other DIMSE_ codes
 * @standard PS3.4 J.3.2
 */
export async function askForCommitment(
  peer: CommitmentPeer,
  records: CommitmentRecords,
  transactionUID: string,
  instances: readonly CommitmentInstance[],
): Promise<void> {
  const { stayMs, ...options } = peer;
  let heard = (): void => undefined;
  const answered = new Promise<void>((resolve) => (heard = resolve));
  const association = await openAssociation({
    ...options,
    contexts: [
      {
        abstractSyntax: SopClass.StorageCommitmentPushModel,
        transferSyntaxes: [TransferSyntax.ExplicitVRLittleEndian, TransferSyntax.ImplicitVRLittleEndian],
      },
    ],
    eventReport: async (report) => {
      const status = await takeCommitment(records, report);
      heard();
      return status;
    },
  });
  try {
    await records.ask(transactionUID);
    const syntax = association.contextFor(SopClass.StorageCommitmentPushModel)?.transferSyntax ?? '';
    const { status } = await association.action({
      sopClassUID: SopClass.StorageCommitmentPushModel,
      sopInstanceUID: STORAGE_COMMITMENT_INSTANCE,
      actionTypeID: REQUEST_COMMITMENT,
      dataSet: encodeCommitmentRequest(transactionUID, instances, syntax),
    });
    if (status !== Status.Success) throw new CommitmentRefusedError(status);
    await Promise.race([answered, elapsed(stayMs)]);
  } catch (error) {
    association.abort();
    throw error;
  }
  await association.release().catch(() => association.abort());
}

function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
