import { profileDepth } from './heights';
import { solvePositiveDefinite } from './linear-system';
import { type PlanePoint } from './plane-frame';
import { mean } from './statistics';
import { type StructureProfile } from './structure-profile';
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
  const step = points[1]![0] - points[0]![0];
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
  const powers = [0, 1, 2];
  const [a = 0, b = 0, c = 0] = solvePositiveDefinite(
    powers.map((row) => powers.map((column) => sums[row + column]!)),
    right,
  );
  return (u) => a + b * (u - centre) + c * (u - centre) ** 2;
}
