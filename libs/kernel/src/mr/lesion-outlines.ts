import { applyAffine, invertAffine, maskOutlines, type Vec3 } from '@endplate/dicom';
import { type EndplateFinding, type KeyOutlineKind, type Outline } from '@endplate/findings';
import { type NativeLabels } from '../level/native-labels';
import { type DrawnLesion } from '../outline/key-slices';
import { type OutlineSource } from '../outline/structure-outlines';
import { type SliceLesion } from './lesion';
import { type ModicResult } from './modic';

const MAX_OUTLINES = 8;

/** Outlines of a lesion on the sagittal source image that shows most of it; none where the source is not sagittal. */
export function lesionOutlines(
  lesions: readonly SliceLesion[],
  labels: NativeLabels,
  source: OutlineSource,
): Outline[] {
  if (!source.sagittal || lesions.length === 0) return [];
  const largest = largestLesion(lesions);
  const [ni, nj] = labels.dims;
  const members = new Set(largest.voxels.map((v) => v.voxel.at));
  const k = Math.floor(largest.voxels[0]!.voxel.at / (ni * nj));
  const image = source.images[k + labels.offset[2]];
  if (!image) return [];
  return maskOutlines(ni, nj, (i, j) => members.has((k * nj + j) * ni + i))
    .slice(0, MAX_OUTLINES)
    .map((outline) => ({
      ...(source.frameOfReferenceUID ? { frameOfReferenceUID: source.frameOfReferenceUID } : {}),
      pointsLps: outline.map(
        ([x, y]) => [...applyAffine(labels.ijkToLps, [x - 0.5, y - 0.5, k])] as [number, number, number],
      ),
      image: {
        reference: image,
        points: outline.map(([x, y]): [number, number] => [x + labels.offset[0], y + labels.offset[1]]),
      },
    }));
}

/** The lesion of an endplate as something to draw on key slices. */
export function lesionToDraw(
  finding: EndplateFinding,
  result: ModicResult,
  labels: NativeLabels,
): DrawnLesion | undefined {
  if (result.lesions.length === 0 || result.assessment.status !== 'assessed') return undefined;
  const { type } = result.assessment.value;
  if (type === 'none') return undefined;
  const members = new Set(result.lesions.flatMap((lesion) => lesion.voxels.map((v) => v.voxel.at)));
  const inverse = invertAffine(labels.ijkToLps);
  const [ni, nj, nk] = labels.dims;
  const voxels = largestLesion(result.lesions).voxels;
  const mean = (axis: 0 | 1 | 2): number => voxels.reduce((sum, v) => sum + v.voxel.lps[axis], 0) / voxels.length;
  const centreLps: Vec3 = [mean(0), mean(1), mean(2)];
  const kind: KeyOutlineKind = `modic-${type}`;
  return {
    kind,
    findingId: finding.id,
    label: `Modic ${type}`,
    discId: finding.discId,
    centreLps,
    contains: (p) => {
      const [x, y, z] = applyAffine(inverse, p).map(Math.round) as [number, number, number];
      return x >= 0 && y >= 0 && z >= 0 && x < ni && y < nj && z < nk && members.has((z * nj + y) * ni + x);
    },
  };
}

function largestLesion(lesions: readonly SliceLesion[]): SliceLesion {
  return lesions.reduce((top, lesion) => (lesion.areaMm2 > top.areaMm2 ? lesion : top));
}
