import { THRESHOLDS } from '../thresholds';
import { type EndplateSide } from '../measure/endplate-course';
import { depthFrom, endplateLesions, inBand, type ChangedVoxel } from './lesion';
import { type MarrowVoxel } from './marrow';
import { type MarrowReference } from './marrow-reference';

const MODIC = THRESHOLDS.modic;

/** An endplate of which only T1 or only T2 is known. */
export interface EndplateOnOneSeries {
  readonly side: EndplateSide;
  readonly marrow: readonly MarrowVoxel[];
  readonly reference: MarrowReference | undefined;
  readonly channel: 't1' | 't2';
  readonly pixelMm: number;
  readonly pixelAreaMm2: number;
  readonly sliceCount: number;
}

/**
 * Whether the marrow under an endplate is changed on the one series there is: darker than 0.85 or brighter than 1.15 of the
 * reference by two sigma, under the rules of size and contact. Its type can't be told.
 *
 * @returns undefined without a reference
 */
export function signalChange(endplate: EndplateOnOneSeries): boolean | undefined {
  const { side, channel, reference } = endplate;
  if (!reference) return undefined;
  const [middle, sigma] = channel === 't1' ? [reference.t1, reference.t1Sigma] : [reference.t2, reference.t2Sigma];
  if (!(middle > 0)) return undefined;
  const changed = endplate.marrow.flatMap((voxel): ChangedVoxel[] => {
    if (!inBand(voxel, side)) return [];
    const [ratio, z] = [voxel[channel] / middle, Math.abs(voxel[channel] - middle) / sigma];
    const type = ratio <= MODIC.type1T1Max ? '3-possible' : ratio >= MODIC.type1T2Min ? '2' : undefined;
    return type && z >= MODIC.minZ ? [{ voxel, type, depthMm: depthFrom(voxel, side) }] : [];
  });
  const darker = changed.filter((v) => v.type === '3-possible');
  const brighter = changed.filter((v) => v.type === '2');
  return [darker, brighter].some(
    (list) => endplateLesions(list, endplate.pixelMm, endplate.pixelAreaMm2, endplate.sliceCount).length > 0,
  );
}
