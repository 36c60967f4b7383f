import { applyAffine, maskOutlines, type PixelOutline, type Vec3 } from '@endplate/dicom';
import { type ImageReference, type Outline } from '@endplate/findings';
import { type InstanceMap, type SpineInstance } from '../level/instance';
import { type NativeLabels } from '../level/native-labels';
import { labelExtents } from '../shape/label-extent';

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
  const extent = labelExtents(labels.instances, labels.dims)[instance.label];
  if (!extent) return undefined;
  const k = middleSlice(extent.areas, source.sagittal);
  const image = source.images[k + labels.offset[2]];
  if (!image) return undefined;
  if (!source.sagittal && extent.areas[k]! < MIN_AXIAL_SHARE * Math.max(...extent.areas)) return undefined;
  const outline = outlineOnPlane(labels.instances, labels.dims, instance.label, k);
  if (!outline) return undefined;
  return {
    ...(source.frameOfReferenceUID ? { frameOfReferenceUID: source.frameOfReferenceUID } : {}),
    pointsLps: outline.map(([x, y]) => roundPoint(applyAffine(labels.ijkToLps, [x - 0.5, y - 0.5, k]))),
    image: { reference: image, points: outline.map(([x, y]) => [x + labels.offset[0], y + labels.offset[1]]) },
  };
}

/** Sagittal: the slice in the middle of the structure. Axial: the one with the largest section. */
function middleSlice(areas: Uint32Array, sagittal: boolean): number {
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
  if (slice < 0 || slice >= map.dims[2]) return undefined;
  return outlineOnPlane(map.labels, map.dims, label, slice);
}

/** Largest outline of a label on one plane. */
function outlineOnPlane(
  values: Uint8Array,
  dims: readonly [number, number, number],
  label: number,
  plane: number,
): PixelOutline | undefined {
  const extent = labelExtents(values, dims)[label];
  if (!extent) return undefined;
  const { low, high } = extent;
  const from = (plane * dims[1] + low[1]) * dims[0] + low[0];
  const [outline] = maskOutlines(
    high[0] - low[0] + 1,
    high[1] - low[1] + 1,
    (x, y) => values[from + y * dims[0] + x] === label,
  );
  return outline?.map(([x, y]) => [x + low[0], y + low[1]]);
}
