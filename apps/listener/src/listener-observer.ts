import { type DimseEvent } from '@endplate/dimse';
import { type CatalogueLog, type Metrics } from '@endplate/platform';
import { type QueueEvent } from '@endplate/queue';
import { type SpoolEvent } from '@endplate/store';
import { type CompletionOutcome, type InquiryEvent, type ReconcileReport } from '@endplate/studies';
import { type CommitmentEvent } from './commitment/commitment-desk';
import { type LISTENER_LOG } from './listener.log';
import { type NoticeEvent } from './notice/notice';
import { type ReceiveEvent } from './receive/instance-intake';

/** Redis that is away would otherwise fill the log with one line per reconnection. */
const REDIS_LINE_EVERY_MS = 30_000;

/** Turns what the listener tells into log lines and metrics. */
export class ListenerObserver {
  private readonly instances;
  private readonly bytes;
  private readonly refused;
  private readonly associations;
  private readonly open;
  private readonly answerSeconds;
  private readonly versions;
  private readonly incomplete;
  private readonly questions;
  private readonly fetched;
  private readonly commitments;
  private readonly notices;
  private readonly restorations;
  private redisLineAt = -Infinity;

  constructor(
    private readonly log: CatalogueLog<typeof LISTENER_LOG>,
    metrics: Metrics,
  ) {
    this.instances = metrics.counter({
      name: 'endplate_instances_received_total',
      help: 'Instances answered with success, by what became of them',
      labels: ['outcome'],
    });
    this.bytes = metrics.counter({ name: 'endplate_received_bytes_total', help: 'Bytes of new instances' });
    this.refused = metrics.counter({
      name: 'endplate_instances_refused_total',
      help: 'Instances answered with a failure, by code',
      labels: ['code'],
    });
    this.associations = metrics.counter({
      name: 'endplate_associations_total',
      help: 'Association requests by their end',
      labels: ['end'],
    });
    this.open = metrics.gauge({ name: 'endplate_associations_open', help: 'Associations open now' });
    this.answerSeconds = metrics.histogram({
      name: 'endplate_store_answer_seconds',
      help: 'Time from the C-STORE command to its answer',
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5, 30],
    });
    this.commitments = metrics.counter({
      name: 'endplate_commitment_requests_total',
      help: 'Storage commitments that were asked of us, by outcome',
      labels: ['outcome'],
    });
    this.restorations = metrics.counter({
      name: 'endplate_instances_restored_total',
      help: 'Instances that the object store had confirmed and lost or changed, stored again from the spool',
    });
    this.notices = metrics.counter({
      name: 'endplate_study_notices_total',
      help: 'Performed procedure steps (mpps) and availability notifications (ian) that were taken',
      labels: ['source', 'outcome'],
    });
    this.incomplete = metrics.counter({
      name: 'endplate_versions_incomplete_total',
      help: 'Study versions made although somebody said that there are more instances',
    });
    this.questions = metrics.counter({
      name: 'endplate_source_questions_total',
      help: 'Sources asked how many instances a study has, by outcome',
      labels: ['outcome'],
    });
    this.fetched = metrics.counter({
      name: 'endplate_instances_fetched_total',
      help: 'Instances that sources were asked to send because they were missing, by what the source says',
      labels: ['outcome'],
    });
    this.versions = metrics.counter({ name: 'endplate_versions_created_total', help: 'Study versions made' });
  }

  dimse(event: DimseEvent): void {
    switch (event.kind) {
      case 'association-accepted': {
        const { id, callingAETitle, remoteAddress, contexts } = event.association;
        this.open.inc();
        this.log.associationAccepted({ association: id, callingAETitle, remoteAddress, contexts: contexts.length });
        return;
      }
      case 'association-rejected': {
        const { callingAETitle, calledAETitle, peer, rejection } = event;
        const reason = rejection ?? 'unknown';
        this.associations.inc({ end: 'rejected' });
        this.log.associationRejected({ callingAETitle, calledAETitle, remoteAddress: peer.remoteAddress, reason });
        return;
      }
      case 'association-ended':
        this.open.dec();
        this.associations.inc({ end: event.end });
        this.log.associationEnded({ association: event.association.id, end: event.end, bytesIn: event.bytesIn });
        return;
      case 'connection-refused':
        this.log.connectionRefused({ remoteAddress: event.peer.remoteAddress, limit: event.limit });
        return;
      case 'store':
        this.answerSeconds.observe(event.elapsedMs / 1000);
        return;
      case 'handler-failed':
        this.log.handlerFailed({ error: asError(event.error) });
        return;
      case 'connection-unused':
      case 'echo':
        return;
    }
  }

  receive(event: ReceiveEvent): void {
    if (event.type === 'record-delayed') {
      this.log.recordDelayed({ studyInstanceUID: event.studyInstanceUID, error: event.error });
      return;
    }
    const { source, outcome } = event;
    const { studyInstanceUID } = outcome.header;
    this.instances.inc({ outcome: outcome.kind });
    if (outcome.kind === 'stored') this.bytes.inc(outcome.sizeBytes);
    if (outcome.kind === 'conflict') this.log.instanceConflict({ studyInstanceUID, source });
    this.log.instanceReceived({ studyInstanceUID, source, outcome: outcome.kind, sizeBytes: outcome.sizeBytes });
  }

  instanceRefused(error: unknown, source: string): void {
    const code = (error as { code?: unknown } | undefined)?.code;
    const label = typeof code === 'string' && /^[A-Z_]+$/.test(code) ? code : 'UNEXPECTED';
    this.refused.inc({ code: label });
    this.log.instanceRefused({ source, code: label, error: asError(error) });
  }

  spool(event: SpoolEvent): void {
    switch (event.type) {
      case 'segment-replayed':
        return this.log.spoolReplayed({ records: event.records, torn: event.torn });
      case 'segment-damaged':
        return this.log.spoolDamaged({ segment: event.segment });
      case 'delivery-failed':
        return this.log.uploadFailed({ attempt: event.attempt, error: asError(event.error) });
      case 'group-committed':
        return;
    }
  }

  restored(studyInstanceUID: string): void {
    this.restorations.inc();
    this.log.instanceRestored({ studyInstanceUID });
  }

  commitment(event: CommitmentEvent): void {
    this.commitments.inc({ outcome: event.type });
    if (event.type === 'answered') {
      const { requester, committed, failed, here: sameAssociation } = event;
      this.log.commitmentAnswered({ requester, committed, failed, sameAssociation });
      return;
    }
    const { requester, attempt, error } = event;
    if (event.type === 'delayed') this.log.commitmentDelayed({ requester, attempt, error });
    else this.log.commitmentGivenUp({ requester, attempt, error });
  }

  notice(event: NoticeEvent): void {
    const { source, requester, outcome, instances } = event;
    this.notices.inc({ source, outcome });
    this.log.noticeTaken({ source, requester, outcome, instances });
  }

  quietPeriodDelayed(error: Error): void {
    this.log.recordDelayed({ studyInstanceUID: '', error });
  }

  completed(studyInstanceUID: string, outcome: CompletionOutcome): void {
    if (outcome.kind === 'version-created') {
      const { version, instances, missing } = outcome;
      this.versions.inc();
      if (missing > 0) this.incomplete.inc();
      this.log.versionCreated({ studyInstanceUID, version, instances, missing });
    } else {
      this.log.completenessChecked({ studyInstanceUID, outcome: 'reason' in outcome ? outcome.reason : outcome.kind });
    }
  }

  inquiry(studyInstanceUID: string, event: InquiryEvent): void {
    const { aeTitle: source } = event;
    if (event.type === 'fetched') {
      const { completed, failed, code = '' } = event;
      this.fetched.inc({ outcome: 'completed' }, completed);
      this.fetched.inc({ outcome: 'failed' }, failed);
      this.log.instancesFetched({ studyInstanceUID, source, completed, failed, code });
      return;
    }
    this.questions.inc({ outcome: event.outcome });
    if (event.outcome === 'answered') this.log.sourceAnswered({ studyInstanceUID, source, count: event.count });
    else this.log.sourceAway({ studyInstanceUID, source, code: event.code });
  }

  reconciled({ studies, completeness, analyse, deliver, parked, failed }: ReconcileReport): void {
    this.log.reconciled({ studies, completeness, analyse, deliver, parked, failed });
  }

  reconcileDelayed(error: unknown): void {
    this.log.reconcileDelayed({ error: asError(error) });
  }

  queue(event: QueueEvent): void {
    switch (event.type) {
      case 'job-failed': {
        const { queue, jobId, attempt, final, error } = event;
        this.log.jobFailed({ queue, jobId, attempt, final, error });
        return;
      }
      case 'worker-stuck':
        this.log.workerStuck({ queue: event.queue, waiting: event.waiting, idleMs: event.idleMs });
        return;
      case 'redis-error':
        if (performance.now() - this.redisLineAt < REDIS_LINE_EVERY_MS) return;
        this.redisLineAt = performance.now();
        this.log.redisError({ error: event.error });
        return;
      case 'job-completed':
      case 'job-stalled':
      case 'lock-lost':
        return;
    }
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('unknown');
}
