export * from './errors';
export { isAETitle, type AETitle } from './association/ae-title';
export {
  negotiate,
  type AcceptancePolicy,
  type AcceptedContext,
  type LocalIdentity,
  type NegotiationResult,
  type SupportedContext,
} from './association/negotiate';
export { storageNegotiation, type StorageConformance } from './association/storage-negotiation';
export { Rejection, rejectionName, type RejectionName } from './association/rejection';
export { errorCommentOf, Status, statusKind, type DimseStatus, type StatusKind } from './message/status';
export type { AssociateRj, AssociateRq, ExtendedNegotiation, RoleSelection, UserIdentity } from './pdu/pdu';
export type { AssociationInfo, AssociationRequest, PeerAddress } from './service/association-info';
export type { AssociationEnd, DimseEvent, Notify } from './service/dimse-event';
export type { EventReport, EventReportHandler } from './service/event-report';
export * from './service/storage-commitment';
export * from './service/performed-step';
export * from './service/availability-notification';
export type { FindHandler, FindRequest } from './service/find-handler';
export type { DataSetSource } from './service/message-sender';
export type { MoveOutcome, MoveRequest, SuboperationCounts } from './service/move-operation';
export { EventReporter, type OutgoingEvent } from './service/event-reporter';
export type { NormalisedAnswer, NormalisedHandler, NormalisedOperation, NormalisedRequest } from './service/normalised-operation'; // prettier-ignore
export type { AcceptDecision, Services } from './service/session-context';
export {
  type ActionRequest,
  type AttributeRequest,
  type ScuAssociation,
  type StoreInstance,
} from './service/scu-association';
export type { StoreHandler, StoreRequest, StoreSink } from './service/store-handler';
export { DimseServer, type ListenOptions } from './transport/dimse-server';
export { openAssociation, type AssociationOptions } from './transport/open-association';
export type { ServerOptions } from './transport/server-options';
export { systemTimers, type Timers } from './transport/timers';
