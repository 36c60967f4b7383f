import { applyAffine, affineColumn, length } from '@endplate/dicom';
import { type LabelLesion } from '../label-map';
import { type NativeLabels } from '../level/native-labels';
import { type SpineModel } from '../measure/spine-model';
import { labelExtents } from '../shape/label-extent';
import { type DrawnLesion } from './key-slices';

/** A lesion of a disc or of an endplate that faces it lies within this of the disc. */
const REACH_MM = 40;

/** The voxels of lesions on a native grid: those whose centre a lesion holds. */
export function labelLesions(
  lesions: readonly DrawnLesion[],
  labels: NativeLabels,
  model: SpineModel,
): readonly LabelLesion[] {
  return lesions.flatMap(({ kind, findingId, discId, contains }) => {
    const disc = model.discs.find(({ id }) => id === discId);
    const box = disc && around(labels, disc.instance.label);
    if (!box) return [];
    const [ni, nj] = labels.dims;
    const voxels: number[] = [];
    for (let k = box.low[2]!; k <= box.high[2]!; k++) {
      for (let j = box.low[1]!; j <= box.high[1]!; j++) {
        for (let i = box.low[0]!; i <= box.high[0]!; i++) {
          if (contains(applyAffine(labels.ijkToLps, [i, j, k]))) voxels.push((k * nj + j) * ni + i);
        }
      }
    }
    return voxels.length === 0 ? [] : [{ kind, findingId, voxels: Uint32Array.from(voxels) }];
  });
}

function around({ dims, instances, ijkToLps }: NativeLabels, label: number) {
  const extent = labelExtents(instances, dims)[label];
  if (!extent) return undefined;
  const { low, high } = extent;
  const reach = ([0, 1, 2] as const).map((axis) => Math.ceil(REACH_MM / length(affineColumn(ijkToLps, axis))));
  return {
    low: low.map((v, axis) => Math.max(0, v - reach[axis]!)),
    high: high.map((v, axis) => Math.min(dims[axis]! - 1, v + reach[axis]!)),
  };
}
