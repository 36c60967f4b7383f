import { type Affine, maskOutlines, type Vec3 } from '@endplate/dicom';
import { type ImageReference, type KeyOutline, type KeyOutlineKind, type KeySlice } from '@endplate/findings';
import { type Volume } from '@endplate/imaging';
import { type InstanceMap } from '../level/instance';
import { type SpineModel } from '../measure/spine-model';
import { labelExtents } from '../shape/label-extent';
import { imageReference } from './image-reference';
import { greyWindow, sampleWindow, toGrey, windowPointLps, type SliceWindow } from './slice-picture';
import { instanceOutline } from './structure-outlines';

/** A lesion to draw: asked for every pixel of a picture. */
export interface DrawnLesion {
  readonly kind: KeyOutlineKind;
  readonly findingId: string;
  readonly label?: string;
  readonly discId: string;
  /** Where its largest part lies, LPS mm. */
  readonly centreLps: Vec3;
  readonly contains: (p: Vec3) => boolean;
}

/** What key slices are made from. */
export interface KeySliceSource {
  readonly volume: Volume;
  readonly map: InstanceMap;
  readonly model: SpineModel;
  readonly levelOf: (findingId: string) => string;
  readonly lesions: readonly DrawnLesion[];
  /** Fractional grid coordinates of an LPS point. */
  readonly toGrid: (p: Vec3) => Vec3;
  readonly caption: string;
}

const MARGIN_MM = 30;
const DISC_HALF_MM = [36, 27] as const;
const DISC_SPACING_MM = 0.3;
const MAX_DISC_PICTURES = 12;

/** The overview through the middle of the spine, and a crop per disc with a lesion through the lesion. */
export function keySlices(source: KeySliceSource): KeySlice[] {
  const overview = overviewSlice(source);
  const discs = source.model.discs.flatMap((disc) => {
    const lesions = source.lesions.filter((lesion) => lesion.discId === disc.id);
    const first = lesions[0];
    return first ? [discSlice(source, disc.id, disc.centroidLps, first, lesions)] : [];
  });
  return [...(overview ? [overview] : []), ...discs.slice(0, MAX_DISC_PICTURES)];
}

function overviewSlice(source: KeySliceSource): KeySlice | undefined {
  const { map } = source;
  const slice = middleSlice(map);
  const [columns, rows] = map.dims;
  const drawn = [...source.model.vertebrae, ...source.model.discs].flatMap((structure) => {
    const outline = instanceOutline(map, structure.instance.label, slice);
    return outline ? [{ structure, outline }] : [];
  });
  if (drawn.length === 0) return undefined;
  const points = drawn.flatMap((d) => d.outline);
  const low = [0, 1].map((axis) => Math.max(0, Math.min(...points.map((p) => p[axis as 0 | 1])) - MARGIN_MM));
  const high = [0, 1].map((axis) =>
    Math.min([columns, rows][axis]!, Math.max(...points.map((p) => p[axis as 0 | 1])) + MARGIN_MM),
  );
  const spacingMm = 0.6;
  const window: SliceWindow = {
    column: low[0]!,
    row: low[1]!,
    slice,
    width: Math.max(1, Math.floor((high[0]! - low[0]!) / spacingMm)),
    height: Math.max(1, Math.floor((high[1]! - low[1]!) / spacingMm)),
    spacingMm,
  };
  const outlines = drawn.map(({ structure, outline }): KeyOutline => ({
    kind: structure.id === 'sacrum' ? 'sacrum' : structure.id.startsWith('disc') ? 'disc' : 'vertebral-body',
    findingId: structure.id,
    label: source.levelOf(structure.id),
    points: outline.map(([x, y]) => [(x - window.column) / spacingMm, (y - window.row) / spacingMm]),
  }));
  return picture(source, window, 'overview', [...outlines, ...lesionOutlines(source, window, source.lesions)]);
}

/** The slice that shows most of all instances. */
function middleSlice(map: InstanceMap): number {
  const extents = labelExtents(map.labels, map.dims).filter((extent) => extent !== undefined);
  const middle = meanSlice(map);
  let [best, at] = [-1, 0];
  for (let k = 0; k < map.dims[2]; k++) {
    const areas = extents.map((extent) => extent.areas[k]!).filter((area) => area > 0);
    const area = areas.reduce((sum, own) => sum + own, 0);
    const score = areas.length * 1e4 + area - 1500 * Math.abs(k - middle);
    if (score > best) [best, at] = [score, k];
  }
  return at;
}

function meanSlice(map: InstanceMap): number {
  const bodies = map.instances.filter((i) => i.kind === 'body' && i.voxels > 0);
  return bodies.reduce((sum, i) => sum + i.centroid[2], 0) / Math.max(bodies.length, 1);
}

function discSlice(
  source: KeySliceSource,
  discId: string,
  centreLps: Vec3,
  main: DrawnLesion,
  lesions: readonly DrawnLesion[],
): KeySlice {
  const [c, r] = source.toGrid(centreLps);
  const slice = source.toGrid(main.centreLps)[2];
  const window: SliceWindow = {
    column: c + 0.5 - DISC_HALF_MM[0],
    row: r + 0.5 - DISC_HALF_MM[1],
    slice,
    width: Math.round((2 * DISC_HALF_MM[0]) / DISC_SPACING_MM),
    height: Math.round((2 * DISC_HALF_MM[1]) / DISC_SPACING_MM),
    spacingMm: DISC_SPACING_MM,
  };
  const disc = source.model.discs.find((d) => d.id === discId)!;
  const outline = instanceOutline(source.map, disc.instance.label, Math.round(slice));
  const own: KeyOutline[] = outline
    ? [
        {
          kind: 'disc',
          findingId: discId,
          label: source.levelOf(discId),
          points: outline.map(([x, y]) => [(x - window.column) / DISC_SPACING_MM, (y - window.row) / DISC_SPACING_MM]),
        },
      ]
    : [];
  return { ...picture(source, window, 'disc', [...own, ...lesionOutlines(source, window, lesions)]), discId };
}

function lesionOutlines(source: KeySliceSource, window: SliceWindow, lesions: readonly DrawnLesion[]): KeyOutline[] {
  return lesions.flatMap((lesion) =>
    maskOutlines(
      window.width,
      window.height,
      (x, y) => lesion.contains(windowPointLps(source.map.affine, window, x, y)),
      1,
    )
      .slice(0, 8)
      .map((points): KeyOutline => ({
        kind: lesion.kind,
        findingId: lesion.findingId,
        ...(lesion.label ? { label: lesion.label } : {}),
        points,
      })),
  );
}

function picture(
  source: KeySliceSource,
  window: SliceWindow,
  kind: KeySlice['kind'],
  outlines: KeyOutline[],
): KeySlice {
  const { volume, map } = source;
  const values = sampleWindow(volume, map.affine, window);
  const sources = sourceImages(volume, map.affine, window);
  return {
    kind,
    seriesInstanceUID: volume.seriesInstanceUID,
    reference: sources[Math.floor(sources.length / 2)]!,
    sources,
    width: window.width,
    height: window.height,
    grey: toGrey(values, greyWindow(volume, values)),
    spacingMm: window.spacingMm,
    outlines,
    caption: source.caption,
  };
}

/** The native slices that a window crosses, in their order. */
function sourceImages(volume: Volume, affine: Affine, window: SliceWindow): ImageReference[] {
  const a = volume.ijkToLps;
  const step: Vec3 = [a[2]!, a[6]!, a[10]!];
  const norm = step[0] ** 2 + step[1] ** 2 + step[2] ** 2;
  const places = [[0, 0], [window.width, 0], [0, window.height], [window.width, window.height]].map(([x, y]) => {
    const p = windowPointLps(affine, window, x! - 0.5, y! - 0.5);
    return ((p[0] - a[3]!) * step[0] + (p[1] - a[7]!) * step[1] + (p[2] - a[11]!) * step[2]) / norm;
  }); // prettier-ignore
  const last = volume.slices.length - 1;
  const clamp = (k: number): number => Math.min(Math.max(Math.round(k), 0), last);
  return volume.slices.slice(clamp(Math.min(...places)), clamp(Math.max(...places)) + 1).map(imageReference);
}
