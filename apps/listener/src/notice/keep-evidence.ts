import { type EvidenceRecorder } from '@endplate/studies';
import { type NoticePorts } from './notice';

/**
 * Keeps notices as evidence of their study. Redis that is away refuses none: the evidence is durable by then, and counts
 * when the quiet period ends.
 */
export function keepEvidence(
  recorder: Pick<EvidenceRecorder, 'record'>,
  observer: { quietPeriodDelayed(error: Error): void },
): NoticePorts['record'] {
  return async ({ studyInstanceUID, source, id: reference, requester: saidBy, instances }) => {
    try {
      await recorder.record({ studyInstanceUID, source, saidBy, reference, instances });
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'QUEUE_UNAVAILABLE') throw error;
      observer.quietPeriodDelayed(error as Error);
    }
  };
}
