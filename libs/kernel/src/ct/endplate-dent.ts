import { profileDepth } from '../measure/heights';
import { type PlanePoint } from '../measure/plane-frame';
import { type StructureProfile } from '../measure/structure-profile';
import { THRESHOLDS } from '../thresholds';

const { defectRimMm, defectMaxShare } = THRESHOLDS.degeneration;
/** Rims, where osteophytes and the ring apophysis stand, are left out. */
const INSIDE = [0.12, 0.88] as const;
const FITS = 4;

/** How far an endplate falls behind the smooth curve through the rest of it, and over what length, mm. */
export interface Dent {
  readonly depthMm: number;
  readonly lengthMm: number;
}

/**
 * The deepest local dent of one border on one slice. The hollow that every endplate has is part of the curve, a parabola,
 * and does not count.
 *
 * @returns undefined where too little of the border is smooth to say what smooth is
 */
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
