import { ALL_TRANSFER_SYNTAXES, SopClass, STORAGE_SOP_CLASSES, TransferSyntax } from '@endplate/dicom';
import { type SupportedContext } from '@endplate/dimse';

const UNCOMPRESSED = [TransferSyntax.ImplicitVRLittleEndian, TransferSyntax.ExplicitVRLittleEndian];

/**
 * What we take: every storage SOP class of ours in every transfer syntax as it comes, Verification, and the services
 * around storage. A context of
 * any other SOP class is refused by itself, the association goes on.
 * @standard PS3.4 B.5
 */
export const LISTENER_CONTEXTS: readonly SupportedContext[] = [
  { abstractSyntax: SopClass.VerificationSOPClass, transferSyntaxes: UNCOMPRESSED },
  { abstractSyntax: SopClass.StorageCommitmentPushModel, transferSyntaxes: UNCOMPRESSED },
  ...STORAGE_SOP_CLASSES.map((abstractSyntax) => ({ abstractSyntax, transferSyntaxes: ALL_TRANSFER_SYNTAXES })),
];
