import { composeAffine, invertAffine, type Affine, type Vec3 } from '@endplate/dicom';
import { interpolateProbabilities, type ProbabilityStack } from '../segment/probability-stack';
import { CLASS, SPINE_CLASSES } from '../segment/spine-class';
import { mostProbableTissue } from '../segment/tissue';
import { type VoxelBox } from '../shape/components';
import { distanceFromColumns } from '../shape/distance';

/** Where bone ends between two voxels of a column, as a part of the way from the lower (z) to the upper one, 0 to 1. */
export type BoneEnd = (x: number, y: number, z: number, lowerIsBone: boolean) => number;

const HALF_WAY: BoneEnd = () => 0.5;
const HALVINGS = 4;

/**
 * Distance of every voxel centre from the surface of bone in widths of the point spread, each axis in its own: thick slices
 * blur across the slices and not along them. Within bone it is negative: how deep the centre lies under the surface along
 * z, -Infinity where the surface is not met within a voxel.
 *
 * @param spacingMm - between voxels along [x, y, z]
 * @param fwhmMm - full width at half maximum of the point spread along [x, y, z]
 * @param bone - 1 in bone
 * @param end - finds the surface between voxels along z; half-way between the centres by default
 */
export function distanceFromBone(
  box: VoxelBox,
  spacingMm: Vec3,
  fwhmMm: Vec3,
  bone: Uint8Array,
  end: BoneEnd = HALF_WAY,
): Float32Array {
  const plane = box.nx * box.ny;
  const field = new Float32Array(plane * box.nz).fill(Infinity);
  const depth = new Map<number, number>();
  const step = spacingMm[2] / fwhmMm[2];
  for (let column = 0; column < plane; column++) alongColumn(box, column, step, bone, end, field, depth);
  distanceFromColumns(box, [spacingMm[0] / fwhmMm[0], spacingMm[1] / fwhmMm[1], step], field);
  for (let at = 0; at < field.length; at++) if (bone[at] === 1) field[at] = -Infinity;
  for (const [at, under] of depth) field[at] = -under;
  return field;
}

/** Squared distances along one column from the surfaces in it, and how deep voxels beside a surface lie. */
function alongColumn(
  { nx, ny, nz }: VoxelBox,
  column: number,
  step: number,
  bone: Uint8Array,
  end: BoneEnd,
  field: Float32Array,
  depth: Map<number, number>,
): void {
  const plane = nx * ny;
  const x = column % nx;
  const y = (column - x) / nx;
  const surfaces: number[] = [];
  for (let z = 0; z < nz; z++) {
    const at = z * plane + column;
    if (bone[at] === 1) field[at] = 0;
    if (z + 1 >= nz || bone[at] === bone[at + plane]) continue;
    const lower = bone[at] === 1;
    const t = end(x, y, z, lower);
    surfaces.push(z + t);
    const [inside, under] = lower ? [at, t] : [at + plane, 1 - t];
    depth.set(inside, Math.min(depth.get(inside) ?? Infinity, under * step));
  }
  if (surfaces.length === 0) return;
  for (let z = 0, n = 0; z < nz; z++) {
    while (n + 1 < surfaces.length && Math.abs(surfaces[n + 1]! - z) < Math.abs(surfaces[n]! - z)) n++;
    const at = z * plane + column;
    if (bone[at] === 1) continue;
    const d = (surfaces[n]! - z) * step;
    field[at] = d * d;
  }
}

/** Finds the surface of bone between two voxels of a box where the most probable tissue changes. */
export function boneEndFrom(stack: ProbabilityStack, ijkToLps: Affine): BoneEnd {
  const m = composeAffine(invertAffine(stack.affine), ijkToLps);
  const p = new Float32Array(SPINE_CLASSES.length);
  return (x, y, z, lowerIsBone) => {
    const c = m[0]! * x + m[1]! * y + m[3]!;
    const r = m[4]! * x + m[5]! * y + m[7]!;
    const s = m[8]! * x + m[9]! * y + m[11]!;
    let [from, to] = [0, 1];
    for (let n = 0; n < HALVINGS; n++) {
      const t = (from + to) / 2;
      const at = z + t;
      interpolateProbabilities(stack, c + m[2]! * at, r + m[6]! * at, s + m[10]! * at, p);
      const tissue = mostProbableTissue(p);
      if ((tissue === CLASS.body || tissue === CLASS.posterior) === lowerIsBone) from = t;
      else to = t;
    }
    return (from + to) / 2;
  };
}
