import { applyAffine, maskOutlines, type PixelOutline, type Vec3 } from '@endplate/dicom';
import { type ImageReference, type Outline } from '@endplate/findings';
import { type InstanceMap, type SpineInstance } from '../level/instance';
import { type NativeLabels } from '../level/native-labels';

/** What outlines need to know of the series that they are drawn on. */
export interface OutlineSource {
  readonly frameOfReferenceUID?: string;
  /** Source image of each native slice k. */
  readonly images: readonly ImageReference[];
  /** Whether the native slices are the sagittal slices of the segmentation. */
  readonly sagittal: boolean;
}

const MIN_AXIAL_SHARE = 0.25;

/**
 * Outlines of one structure: on its middle sagittal source image where the series is sagittal; else on the sagittal reformat
 * (LPS only) and on the axial source image on which most of it is seen.
 */
export function structureOutlines(
  map: InstanceMap,
  labels: NativeLabels,
  instance: SpineInstance,
  source: OutlineSource,
): Outline[] {
  const native = nativeOutline(labels, instance, source);
  if (source.sagittal) return native ? [native] : [];
  const reformat = reformatOutline(map, instance, source);
  return [reformat, native].filter((outline) => outline !== undefined);
}

function roundPoint(p: Vec3): [number, number, number] {
  return p.map((value) => Math.round(value * 100) / 100) as [number, number, number];
}

/** On the native slice that holds most of the structure. */
function nativeOutline(labels: NativeLabels, instance: SpineInstance, source: OutlineSource): Outline | undefined {
  const [ni, nj, nk] = labels.dims;
  const areas = new Array<number>(nk).fill(0);
  for (
    let at = labels.instances.indexOf(instance.label);
    at >= 0;
    at = labels.instances.indexOf(instance.label, at + 1)
  ) {
    areas[Math.floor(at / (ni * nj))]!++;
  }
  const k = middleSlice(areas, source.sagittal);
  const total = areas.reduce((sum, area) => sum + area, 0);
  const image = source.images[k + labels.offset[2]];
  if (total === 0 || !image) return undefined;
  if (!source.sagittal && areas[k]! < MIN_AXIAL_SHARE * Math.max(...areas)) return undefined;
  const outline = maskOutlines(ni, nj, (i, j) => labels.instances[(k * nj + j) * ni + i] === instance.label)[0];
  if (!outline) return undefined;
  return {
    ...(source.frameOfReferenceUID ? { frameOfReferenceUID: source.frameOfReferenceUID } : {}),
    pointsLps: outline.map(([x, y]) => roundPoint(applyAffine(labels.ijkToLps, [x - 0.5, y - 0.5, k]))),
    image: { reference: image, points: outline.map(([x, y]) => [x + labels.offset[0], y + labels.offset[1]]) },
  };
}

/** Sagittal: the slice in the middle of the structure. Axial: the one with the largest section. */
function middleSlice(areas: readonly number[], sagittal: boolean): number {
  if (!sagittal) return areas.indexOf(Math.max(...areas));
  const total = areas.reduce((sum, area) => sum + area, 0);
  const centre = areas.reduce((sum, area, k) => sum + area * k, 0) / Math.max(total, 1);
  return Math.round(centre);
}

function reformatOutline(map: InstanceMap, instance: SpineInstance, source: OutlineSource): Outline | undefined {
  const k = Math.round(instance.centroid[2]);
  const outline = instanceOutline(map, instance.label, k);
  if (!outline) return undefined;
  return {
    ...(source.frameOfReferenceUID ? { frameOfReferenceUID: source.frameOfReferenceUID } : {}),
    pointsLps: outline.map(([x, y]) => roundPoint(applyAffine(map.affine, [x - 0.5, y - 0.5, k]))),
  };
}

/** Largest outline of an instance on one slice of the segmentation. */
export function instanceOutline(map: InstanceMap, label: number, slice: number): PixelOutline | undefined {
  const [columns, rows, slices] = map.dims;
  if (slice < 0 || slice >= slices) return undefined;
  const from = slice * columns * rows;
  return maskOutlines(columns, rows, (c, r) => map.labels[from + r * columns + c] === label)[0];
}
