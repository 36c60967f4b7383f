import { assessed, notAssessed, type Assessment, type EndplateDefect } from '@endplate/findings';
import { findingConfidence } from '../confidence/finding-confidence';
import { THRESHOLDS } from '../thresholds';
import { profileDepth } from './heights';
import { type PlanePoint } from './plane-frame';
import { type MeasuredVertebra } from './spine-model';
import { type StructureProfile } from './structure-profile';

const { defectDepthMm, defectRimMm, defectMaxShare } = THRESHOLDS.degeneration;
/** Rims, where osteophytes and the ring apophysis stand, are left out. */
const INSIDE = [0.1, 0.9] as const;
const FITS = 4;
/** Spacing of the slices that outlines are found on. */
const VOXEL_MM = THRESHOLDS.segment.inPlaneMm;
const MIN_SUPPORT = 0.3;

/**
 * The deepest local dent of one endplate, as a Schmorl node or an erosion makes it: how far the endplate falls behind the
 * smooth curve (a parabola per sagittal slice) through the rest of it. The hollow that every endplate has is part of the
 * curve and does not count.
 */
export function endplateDefect(
  vertebra: MeasuredVertebra,
  side: 'superior' | 'inferior',
  labelConfidence = 1,
): Assessment<EndplateDefect> {
  if (vertebra.ordinal === 0 && side === 'inferior')
    return notAssessed('SEGMENTATION_UNCERTAIN', 'The sacrum has one endplate only.');
  if (vertebra.cut) return notAssessed('DISC_PARTLY_OUTSIDE', 'The vertebra is only partly in the image.');
  if (vertebra.support < MIN_SUPPORT)
    return notAssessed('SEGMENTATION_UNCERTAIN', 'The outline of the vertebra is uncertain.');
  const largest = Math.max(0, ...vertebra.profiles.map((profile) => profile.areaMm2));
  const wide = vertebra.profiles.filter((profile) => profile.areaMm2 >= 0.6 * largest);
  const dents = wide.flatMap((profile) => profileDent(profile, side) ?? []);
  if (dents.length === 0)
    return notAssessed('TOO_FEW_SLICES_OF_STRUCTURE', 'The endplate is not seen well enough on any slice.');
  const deepest = dents.reduce((a, b) => (b.depthMm > a.depthMm ? b : a));
  const presentAt = (shift: number): boolean => deepest.depthMm + shift >= defectDepthMm;
  const present = presentAt(0);
  const value: EndplateDefect = {
    present,
    depthMm: deepest.depthMm,
    lengthMm: deepest.lengthMm,
    sliceCount: present ? dents.filter((dent) => dent.depthMm >= defectDepthMm).length : 0,
  };
  const confidence = findingConfidence({
    voxelMargin: Math.min(vertebra.support, Math.abs(deepest.depthMm - defectDepthMm) / VOXEL_MM),
    shapePlausibility: wide.length >= 2 ? 1 : 0.7,
    labelGap: labelConfidence,
    stability: [-VOXEL_MM / 2, VOXEL_MM / 2].every((shift) => presentAt(shift) === present) ? 1 : 0.5,
  });
  return assessed(value, confidence);
}

interface Dent {
  readonly depthMm: number;
  readonly lengthMm: number;
}

/** The deepest dent of one border, on one slice; undefined where too little of it is smooth to say what smooth is. */
export function profileDent(profile: StructureProfile, side: 'superior' | 'inferior'): Dent | undefined {
  const border = side === 'superior' ? profile.top : profile.bottom;
  const into = side === 'superior' ? 1 : -1;
  const depth = profileDepth(profile);
  const points = profile.u.flatMap((u, n): PlanePoint[] => {
    const place = (u - profile.u[0]!) / depth;
    return place >= INSIDE[0] && place <= INSIDE[1] ? [[u, into * border[n]!]] : [];
  });
  if (points.length < 12) return undefined;
  const smooth = smoothCurve(points);
  if (!smooth) return undefined;
  const behind = points.map(([u, w]) => w - smooth(u));
  const eased = behind.map((_, n) => mean(behind.slice(Math.max(0, n - 1), n + 2)));
  const at = eased.indexOf(Math.max(...eased));
  const step = points.length > 1 ? points[1]![0] - points[0]![0] : 0;
  let [from, to] = [at, at];
  while (from > 0 && eased[from - 1]! > defectRimMm) from--;
  while (to < eased.length - 1 && eased[to + 1]! > defectRimMm) to++;
  const lengthMm = (to - from + 1) * step;
  // A dent as long as the endplate is a concave or broken one.
  if (lengthMm > defectMaxShare * depth) return { depthMm: 0, lengthMm: 0 };
  return { depthMm: Math.max(0, eased[at]!), lengthMm: eased[at]! > defectRimMm ? lengthMm : 0 };
}

/** The parabola through what is left when points that lie deeper than the rim of a dent are taken out, fitted anew. */
function smoothCurve(points: readonly PlanePoint[]): ((u: number) => number) | undefined {
  let kept = [...points];
  let curve = parabola(kept);
  for (let n = 0; n < FITS; n++) {
    const now = curve;
    const next = points.filter(([u, w]) => w - now(u) <= defectRimMm);
    if (next.length < points.length / 2) return undefined;
    if (next.length === kept.length) break;
    kept = next;
    curve = parabola(kept);
  }
  return curve;
}

function parabola(points: readonly PlanePoint[]): (u: number) => number {
  const centre = mean(points.map(([u]) => u));
  const sums = [0, 0, 0, 0, 0];
  const right = [0, 0, 0];
  for (const [u, w] of points) {
    const x = u - centre;
    for (let k = 0; k < 5; k++) sums[k]! += x ** k;
    for (let k = 0; k < 3; k++) right[k]! += w * x ** k;
  }
  const [a, b, c] = solve3(
    [0, 1, 2].map((row) => [0, 1, 2].map((column) => sums[row + column]!)),
    right,
  );
  return (u) => a + b * (u - centre) + c * (u - centre) ** 2;
}

/** Cramer's rule; a singular system gives zeros. */
function solve3(m: readonly (readonly number[])[], right: readonly number[]): [number, number, number] {
  const determinant = (r: readonly (readonly number[])[]): number =>
    r[0]![0]! * (r[1]![1]! * r[2]![2]! - r[1]![2]! * r[2]![1]!) -
    r[0]![1]! * (r[1]![0]! * r[2]![2]! - r[1]![2]! * r[2]![0]!) +
    r[0]![2]! * (r[1]![0]! * r[2]![1]! - r[1]![1]! * r[2]![0]!);
  const whole = determinant(m);
  if (Math.abs(whole) < 1e-9) return [0, 0, 0];
  const column = (k: number): number =>
    determinant(m.map((row, n) => row.map((value, c) => (c === k ? right[n]! : value)))) / whole;
  return [column(0), column(1), column(2)];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
}
