import { ALL_TRANSFER_SYNTAXES, SopClass, STORAGE_SOP_CLASSES, TransferSyntax } from '@endplate/dicom';
import { storageNegotiation, type SupportedContext } from '@endplate/dimse';

import { type AeService } from './ae-directory';

const UNCOMPRESSED = [TransferSyntax.ImplicitVRLittleEndian, TransferSyntax.ExplicitVRLittleEndian];
const EVERYONES = [SopClass.VerificationSOPClass];
const SERVICE_SOP_CLASSES: Readonly<Record<Exclude<AeService, 'storage'>, string>> = {
  commitment: SopClass.StorageCommitmentPushModel,
  mpps: SopClass.ModalityPerformedProcedureStep,
  ian: SopClass.InstanceAvailabilityNotification,
};

/**
 * What we take: every storage SOP class of ours in every transfer syntax as it comes, Verification, and the services
 * around storage. A context of any other SOP class is refused by itself, the association goes on.
 * @standard PS3.4 B.5
 */
export const LISTENER_CONTEXTS: readonly SupportedContext[] = [
  ...[...EVERYONES, ...Object.values(SERVICE_SOP_CLASSES)].map((abstractSyntax) => ({ abstractSyntax, transferSyntaxes: UNCOMPRESSED })), // prettier-ignore
  ...STORAGE_SOP_CLASSES.map((abstractSyntax) => ({ abstractSyntax, transferSyntaxes: ALL_TRANSFER_SYNTAXES })),
];

/** What an AE that may use these services is granted; undefined: all of them. */
export function contextsOf(services: readonly AeService[] | undefined): readonly SupportedContext[] {
  if (!services) return LISTENER_CONTEXTS;
  const granted = new Set<string>(EVERYONES);
  for (const service of services) {
    if (service === 'storage') STORAGE_SOP_CLASSES.forEach((uid) => granted.add(uid));
    else granted.add(SERVICE_SOP_CLASSES[service]);
  }
  return LISTENER_CONTEXTS.filter(({ abstractSyntax }) => granted.has(abstractSyntax));
}

/** Level 2 (full), signature level 3: the bytes are kept as they came, nothing is coerced. @standard PS3.4 B.4.1 */
export const LISTENER_NEGOTIATION = storageNegotiation(STORAGE_SOP_CLASSES, {
  levelOfSupport: 2,
  levelOfDigitalSignature: 3,
  coercesElements: false,
});

/** Requests that a sender may have outstanding; they are read, served and answered in the order they come. */
export const MAX_OPERATIONS = 16;
