export * from './errors';
export {
  DELIVERY_RUNGS,
  DELIVERY_STATES,
  type DeliveredObject,
  deliveredObjectSchema,
  type DeliveryRecord,
  deliveryRecordSchema,
  type DeliveryRung,
  type DeliveryState,
  highestRung,
  isDeliveryOver,
  OBJECT_PROOFS,
  type ObjectProof,
  type ReadBackProof,
} from './delivery/delivery-record';
export { retryDeliveries, type RetryPorts, type RetryRequest } from './delivery/retry-deliveries';
export {
  type EventFacts,
  type EventSubject,
  Timeline,
  type TimelineEvent,
  timelineEventSchema,
} from './timeline/timeline';
export {
  type CompletenessEvidence,
  digestInstances,
  evidenceSchema,
  type ListedInstance,
  type Manifest,
  manifestSchema,
  type VersionReason,
} from './version/manifest';
export { correctStudy, type CorrectionRequest, type NextVersionPorts, reprocessStudy } from './version/next-version';
export { EvidenceRecorder, type EvidenceRecorderPorts } from './evidence/evidence-recorder';
export {
  EVIDENCE_SOURCES,
  type EvidenceSource,
  type ExpectedInstances,
  type HeardInstances,
  MAX_NAMED_INSTANCES,
  type NamedInstance,
} from './evidence/expected-instances';
export { StudyEvidence } from './evidence/study-evidence';
export { type InstanceSet, Manifests } from './version/manifests';
export { type AssemblerPorts, type ReceivedInstance, StudyAssembler } from './completeness/study-assembler';
export { type CompleterPorts, type CompletionOutcome, StudyCompleter } from './completeness/study-completer';
export { COMPLETENESS_LIMITS, type CompletenessLimits } from './completeness/decide-completeness';
export { type InquiryEvent } from './completeness/study-inquiry';
export { type FetchOutcome, type SourceAnswer, type StudySources } from './completeness/study-sources.port';
export { type FindingsOutcome } from './record/findings-outcome';
export { type StudyDetails, StudyReader, type StudyRecord, type VersionRecord } from './record/study-reader';
export { STUDY_STATES, type StudyState } from './record/study-state';
export { reconcile, type ReconcilePorts, type ReconcileReport } from './reconcile/reconcile';
