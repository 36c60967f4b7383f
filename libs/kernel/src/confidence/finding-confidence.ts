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

/** What is left of a length when its outline moves by a voxel on both sides: the shortest over the longest, 0.2 to 1. */
export function lengthStability(lengthMm: number, voxelMm: number): number {
  return Math.max(0.2, (lengthMm - voxelMm) / (lengthMm + voxelMm));
}

/** What is left of an angle or an offset when an outline moves by a voxel: 1 less the change over its scale, 0.2 to 1. */
export function offsetStability(change: number, scale: number): number {
  return Math.max(0.2, 1 - change / scale);
}
