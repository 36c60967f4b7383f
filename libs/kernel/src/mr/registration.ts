import { applyAffine, composeAffine, distance, invertAffine, type Vec3 } from '@endplate/dicom';
import { type FoundSpine } from '../level/find-spine';
import { median } from '../measure/statistics';
import { interpolateProbabilities, type ProbabilityStack } from '../segment/probability-stack';
import { CLASS, SPINE_CLASSES } from '../segment/spine-class';

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
  const [unsure, other] = [notBackground(first), notBackground(second)];
  for (let k = 0, at = 0; k < slices; k++) {
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++, at++) {
        const x = toSecond[0]! * c + toSecond[1]! * r + toSecond[2]! * k + toSecond[3]!;
        const y = toSecond[4]! * c + toSecond[5]! * r + toSecond[6]! * k + toSecond[7]!;
        const z = toSecond[8]! * c + toSecond[9]! * r + toSecond[10]! * k + toSecond[11]!;
        // Where both see background alone, so does their mean.
        if (unsure[at] === 0 && !anyAround(second, other, x, y, z)) continue;
        if (!interpolateProbabilities(second, x, y, z, p)) continue;
        for (let n = 0; n < p.length; n++) first.planes[n]![at] = Math.round((first.planes[n]![at]! + p[n]! * 255) / 2);
      }
    }
  }
}

/** 1 where a voxel is anything but background for certain. */
function notBackground({ planes }: ProbabilityStack): Uint8Array {
  const result = new Uint8Array(planes[0]!.length);
  planes.forEach((plane, n) => {
    const certain = n === CLASS.background ? 255 : 0;
    for (let at = 0; at < result.length; at++) if (plane[at] !== certain) result[at] = 1;
  });
  return result;
}

/** Whether a mask is set at one of the eight voxels around a fractional position, those inside the stack. */
function anyAround({ dims }: ProbabilityStack, mask: Uint8Array, x: number, y: number, z: number): boolean {
  const [columns, rows, slices] = dims;
  for (let k = Math.max(0, Math.floor(z)); k <= Math.min(slices - 1, Math.floor(z) + 1); k++) {
    for (let r = Math.max(0, Math.floor(y)); r <= Math.min(rows - 1, Math.floor(y) + 1); r++) {
      for (let c = Math.max(0, Math.floor(x)); c <= Math.min(columns - 1, Math.floor(x) + 1); c++) {
        if (mask[(k * rows + r) * columns + c] === 1) return true;
      }
    }
  }
  return false;
}
