import { ALL_TRANSFER_SYNTAXES, SopClass, STORAGE_SOP_CLASSES, TransferSyntax } from '@endplate/dicom';
import { type AcceptDecision, type AssociationRequest, Rejection, type SupportedContext } from '@endplate/dimse';
import { type AeDirectory } from './ae-directory';

const UNCOMPRESSED = [TransferSyntax.ImplicitVRLittleEndian, TransferSyntax.ExplicitVRLittleEndian];

/**
 * What we take: every storage SOP class of ours in every transfer syntax as it comes, and Verification. A context of
 * any other SOP class is refused by itself, the association goes on.
 * @standard PS3.4 B.5
 */
export const LISTENER_CONTEXTS: readonly SupportedContext[] = [
  { abstractSyntax: SopClass.VerificationSOPClass, transferSyntaxes: UNCOMPRESSED },
  ...STORAGE_SOP_CLASSES.map((abstractSyntax) => ({ abstractSyntax, transferSyntaxes: ALL_TRANSFER_SYNTAXES })),
];

/**
 * Decides on an association request: our AE title must be called, and the calling AE title must be known at the
 * address it calls from.
 * @standard PS3.8 9.3.4
 */
export function associationPolicy(aeTitle: string, directory: AeDirectory) {
  return (request: AssociationRequest): AcceptDecision => {
    if (request.calledAETitle !== aeTitle) return Rejection.CalledAETitleNotRecognised;
    if (!directory.find(request.callingAETitle, request.remoteAddress)) return Rejection.CallingAETitleNotRecognised;
    return { kind: 'accept', contexts: LISTENER_CONTEXTS };
  };
}
