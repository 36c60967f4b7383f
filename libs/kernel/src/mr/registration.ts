import { applyAffine, composeAffine, distance, invertAffine, type Vec3 } from '@endplate/dicom';
import { type FoundSpine } from '../level/find-spine';
import { median } from '../measure/statistics';
import { interpolateProbabilities, type ProbabilityStack } from '../segment/probability-stack';
import { SPINE_CLASSES } from '../segment/spine-class';

/** How far a series lies off another one, LPS mm: a point p of the first is seen at p + shift in the second. */
export interface Registration {
  readonly shiftLps: Vec3;
  readonly shiftMm: number;
  /** The larger of the shift and of what it leaves of the distances (median): another scale or bend shows there. */
  readonly misalignmentMm: number;
  /** Structures that the estimate rests on. */
  readonly structures: number;
}

const MAX_PAIR_MM = 9;

/**
 * Compares the places of the same bodies and discs, found in both series on their own.
 *
 * The shift across the slices is left out: with slices of 3 to 5 mm it can't be told.
 *
 * @returns undefined when fewer than three structures pair up
 */
export function registerSpines(first: FoundSpine, second: FoundSpine): Registration | undefined {
  const centres = (spine: FoundSpine): { kind: string; p: Vec3 }[] =>
    spine.map.instances
      .filter((i) => (i.kind === 'body' || i.kind === 'disc') && i.voxels > 0 && !i.segment.cut)
      .map((i) => ({ kind: i.kind, p: applyAffine(spine.map.affine, i.centroid) }));
  const others = centres(second);
  const shifts = centres(first).flatMap(({ kind, p }): Vec3[] => {
    const near = others.filter((other) => other.kind === kind).sort((a, b) => distance(a.p, p) - distance(b.p, p))[0];
    if (!near || distance(near.p, p) > MAX_PAIR_MM) return [];
    return [[0, near.p[1] - p[1], near.p[2] - p[2]]];
  });
  if (shifts.length < 3) return undefined;
  const shiftLps: Vec3 = [0, median(shifts.map((s) => s[1])), median(shifts.map((s) => s[2]))];
  const shiftMm = Math.hypot(shiftLps[1], shiftLps[2]);
  const left = shifts.map((s) => Math.hypot(s[1] - shiftLps[1], s[2] - shiftLps[2]));
  return { shiftLps, shiftMm, misalignmentMm: Math.max(shiftMm, median(left)), structures: shifts.length };
}

/** Averages the probabilities of a second series into the first, in place, on the first one's grid. */
export function fuseProbabilities(first: ProbabilityStack, second: ProbabilityStack, shiftLps: Vec3): void {
  const shift = [1, 0, 0, shiftLps[0], 0, 1, 0, shiftLps[1], 0, 0, 1, shiftLps[2], 0, 0, 0, 1];
  const toSecond = composeAffine(invertAffine(second.affine), composeAffine(shift, first.affine));
  const [columns, rows, slices] = first.dims;
  const p = new Float32Array(SPINE_CLASSES.length);
  for (let k = 0, at = 0; k < slices; k++) {
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++, at++) {
        const [x, y, z] = applyAffine(toSecond, [c, r, k]);
        if (!interpolateProbabilities(second, x, y, z, p)) continue;
        for (let n = 0; n < p.length; n++) first.planes[n]![at] = Math.round((first.planes[n]![at]! + p[n]! * 255) / 2);
      }
    }
  }
}
