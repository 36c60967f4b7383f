import { type DeliveryRecord, isDeliveryOver } from '../delivery/delivery-record';
import { type FindingsOutcome } from './findings-outcome';

/** Where a study stands, in the order of its way. */
export const STUDY_STATES = [
  'received',
  'waiting',
  'analysing',
  'analysed',
  'not-analysed',
  'delivering',
  'delivered',
  'failed',
] as const;

/**
 * `received`: instances, no version yet. `waiting`: a version waits for a worker. `analysing`: a worker began.
 * `analysed`: findings, nothing on its way, or nothing sent because a later version was. `not-analysed`: the study cannot be used, the reason is known.
 * `delivering`, `delivered`: on its way to at least one destination, at all of them. `failed`: analysis or a delivery
 * was given up.
 */
export type StudyState = (typeof STUDY_STATES)[number];

/** The state of a version from its objects, and while there are no findings from the last step of its timeline. */
export function stateOfVersion(
  outcome: FindingsOutcome | undefined,
  deliveries: readonly Pick<DeliveryRecord, 'state'>[],
  lastAnalysisStep: string | undefined,
): StudyState {
  if (!outcome) {
    if (lastAnalysisStep === 'analysis-failed') return 'failed';
    return lastAnalysisStep === 'analysis-started' ? 'analysing' : 'waiting';
  }
  if (outcome.status === 'not-analysed') return 'not-analysed';
  if (deliveries.some(({ state }) => state === 'dead-letter')) return 'failed';
  if (deliveries.every(({ state }) => state === 'superseded')) return 'analysed';
  return deliveries.every(isDeliveryOver) ? 'delivered' : 'delivering';
}
