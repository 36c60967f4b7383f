import type { AcceptedContext } from '../association/negotiate';
import type { AssociateRq } from '../pdu/pdu';

/** Where a connection comes from. */
export interface PeerAddress {
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Present on a TLS connection. */
  readonly tls?: { readonly authorised: boolean; readonly protocol: string; readonly peerFingerprint256?: string };
}

/** An association request with the address it came from. */
export interface AssociationRequest extends PeerAddress {
  readonly callingAETitle: string;
  readonly calledAETitle: string;
  /** The PDU as received. */
  readonly pdu: AssociateRq;
}

/** An established association as handlers see it. */
export interface AssociationInfo extends PeerAddress {
  /** Serial number within this process. */
  readonly id: number;
  readonly callingAETitle: string;
  readonly calledAETitle: string;
  readonly contexts: readonly AcceptedContext[];
  readonly peerMaximumLength: number;
  readonly peerImplementationClassUID: string;
  readonly peerImplementationVersionName?: string;
}

/** The facts of an association that was accepted. */
export function associationInfo(
  id: number,
  peer: PeerAddress,
  pdu: AssociateRq,
  contexts: readonly AcceptedContext[],
): AssociationInfo {
  const { maximumLength, implementationClassUID, implementationVersionName } = pdu.userInformation;
  return {
    ...peer,
    id,
    callingAETitle: pdu.callingAETitle,
    calledAETitle: pdu.calledAETitle,
    contexts,
    peerMaximumLength: maximumLength,
    peerImplementationClassUID: implementationClassUID,
    ...(implementationVersionName === undefined ? {} : { peerImplementationVersionName: implementationVersionName }),
  };
}
