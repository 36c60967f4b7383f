import { type Rng } from '../random/rng';
import { type DepthFunction } from './solid';
import { type Vec3 } from '@endplate/dicom';

/** Everything that makes one vertebral body's surface, mm. */
export interface BodyShape {
  readonly halfWidthMm: number;
  readonly halfDepthMm: number;
  readonly heightMm: number;
  /** Posterior minus anterior height. */
  readonly wedgeMm: number;
  /** How much narrower the waist is, fraction. */
  readonly waist: number;
  /** The same at the sides, and how close to the rims it reaches: 2 bends evenly, more leaves narrow rims. */
  readonly sideWaist: number;
  readonly sideFlare: number;
  /** Widening from lower to upper end, fraction of the half axes. */
  readonly taper: number;
  /** Hollow of the endplates at their deepest point. */
  readonly hollowTopMm: number;
  readonly hollowBottomMm: number;
  /** Osteophytes: how far the rims stick out [anterior top, anterior bottom, posterior top, posterior bottom]. */
  readonly lipMm: readonly [number, number, number, number];
  /** Rounding of rims. */
  readonly rimMm: number;
  /** Dents of the surface. */
  readonly roughMm: number;
  /** Inward bend of the posterior wall at the midline, fraction of the half depth. */
  readonly posteriorHollow: number;
  readonly phase: readonly [number, number, number];
}

/** Waists of the sides as a patient may have them: from slight to hollow, as frontal radiographs show them. */
const SIDE_WAIST = [0.05, 0.26] as const;
const SIDE_FLARE = [2, 4.5] as const;

/**
 * Draws the surface details of a body of the given size.
 *
 * @param hollowSides - draw the waist of the sides over its whole range; without it the sides follow the front
 */
export function drawBodyShape(
  rng: Rng,
  size: Pick<BodyShape, 'halfWidthMm' | 'halfDepthMm' | 'heightMm' | 'wedgeMm'>,
  wearAbove: number,
  wearBelow: number,
  hollowSides = false,
): BodyShape {
  const lip = (wear: number): number => (rng.chance(0.15 + 0.6 * wear) ? Math.abs(rng.normal(0, 1.4 + 1.8 * wear)) : 0);
  const top = lip(wearAbove);
  const bottom = lip(wearBelow);
  const waist = rng.uniform(0.05, 0.17);
  const sides = rng.fork('sides');
  return {
    ...size,
    waist,
    sideWaist: hollowSides ? sides.uniform(...SIDE_WAIST) : 0.6 * waist,
    sideFlare: hollowSides ? sides.uniform(...SIDE_FLARE) : 2,
    taper: rng.normal(0, 0.02),
    hollowTopMm: rng.uniform(0.2, 1.8) + (rng.chance(0.06) ? rng.uniform(1, 4) : 0),
    hollowBottomMm: rng.uniform(0.3, 2.2) + (rng.chance(0.06) ? rng.uniform(1, 4) : 0),
    lipMm: [top, bottom, top * rng.uniform(0, 0.6), bottom * rng.uniform(0, 0.6)],
    rimMm: rng.uniform(0.8, 3),
    roughMm: rng.uniform(0.1, 0.6),
    posteriorHollow: rng.uniform(0.02, 0.14),
    phase: [rng.uniform(0, 6.28), rng.uniform(0, 6.28), rng.uniform(0, 6.28)],
  };
}

/** Half extents of a box around the shape, mm. */
export function bodyHalfExtents(s: BodyShape): Vec3 {
  const lip = Math.max(...s.lipMm);
  const wide = 1 + Math.abs(s.taper);
  return [
    s.halfWidthMm * wide + lip + s.roughMm * 2,
    s.halfDepthMm * wide + lip + s.roughMm * 2,
    s.heightMm / 2 + Math.abs(s.wedgeMm) / 2 + s.roughMm * 2 + 1,
  ];
}

/** Depth inside the body at local (l, p, u), mm. */
export function bodyDepth(s: BodyShape): DepthFunction {
  const { halfWidthMm: w0, halfDepthMm: d0, heightMm, wedgeMm, waist, sideWaist, sideFlare, taper, rimMm, roughMm, posteriorHollow } = s; // prettier-ignore
  const h = heightMm / 2;
  const slope = wedgeMm / (4 * d0);
  const [at, ab, pt, pb] = s.lipMm;
  const [f1, f2, f3] = s.phase;
  return (l, p, u) => {
    const v = u / h;
    const bend = 1 - waist * Math.max(0, 1 - v * v) + taper * v;
    const rough = roughMm * (Math.sin(0.31 * p + f1) + Math.sin(0.27 * l + 0.23 * u + f2));
    const edge = Math.abs(v) > 0.55 ? (Math.abs(v) - 0.55) / 0.45 : 0;
    const lip = (v > 0 ? (p < 0 ? at : pt) : p < 0 ? ab : pb) * Math.min(edge * edge, 1.4);
    const side = 1 - sideWaist * Math.max(0, 1 - Math.abs(v) ** sideFlare) + 0.6 * taper * v;
    const a = w0 * side + lip * 0.7 + rough * 0.5;
    let b = d0 * bend + lip + rough * 0.5;
    const x = l / a;
    if (p > 0) b *= 1 - posteriorHollow * Math.max(0, 1 - x * x * 2) * (1 - 0.5 * edge);
    const q = p / b;
    const x2 = x * x;
    const q2 = q * q;
    // Round in front, squarer behind.
    const r = p < 0 ? Math.sqrt(x2 + q2) : Math.sqrt(Math.sqrt(x2 * x2 + q2 * q2));
    const wall = (1 - r) * (a < b ? a : b);
    const r2 = r < 1 ? 1 - r * r : 0;
    const wave = roughMm * Math.sin(0.24 * p + 0.19 * l + f3);
    const top = h + slope * p - s.hollowTopMm * r2 + wave;
    const bottom = h + slope * p - s.hollowBottomMm * r2 - wave;
    const end = u > 0 ? top - u : bottom + u;
    if (wall > rimMm || end > rimMm || wall < 0 || end < 0) return wall < end ? wall : end;
    return rimMm - Math.hypot(rimMm - wall, rimMm - end);
  };
}
