import { type JobPublisher } from '@endplate/queue';
import { latestReception } from '../record/reception';
import { type Timeline } from '../timeline/timeline';
import { type HeardInstances } from './expected-instances';
import { type StudyEvidence } from './study-evidence';

/** What the recorder needs. */
export interface EvidenceRecorderPorts {
  readonly evidence: StudyEvidence;
  readonly timeline: Pick<Timeline, 'latest'>;
  readonly jobs: Pick<JobPublisher, 'completeness'>;
  /** Told of studies whose instances are named: what comes after has them looked at soon too. */
  readonly named?: (studyInstanceUID: string) => void;
  readonly now: () => Date;
}

/** Silence after which a study is looked at whose instances somebody has named, in ms. */
export const NAMED_QUIET_MS = 2000;

/** Takes what others say of a study's instances (MPPS, IAN), and has the study looked at. */
export class EvidenceRecorder {
  constructor(private readonly ports: EvidenceRecorderPorts) {}

  /**
   * Keeps a statement, then has the study looked at soon where instances of it are here; whether it is complete is
   * decided there, and what came too early waits on. Safe to call again with the same statement. When the queue is
   * away the statement is kept, and counts when the quiet period ends.
   * @throws STUDIES_EVIDENCE_INVALID, QUEUE_UNAVAILABLE, and what the store throws when it is away
   */
  async record(heard: HeardInstances): Promise<'recorded' | 'present'> {
    const { evidence, timeline, jobs, now } = this.ports;
    const outcome = await evidence.record(heard, now());
    const { studyInstanceUID } = heard;
    this.ports.named?.(studyInstanceUID);
    const reception = await latestReception(timeline, studyInstanceUID);
    if (reception) {
      const delayMs = Math.min(reception.quietMs, NAMED_QUIET_MS);
      await jobs.completeness({ studyInstanceUID, ...reception, early: true }, delayMs);
    }
    return outcome;
  }
}
