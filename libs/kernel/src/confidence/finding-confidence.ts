/** What a finding's confidence is the smallest of, each 0 to 1. */
export interface ConfidenceParts {
  /** How far the deciding voxels lie from their thresholds, noise considered. */
  readonly voxelMargin: number;
  /** How plausible the outline is that the finding was measured in. */
  readonly shapePlausibility: number;
  /** How far the best labelling of the levels lies before the second; 1 where levels are not named. */
  readonly labelGap: number;
  /** How little the finding moves with the outline by a voxel and the reference by its allowance. */
  readonly stability: number;
}

/** Nothing is ever quite worthless: what was reported was measured. */
const LEAST = 0.05;
/** Stability alone takes no more than this from a finding that was measured. */
const LEAST_STABLE = 0.2;

/** Confidence of one finding: the smallest of its parts, 0.05 to 1. */
export function findingConfidence(parts: ConfidenceParts): number {
  const { voxelMargin, shapePlausibility, labelGap, stability } = parts;
  const least = Math.min(voxelMargin, shapePlausibility, labelGap, stability);
  return Number.isFinite(least) ? Math.min(1, Math.max(LEAST, least)) : LEAST;
}

/** From the gap of two labellings to a part of confidence: the gap itself, and 1 where no level is named. */
export function labelConfidence(gap: number, named: boolean): number {
  return named ? Math.min(1, Math.max(LEAST, gap)) : 1;
}

/** How sure outline and level of a structure are, each 0 to 1. */
export interface FindingSurety {
  readonly outlineConfidence: number;
  readonly labelConfidence: number;
}

/** How little a length moves: the smallest of what it may be over the largest, 0.2 to 1. */
export function lengthStability(lengthMm: number, moved: readonly number[]): number {
  const all = [lengthMm, ...moved];
  const share = Math.min(...all) / Math.max(...all);
  return Number.isFinite(share) ? Math.max(LEAST_STABLE, share) : LEAST_STABLE;
}

/** How little an angle or an offset moves: 1 less its largest change over the change that would mean something else, 0.2 to 1. */
export function offsetStability(value: number, moved: readonly number[], scale: number): number {
  const change = Math.max(0, ...moved.map((other) => Math.abs(other - value)));
  return Number.isFinite(change) ? Math.max(LEAST_STABLE, 1 - change / scale) : LEAST_STABLE;
}
