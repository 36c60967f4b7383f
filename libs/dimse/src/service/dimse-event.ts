import type { RejectionName } from '../association/rejection';
import type { AssociationInfo, PeerAddress } from './association-info';

/** How an association ended. */
export type AssociationEnd =
  | 'released'
  | 'aborted-by-peer'
  | 'aborted-by-us'
  | 'connection-lost'
  /** The peer was silent, or sent less than it must, for too long. */
  | 'timed-out'
  /** The peer broke the protocol. */
  | 'protocol-error';

/** What the room publishes through its `notify` argument. No event carries patient data. */
export type DimseEvent =
  /** A connection was closed before any association: too many in all, or from one address. */
  | { readonly kind: 'connection-refused'; readonly peer: PeerAddress; readonly limit: 'all' | 'address' }
  /** A connection ended without an association request. */
  | { readonly kind: 'connection-unused'; readonly peer: PeerAddress }
  | { readonly kind: 'association-rejected'; readonly peer: PeerAddress; readonly callingAETitle: string; readonly calledAETitle: string; readonly rejection: RejectionName | undefined } // prettier-ignore
  | { readonly kind: 'association-accepted'; readonly association: AssociationInfo }
  | { readonly kind: 'association-ended'; readonly association: AssociationInfo; readonly end: AssociationEnd; readonly bytesIn: number } // prettier-ignore
  | { readonly kind: 'echo'; readonly association: AssociationInfo }
  | { readonly kind: 'store'; readonly association: AssociationInfo; readonly sopClassUID: string; readonly sopInstanceUID: string; readonly status: number; readonly dataSetBytes: number; readonly elapsedMs: number } // prettier-ignore
  /** A handler or the policy threw; the peer got a failure status. */
  | { readonly kind: 'handler-failed'; readonly association: AssociationInfo | undefined; readonly error: unknown };

/** Takes events; it must not throw. */
export type Notify = (event: DimseEvent) => void;
