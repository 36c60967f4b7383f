import { affineColumn, applyAffine, length, type Affine, type Vec3 } from '@endplate/dicom';
import { type NativeLabels } from '../level/native-labels';
import { CLASS } from '../segment/spine-class';
import { componentsAround, type VoxelBox } from '../shape/components';
import { BallProbe, dilate } from '../shape/dilate';
import { dilateByFaces, erodeByFaces } from '../shape/face-morphology';
import { labelExtents } from '../shape/label-extent';
import { THRESHOLDS } from '../thresholds';
import { type ProbabilityStack } from '../segment/probability-stack';
import { boneEndFrom, distanceFromBone } from './bone-distance';
import { type PointSpread } from './point-spread';

/** The disc's own axes in LPS, unit: `posterior` along the endplates, `cranial` across them, `left` to the patient's left. */
export interface DiscAxes {
  readonly centreLps: Vec3;
  readonly posterior: Vec3;
  readonly cranial: Vec3;
  readonly left: Vec3;
}

/** A CT volume in HU; index `(k * nj + j) * ni + i`. */
export interface HounsfieldVolume {
  readonly dims: readonly [number, number, number];
  readonly data: Int16Array | Float32Array;
  readonly ijkToLps: Affine;
}

/** Native voxels around one disc. */
export interface DiscBox extends VoxelBox {
  readonly spacingMm: readonly [number, number, number];
  readonly voxelMm3: number;
  readonly hu: Float32Array;
  /** 1 inside the disc, closed over what the network left out (dense or gas). */
  readonly disc: Uint8Array;
  /** 1 in vertebral bodies, sacrum and posterior elements. */
  readonly bone: Uint8Array;
  readonly canal: Uint8Array;
  /** Full width at half maximum of the point spread along x, y and z, mm. */
  readonly fwhmMm: Vec3;
  /** Distance from the surface of bone per voxel, in widths of the point spread; negative within bone. */
  readonly toBone: Float32Array;
  /** (x, y, z) of the box -\> LPS mm. */
  readonly ijkToLps: Affine;
  /** Whether the disc reaches the border of the series. */
  readonly cut: boolean;
}

const MARGIN_MM = 7;
const CLOSING_MM = 3;

/**
 * Cuts the box around one disc out of a volume, with its masks.
 *
 * @param stack - what the labels were taken from: it knows where bone ends between two slices
 * @returns undefined when the instance has no voxel there
 */
export function discBox(
  volume: HounsfieldVolume,
  labels: NativeLabels,
  stack: ProbabilityStack,
  instance: number,
  spread: PointSpread,
): DiscBox | undefined {
  const bounds = labelExtents(labels.instances, labels.dims)[instance];
  if (!bounds) return undefined;
  const spacingMm = [0, 1, 2].map((axis) =>
    length(affineColumn(volume.ijkToLps, axis as 0 | 1 | 2)),
  ) as unknown as Vec3;
  const from = bounds.low.map((v, a) => Math.max(0, v + labels.offset[a]! - Math.ceil(MARGIN_MM / spacingMm[a]!)));
  const to = bounds.high.map((v, a) =>
    Math.min(volume.dims[a]! - 1, v + labels.offset[a]! + Math.ceil(MARGIN_MM / spacingMm[a]!)),
  );
  const [nx, ny, nz] = to.map((v, a) => v - from[a]! + 1) as unknown as Vec3;
  const box = { nx, ny, nz };
  const masks = cutMasks(volume, labels, instance, box, from as unknown as Vec3);
  const disc = closeMask(box, spacingMm, masks.disc, masks.bone);
  const origin = applyAffine(volume.ijkToLps, from as unknown as Vec3);
  const ijkToLps = [...volume.ijkToLps];
  [ijkToLps[3], ijkToLps[7], ijkToLps[11]] = origin;
  const cut = [0, 1, 2].some(
    (a) => bounds.low[a]! + labels.offset[a]! <= 0 || bounds.high[a]! + labels.offset[a]! >= volume.dims[a]! - 1,
  );
  const fwhmMm: Vec3 = [spread.inPlaneMm, spread.inPlaneMm, spread.throughPlaneMm];
  const toBone = distanceFromBone(
    box,
    spacingMm,
    fwhmMm,
    masks.bone,
    boneEndFrom(stack, ijkToLps as unknown as Affine),
  );
  const voxelMm3 = spacingMm[0] * spacingMm[1] * spacingMm[2];
  return { ...box, spacingMm, voxelMm3, ...masks, disc, fwhmMm, toBone, ijkToLps, cut };
}

interface Masks {
  readonly hu: Float32Array;
  readonly disc: Uint8Array;
  readonly bone: Uint8Array;
  readonly canal: Uint8Array;
}

function cutMasks(volume: HounsfieldVolume, labels: NativeLabels, instance: number, box: VoxelBox, from: Vec3): Masks {
  const total = box.nx * box.ny * box.nz;
  const masks = {
    hu: new Float32Array(total),
    disc: new Uint8Array(total),
    bone: new Uint8Array(total),
    canal: new Uint8Array(total),
  };
  const [ni, nj, nk] = labels.dims;
  const { data, dims } = volume;
  const [oi, oj, ok] = [0, 1, 2].map((axis) => from[axis]! - labels.offset[axis]!) as unknown as Vec3;
  for (let z = 0, at = 0; z < box.nz; z++) {
    for (let y = 0; y < box.ny; y++) {
      const row = ((z + from[2]) * dims[1] + y + from[1]) * dims[0] + from[0];
      const [j, k] = [y + oj, z + ok];
      const labelled = j >= 0 && k >= 0 && j < nj && k < nk;
      for (let x = 0; x < box.nx; x++, at++) {
        masks.hu[at] = data[row + x]!;
        const i = x + oi;
        if (!labelled || i < 0 || i >= ni) continue;
        const label = (k * nj + j) * ni + i;
        const tissue = labels.classes[label]!;
        if (labels.instances[label] === instance) masks.disc[at] = 1;
        else if (tissue === CLASS.body || tissue === CLASS.sacrum || tissue === CLASS.posterior) masks.bone[at] = 1;
        else if (tissue === CLASS.canal) masks.canal[at] = 1;
      }
    }
  }
  return masks;
}

/** Closing by a ball; bone stays bone. */
function closeMask(box: VoxelBox, spacingMm: Vec3, disc: Uint8Array, bone: Uint8Array): Uint8Array {
  const away = dilate(box, spacingMm, disc, CLOSING_MM);
  for (let at = 0; at < away.length; at++) away[at] = 1 - away[at]!;
  const probe = new BallProbe(box, spacingMm, CLOSING_MM);
  const closed = disc.slice();
  for (let at = 0; at < closed.length; at++)
    if (away[at] === 0 && disc[at] === 0 && bone[at] === 0 && !probe.meets(away, at)) closed[at] = 1;
  return closed;
}

/** The same box with the disc smaller by one voxel on every side. */
export function erodeDisc(box: DiscBox): DiscBox {
  return { ...box, disc: erodeByFaces(box, box.disc) };
}

/** The same box with the disc larger by one voxel on every side, bone left as it is. */
export function growDisc(box: DiscBox): DiscBox {
  const { bone, disc: own } = box;
  const disc = dilateByFaces(box, own);
  for (let at = 0; at < disc.length; at++) disc[at]! &= own[at]! | (1 - bone[at]!);
  return { ...box, disc };
}

/** Whether a voxel belongs to the disc of {@link growDisc}. */
export function isInGrownDisc(box: DiscBox, at: number): boolean {
  const { disc, bone, nx, ny } = box;
  if (disc[at] === 1) return true;
  if (bone[at] === 1) return false;
  const x = at % nx;
  const y = ((at - x) / nx) % ny;
  const plane = nx * ny;
  return (
    (x > 0 && disc[at - 1] === 1) ||
    (x < nx - 1 && disc[at + 1] === 1) ||
    (y > 0 && disc[at - nx] === 1) ||
    (y < ny - 1 && disc[at + nx] === 1) ||
    disc[at - plane] === 1 ||
    disc[at + plane] === 1
  );
}

/**
 * Whether metal lies in the box, or cement in disc or bone: one piece that is denser than calcification and cortex are, and
 * larger than the densest rims.
 */
export function hasMetal(box: DiscBox): boolean {
  const { metalHU, metalMinMm3, cementHU, cementMinMm3 } = THRESHOLDS.ct;
  const { hu, bone, disc } = box;
  let metal = 0;
  const cement: number[] = [];
  for (let at = 0; at < hu.length; at++) {
    if (hu[at]! > metalHU) metal++;
    if (hu[at]! > cementHU && (bone[at] === 1 || disc[at] === 1)) cement.push(at);
  }
  if (metal * box.voxelMm3 >= metalMinMm3) return true;
  if (cement.length * box.voxelMm3 < cementMinMm3) return false;
  const pieces = componentsAround(box, cement, (at) => hu[at]! > cementHU && (bone[at] === 1 || disc[at] === 1));
  return pieces.some((piece) => piece.length * box.voxelMm3 >= cementMinMm3);
}
