import { quantile } from '../measure/statistics';
import { THRESHOLDS } from '../thresholds';
import { distanceTo } from '../shape/distance';
import { type DiscBox } from './disc-box';

/** Where a disc is searched and against what. */
export interface DiscReference {
  /** Width of the guard band next to bone, mm. */
  readonly guardMm: number;
  /** Distance to bone, mm, per voxel. */
  readonly toBone: Float32Array;
  /** 1 in the disc outside the guard band next to bone. */
  readonly core: Uint8Array;
  /** Median of the eroded core and 1.4826 MAD, HU. */
  readonly medianHU: number;
  readonly sigmaHU: number;
  /** Voxels that the median rests on. */
  readonly voxels: number;
}

const MAD_TO_SIGMA = 1.4826;

/**
 * Guard band, core and reference of a disc: the reference is taken in the core, further eroded from the disc's rim and
 * away from gas.
 *
 * @param guardMm - width of the guard band next to bone
 */
export function discReference(box: DiscBox, guardMm: number): DiscReference {
  const { toBone } = box;
  const toOutside = distanceTo(box, box.spacingMm, (at) => box.disc[at] === 0);
  const toGas = distanceTo(box, box.spacingMm, (at) => box.disc[at] === 1 && box.hu[at]! < THRESHOLDS.ct.vacuumHU);
  const core = box.disc.map((value, at) => (value === 1 && toBone[at]! > guardMm ? 1 : 0));
  const values: number[] = [];
  const gather = (rimMm: number): void => {
    values.length = 0;
    core.forEach((value, at) => {
      if (value === 1 && toOutside[at]! > rimMm && toGas[at]! > guardMm) values.push(box.hu[at]!);
    });
  };
  gather(THRESHOLDS.ct.coreErosionMm);
  if (values.length < THRESHOLDS.ct.minCoreVoxels) gather(0);
  const medianHU = quantile(values, 0.5);
  const sigmaHU =
    MAD_TO_SIGMA *
    quantile(
      values.map((value) => Math.abs(value - medianHU)),
      0.5,
    );
  return { guardMm, toBone, core, medianHU, sigmaHU, voxels: values.length };
}
