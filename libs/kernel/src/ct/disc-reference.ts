import { medianAndSigma } from '../measure/statistics';
import { THRESHOLDS } from '../thresholds';
import { dilate } from '../shape/dilate';
import { distanceTo } from '../shape/distance';
import { boneBlur, type BoneBlur } from './bone-blur';
import { type DiscBox } from './disc-box';

/** Where a disc is searched and against what. */
export interface DiscReference {
  /** 1 in the disc outside the guard band next to bone. */
  readonly core: Uint8Array;
  /** Median of the eroded core and 1.4826 MAD, HU. */
  readonly medianHU: number;
  readonly sigmaHU: number;
  /** Voxels that the median rests on. */
  readonly voxels: number;
  /** What bone adds to the voxels of its guard band. */
  readonly blur: BoneBlur;
}

const CT = THRESHOLDS.ct;

/**
 * Guard band, core and reference of a disc: the reference is taken in the core, further eroded from the disc's rim and
 * away from gas.
 */
export function discReference(box: DiscBox): DiscReference {
  const core = discCore(box);
  const { disc, hu } = box;
  const outside = new Uint8Array(disc.length);
  for (let at = 0; at < disc.length; at++) outside[at] = 1 - disc[at]!;
  const nearOutside = dilate(box, box.spacingMm, outside, CT.coreErosionMm);
  const toGas = distanceFromGas(box);
  const valuesOff = (left: Uint8Array): number[] => {
    const values: number[] = [];
    for (let at = 0; at < core.length; at++) {
      if (core[at] === 1 && left[at] === 0 && !(toGas && toGas[at]! <= CT.guardFwhms)) values.push(hu[at]!);
    }
    return values;
  };
  const eroded = valuesOff(nearOutside);
  const values = eroded.length < CT.minCoreVoxels ? valuesOff(outside) : eroded;
  const [medianHU, sigmaHU] = medianAndSigma(values);
  return { core, medianHU, sigmaHU, voxels: values.length, blur: boneBlur(box, medianHU, sigmaHU) };
}

/** The part of a disc outside the guard band next to bone. */
export function discCore({ disc, toBone }: DiscBox): Uint8Array {
  const core = new Uint8Array(disc.length);
  for (let at = 0; at < core.length; at++) if (disc[at] === 1 && toBone[at]! > CT.guardFwhms) core[at] = 1;
  return core;
}

/** Distance from gas in the disc, in widths of the point spread; undefined without gas. */
function distanceFromGas({ nx, ny, nz, disc, hu, spacingMm, fwhmMm }: DiscBox): Float32Array | undefined {
  const isGas = (at: number): boolean => disc[at] === 1 && hu[at]! < CT.vacuumHU;
  let any = false;
  for (let at = 0; at < hu.length && !any; at++) any = isGas(at);
  if (!any) return undefined;
  const widths = [spacingMm[0] / fwhmMm[0], spacingMm[1] / fwhmMm[1], spacingMm[2] / fwhmMm[2]] as const;
  return distanceTo({ nx, ny, nz }, widths, isGas);
}
