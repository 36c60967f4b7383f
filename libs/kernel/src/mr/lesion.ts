import { THRESHOLDS } from '../thresholds';
import { type MarrowVoxel } from './marrow';
import { type VoxelType } from './marrow-reference';

const MODIC = THRESHOLDS.modic;

/** Which endplate of a body. */
export type EndplateSide = 'superior' | 'inferior';

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

/** Pieces connected over edges or corners, on a grid of one native pixel in the body's frame. */
function connectedPieces(voxels: readonly ChangedVoxel[], pixelMm: number): ChangedVoxel[][] {
  const cells = new Map<string, ChangedVoxel[]>();
  const keyOf = (x: number, y: number): string => `${x},${y}`;
  const place = ({ voxel }: ChangedVoxel): [number, number] => [
    Math.round(voxel.u / pixelMm),
    Math.round(voxel.w / pixelMm),
  ];
  for (const voxel of voxels) {
    const key = keyOf(...place(voxel));
    cells.set(key, [...(cells.get(key) ?? []), voxel]);
  }
  const pieces: ChangedVoxel[][] = [];
  while (cells.size > 0) {
    const first = cells.values().next().value!;
    cells.delete(keyOf(...place(first[0]!)));
    const piece = [...first];
    for (let n = 0; n < piece.length; n++) {
      const [x, y] = place(piece[n]!);
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          const next = cells.get(keyOf(x + dx, y + dy));
          if (!next) continue;
          cells.delete(keyOf(x + dx, y + dy));
          piece.push(...next);
        }
      }
    }
    pieces.push(piece);
  }
  return pieces;
}

/** Length of the endplate under which the piece begins within a few millimetres. */
function contactLength(piece: readonly ChangedVoxel[], pixelMm: number): number {
  const columns = new Set<number>();
  for (const { voxel, depthMm } of piece) {
    if (depthMm <= MODIC.contactDistanceMm) columns.add(Math.round(voxel.u / pixelMm));
  }
  return columns.size * pixelMm;
}
