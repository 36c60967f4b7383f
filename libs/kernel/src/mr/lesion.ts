import { type EndplateSide } from '../measure/endplate-course';
import { THRESHOLDS } from '../thresholds';
import { type MarrowVoxel } from './marrow';
import { type VoxelType } from './marrow-reference';

const MODIC = THRESHOLDS.modic;

/** A changed voxel of the band under an endplate. */
export interface ChangedVoxel {
  readonly voxel: MarrowVoxel;
  readonly type: Exclude<VoxelType, 'none'>;
  readonly depthMm: number;
}

/** What of one slice passed the rules: connected, large enough and in touch with the endplate. */
export interface SliceLesion {
  readonly slice: number;
  readonly voxels: readonly ChangedVoxel[];
  readonly areaMm2: number;
  readonly contactMm: number;
}

/** Distance of a voxel from an endplate, mm. */
export function depthFrom(voxel: MarrowVoxel, side: EndplateSide): number {
  return side === 'superior' ? voxel.fromTopMm : voxel.fromBottomMm;
}

/** Whether a voxel lies in the band under an endplate, nearer to it than to the other. */
export function inBand(voxel: MarrowVoxel, side: EndplateSide): boolean {
  const depth = depthFrom(voxel, side);
  const other = depthFrom(voxel, side === 'superior' ? 'inferior' : 'superior');
  return depth >= MODIC.bandFromMm && depth <= MODIC.bandToMm && depth <= other;
}

/**
 * Lesions of one endplate, per slice: changed voxels of the band, connected in the slice, of at least 20 mm2, touching the
 * endplate over at least 5 mm, on two neighbouring slices unless the series has one.
 *
 * @param pixelMm - in-plane size of a native voxel
 * @param sliceCount - slices on which the body is seen
 */
export function endplateLesions(
  changed: readonly ChangedVoxel[],
  pixelMm: number,
  pixelAreaMm2: number,
  sliceCount: number,
): readonly SliceLesion[] {
  const slices = new Map<number, ChangedVoxel[]>();
  for (const voxel of changed) {
    const list = slices.get(voxel.voxel.slice);
    if (list) list.push(voxel);
    else slices.set(voxel.voxel.slice, [voxel]);
  }
  const lesions = [...slices]
    .map(([slice, voxels]) => sliceLesion(slice, voxels, pixelMm, pixelAreaMm2))
    .filter((lesion) => lesion !== undefined)
    .sort((a, b) => a.slice - b.slice);
  if (sliceCount <= 1) return lesions;
  const on = new Set(lesions.map((lesion) => lesion.slice));
  const runs = lesions.filter((lesion) => on.has(lesion.slice - 1) || on.has(lesion.slice + 1));
  return runs.length >= MODIC.minSlices ? runs : [];
}

function sliceLesion(
  slice: number,
  voxels: readonly ChangedVoxel[],
  pixelMm: number,
  pixelAreaMm2: number,
): SliceLesion | undefined {
  const kept: ChangedVoxel[] = [];
  let contactMm = 0;
  for (const piece of connectedPieces(voxels, pixelMm)) {
    const contact = contactLength(piece, pixelMm);
    if (piece.length * pixelAreaMm2 < MODIC.minAreaMm2 || contact < MODIC.minContactMm) continue;
    kept.push(...piece);
    contactMm += contact;
  }
  return kept.length > 0 ? { slice, voxels: kept, areaMm2: kept.length * pixelAreaMm2, contactMm } : undefined;
}

/** How far apart two voxels may lie along either axis of the frame and still touch, in pixels: an edge or a corner. */
const TOUCH = 1.5;

/**
 * Pieces connected over edges or corners. The frame may be turned against the pixels and pixels may fall on the borders of
 * cells, so that cells only narrow the search and distances decide.
 */
export function connectedPieces(voxels: readonly ChangedVoxel[], pixelMm: number): ChangedVoxel[][] {
  const cells = new Map<number, Set<ChangedVoxel>>();
  // A body is some hundred pixels wide.
  const keyOf = (x: number, y: number): number => x * 65536 + y;
  const place = ({ voxel }: ChangedVoxel): [number, number] => [
    Math.floor(voxel.u / pixelMm),
    Math.floor(voxel.w / pixelMm),
  ];
  for (const voxel of voxels) {
    const key = keyOf(...place(voxel));
    const cell = cells.get(key);
    if (cell) cell.add(voxel);
    else cells.set(key, new Set([voxel]));
  }
  const take = (from: ChangedVoxel): ChangedVoxel[] => {
    const [x, y] = place(from);
    const near: ChangedVoxel[] = [];
    for (let dy = -2; dy <= 2; dy++) {
      for (let dx = -2; dx <= 2; dx++) {
        for (const other of cells.get(keyOf(x + dx, y + dy)) ?? []) {
          const apart = Math.max(Math.abs(other.voxel.u - from.voxel.u), Math.abs(other.voxel.w - from.voxel.w));
          if (apart > TOUCH * pixelMm) continue;
          cells.get(keyOf(x + dx, y + dy))!.delete(other);
          near.push(other);
        }
      }
    }
    return near;
  };
  const pieces: ChangedVoxel[][] = [];
  for (const start of voxels) {
    const piece = take(start);
    for (let n = 0; n < piece.length; n++) piece.push(...take(piece[n]!));
    if (piece.length > 0) pieces.push(piece);
  }
  return pieces;
}

/** Length of the endplate under which the piece begins within a few millimetres. */
function contactLength(piece: readonly ChangedVoxel[], pixelMm: number): number {
  const places = piece
    .filter(({ depthMm }) => depthMm <= MODIC.contactDistanceMm)
    .map(({ voxel }) => voxel.u)
    .sort((a, b) => a - b);
  const columns = places.filter((u, n) => n === 0 || u - places[n - 1]! > pixelMm / 4).length;
  const span = places.length > 0 ? places.at(-1)! - places[0]! + pixelMm : 0;
  return Math.min(columns * pixelMm, span);
}
