import { type DiscFinding } from './disc.schema';
import { type KeyOutline, type KeyOutlineKind, type KeySlice } from './key-slice';
import { type Modic } from './modic.schema';
import { type StudyFindings } from './study-findings.schema';

/** Half of a crop around a disc, mm: columns, rows. */
const HALF_MM = [36, 27] as const;

const MODIC_KIND: Readonly<Record<Modic['type'], KeyOutlineKind | undefined>> = {
  none: undefined,
  '1': 'modic-1',
  '2': 'modic-2',
  '3-possible': 'modic-3-possible',
  mixed: 'modic-mixed',
};

/**
 * The key slices of the program's findings as a reader's findings have them: names and kinds are his, what he calls
 * absent is not drawn, a disc that is no longer positive has no crop, and one that is positive for him alone has a crop
 * of the overview, without an outline of what he saw, for nobody drew it.
 */
export function correctKeySlices(slices: readonly KeySlice[], findings: StudyFindings): KeySlice[] {
  const overviews = slices.filter(({ kind }) => kind === 'overview').map((one) => redrawn(one, findings));
  const crops = findings.discs
    .filter((disc) => isPositive(disc, findings))
    .flatMap((disc) => {
      const drawn = slices.filter(({ kind, discId }) => kind === 'disc' && discId === disc.id);
      if (drawn.length > 0) return drawn.map((one) => redrawn(one, findings));
      return overviews.flatMap((overview) => cropAround(overview, disc.id) ?? []).slice(0, 1);
    });
  return [...overviews, ...crops];
}

function isPositive({ id, calcification }: DiscFinding, { endplates }: StudyFindings): boolean {
  if (calcification.status === 'assessed' && calcification.value.present) return true;
  return endplates.some(
    ({ discId, modic }) => discId === id && modic.status === 'assessed' && modic.value.type !== 'none',
  );
}

function redrawn(slice: KeySlice, findings: StudyFindings): KeySlice {
  return { ...slice, outlines: slice.outlines.flatMap((outline) => redrawnOutline(outline, findings) ?? []) };
}

function redrawnOutline(outline: KeyOutline, { discs, vertebrae, endplates }: StudyFindings): KeyOutline | undefined {
  const { kind, findingId } = outline;
  const disc = discs.find(({ id }) => id === findingId);
  if (kind === 'calcification') {
    if (disc?.calcification.status !== 'assessed' || !disc.calcification.value.present) return undefined;
    return { ...outline, label: `${disc.calcification.value.volumeMm3.toFixed(0)} mm3` };
  }
  if (kind === 'vacuum') return disc?.vacuum.status === 'assessed' && disc.vacuum.value.present ? outline : undefined;
  if (kind.startsWith('modic')) {
    const modic = endplates.find(({ id }) => id === findingId)?.modic;
    const drawn = modic?.status === 'assessed' ? MODIC_KIND[modic.value.type] : undefined;
    return drawn && { ...outline, kind: drawn };
  }
  const level = (disc ?? vertebrae.find(({ id }) => id === findingId))?.level;
  return level ? { ...outline, label: level } : outline;
}

/** The part of a picture around a disc, or undefined where the disc is not on it. */
function cropAround(slice: KeySlice, discId: string): KeySlice | undefined {
  const disc = slice.outlines.find(({ kind, findingId }) => kind === 'disc' && findingId === discId);
  if (!disc || disc.points.length === 0) return undefined;
  const middle = ([0, 1] as const).map((axis) => {
    const places = disc.points.map((point) => point[axis]);
    return (Math.min(...places) + Math.max(...places)) / 2;
  });
  const size = [slice.width, slice.height] as const;
  const [left, top] = size.map((_, axis) =>
    Math.max(0, Math.round(middle[axis]! - HALF_MM[axis]! / slice.spacingMm)),
  ) as [number, number];
  const [right, bottom] = size.map((edge, axis) =>
    Math.min(edge, Math.round(middle[axis]! + HALF_MM[axis]! / slice.spacingMm)),
  ) as [number, number];
  const [width, height] = [right - left, bottom - top];
  const grey = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = (top + y) * slice.width + left;
    grey.set(slice.grey.subarray(from, from + width), y * width);
  }
  const outlines = slice.outlines
    .map((outline) => ({ ...outline, points: outline.points.map(([x, y]) => [x - left, y - top] as const) }))
    .filter(({ kind, findingId }) => findingId === discId || kind.startsWith('modic'));
  return { ...slice, kind: 'disc', discId, width, height, grey, outlines };
}
