import { medianAndSigma } from '../measure/statistics';
import { THRESHOLDS } from '../thresholds';
import { isReferenceMarrow, type MarrowVoxel } from './marrow';

const MODIC = THRESHOLDS.modic;

/** Median and 1.4826 MAD of the reference marrow of one vertebra, per channel; NaN where the channel is missing. */
export interface MarrowReference {
  readonly t1: number;
  readonly t1Sigma: number;
  readonly t2: number;
  readonly t2Sigma: number;
  readonly voxels: number;
  /** Where it was taken. */
  readonly from: 'same-vertebra' | 'neighbours';
}

/** Reference of each body in the middle of its marrow, from its neighbours where more than half of its own is changed. */
export function marrowReferences(bodies: readonly (readonly MarrowVoxel[])[]): (MarrowReference | undefined)[] {
  const own = bodies.map((voxels) => referenceOf(voxels.filter(isReferenceMarrow), 'same-vertebra'));
  return own.map((reference, n) => {
    if (!reference) return undefined;
    const around = bodies.filter((_, m) => Math.abs(m - n) === 1 && own[m]).flatMap((v) => v.filter(isReferenceMarrow));
    const neighbours = referenceOf(around, 'neighbours');
    if (!neighbours) return reference;
    const voxels = bodies[n]!.filter(isReferenceMarrow);
    const changed = voxels.filter((v) => voxelType(v, neighbours, false) !== 'none').length;
    return changed > voxels.length / 2 ? neighbours : reference;
  });
}

function referenceOf(voxels: readonly MarrowVoxel[], from: MarrowReference['from']): MarrowReference | undefined {
  if (voxels.length < MODIC.minReferenceVoxels) return undefined;
  const [t1, t1Sigma] = medianAndSigma(voxels.map((v) => v.t1).filter(Number.isFinite));
  const [t2, t2Sigma] = medianAndSigma(voxels.map((v) => v.t2).filter(Number.isFinite));
  return { t1, t1Sigma, t2, t2Sigma, voxels: voxels.length, from };
}

/** What the signal of one voxel looks like against its reference. */
export type VoxelType = 'none' | '1' | '2' | '3-possible';

/**
 * The voxel rules on T1 and T2, as ratio to the reference, each change also by two sigma.
 *
 * @param fatSuppressed - T2 suppresses fat, so that type 2 can't be told
 */
export function voxelType(voxel: MarrowVoxel, reference: MarrowReference, fatSuppressed: boolean): VoxelType {
  const [r1, r2] = [voxel.t1 / reference.t1, voxel.t2 / reference.t2];
  const changed1 = Math.abs(voxel.t1 - reference.t1) >= MODIC.minZ * reference.t1Sigma;
  const changed2 = Math.abs(voxel.t2 - reference.t2) >= MODIC.minZ * reference.t2Sigma;
  if (!changed1) return 'none';
  if (r1 <= MODIC.type1T1Max && r2 >= MODIC.type1T2Min && changed2) return '1';
  if (r1 >= MODIC.type2T1Min && r2 >= MODIC.type2T2Min && !fatSuppressed) return '2';
  if (r1 <= MODIC.type3T1Max && r2 <= MODIC.type3T2Max && changed2) return '3-possible';
  return 'none';
}
