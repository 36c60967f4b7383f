import type { AcceptancePolicy, LocalIdentity } from '../association/negotiate';
import type { AssociateRj } from '../pdu/pdu';
import type { Timers } from '../transport/timers';
import type { AssociationInfo, AssociationRequest } from './association-info';
import type { Notify } from './dimse-event';
import type { EventReportHandler } from './event-report';
import type { FindHandler } from './find-handler';
import type { NormalisedHandler } from './normalised-operation';
import type { StoreHandler } from './store-handler';

/** What a server does with the messages it gets. C-ECHO is always answered. */
export interface Services {
  /** Called for each C-ECHO; throw to answer a failure. */
  readonly echo?: (association: AssociationInfo) => void;
  readonly store?: StoreHandler;
  readonly find?: FindHandler;
  readonly eventReport?: EventReportHandler;
  /** N-CREATE, N-SET and N-ACTION by SOP class UID. */
  readonly normalised?: Readonly<Record<string, NormalisedHandler>>;
}

/** The policy for this requestor, or the rejection. */
export type AcceptDecision = AcceptancePolicy | AssociateRj;

/** Everything a session needs from its server. */
export interface SessionContext {
  readonly accept: (request: AssociationRequest) => AcceptDecision | Promise<AcceptDecision>;
  readonly services: Services;
  readonly local: LocalIdentity;
  readonly timers: Timers;
  readonly notify: Notify;
  /** True while the server drains: requests get A700, associations a transient rejection. */
  readonly draining: () => boolean;
  /** Serial number for the next association. */
  readonly nextId: () => number;
}
