import { THRESHOLDS } from '../thresholds';
import { type DiscEvidence } from './disc-evidence';

/** The measures that decide, in the order of {@link PresenceModel.weights}. */
export const PRESENCE_MEASURES = [
  't1High', 't2High', 'fatArea', 'discT2', 'discHeight', 'ordinal', 't2Level', 't1Spread', 'marrowContrast', 'slip', 'support',
  'spineDiscT2',
] as const satisfies readonly (keyof DiscEvidence)[]; // prettier-ignore

/** A logistic model over {@link PRESENCE_MEASURES}. */
export interface PresenceModel {
  readonly intercept: number;
  /** Per unit of each measure. */
  readonly weights: readonly number[];
  /** Log odds from which a change counts as present. */
  readonly cut: number;
}

/** The model whose weights stand in `thresholds.ts`. */
export const SHIPPED_PRESENCE: PresenceModel = {
  intercept: THRESHOLDS.modicPresence.intercept,
  weights: PRESENCE_MEASURES.map((name) => THRESHOLDS.modicPresence[name]),
  cut: THRESHOLDS.modicPresence.cut,
};

/** Measures of one disc as the model takes them. */
export function presenceMeasures(evidence: DiscEvidence): number[] {
  return PRESENCE_MEASURES.map((name) => evidence[name]);
}

/** Log odds that a reader would see Modic change at either endplate of a disc. */
export function presenceScore(measures: readonly number[], model: PresenceModel = SHIPPED_PRESENCE): number {
  return model.weights.reduce((sum, weight, n) => sum + weight * measures[n]!, model.intercept);
}

/**
 * How far the model goes along with what the voxel rules said of a disc, 0.3 to 1; enters the confidence of both endplates.
 *
 * @param found - whether the rules found a change at either endplate
 */
export function presenceAgreement(evidence: DiscEvidence, found: boolean): number {
  const margin = presenceScore(presenceMeasures(evidence)) - SHIPPED_PRESENCE.cut;
  const agreed = 1 / (1 + Math.exp(found ? -margin : margin));
  return Math.min(1, 0.3 + 0.7 * Math.min(1, 2 * agreed));
}
