import { type Rng } from '../random/rng';
import { type Paint, type Solid } from './solid';
import { type DiscPlan } from './spine-plan';
import { SpineClass, Tissue } from './tissue';

/** What a disc looks like inside; wear decides. */
export interface DiscLook {
  /** Bulge over the edge of the bodies [anterior, posterior, lateral], mm. */
  readonly bulgeMm: readonly [number, number, number];
  /** Half axes of the nucleus as fractions of the disc's. */
  readonly nucleusFraction: number;
  readonly nucleusHeight: number;
  readonly cleft: boolean;
  /** Share of nucleus signal left, 1 young to 0: what a Pfirrmann-like grade should follow. */
  readonly hydration: number;
}

/** Draws the inside of a disc from its wear. */
export function drawDiscLook(rng: Rng, disc: DiscPlan): DiscLook {
  const bulge = (k: number): number =>
    Math.max(-0.8, rng.normal(0.2, 0.6) + k * disc.wear * Math.abs(rng.normal(0, 1.6)));
  const herniation = rng.chance(0.04 + 0.14 * disc.wear) ? rng.uniform(2, 6) : 0;
  return {
    bulgeMm: [bulge(1), Math.max(0, bulge(1)) + herniation, bulge(1)],
    nucleusFraction: rng.uniform(0.5, 0.85),
    nucleusHeight: rng.uniform(0.6, 0.95),
    cleft: disc.wear > 0.1 && rng.chance(0.55),
    hydration: Math.min(1, Math.max(0, 1.05 - disc.wear * 1.1 + rng.normal(0, 0.1))),
  };
}

/**
 * The disc, drawn higher than the gap so that the bodies painted over it leave no slit. Nucleus, annulus and outer
 * annulus lie inside.
 */
export function discSolid(disc: DiscPlan, look: DiscLook, instance: number, nucleusTissue: number): Solid {
  const { halfWidthMm: w, halfDepthMm: d, heightMm, wedgeMm } = disc;
  const [front, back, side] = look.bulgeMm;
  const half = heightMm / 2;
  const slope = -wedgeMm / (4 * d);
  const dome = 4;
  const axes = (p: number): number => d + (p < 0 ? front : Math.min(back, 1.5));
  const paint: Paint = {
    core: Tissue.annulus,
    spineClass: SpineClass.Disc,
    instance,
    coreAt: (l, p, u) => {
      const q = p / axes(p);
      const x = l / (w + side);
      const r = Math.sqrt(x * x + q * q);
      const v = Math.abs(u) / (half + slope * p + 0.01);
      if (r > 0.9) return Tissue.outerAnnulus;
      if (v > 1.05) return Tissue.cartilage;
      const k = r / look.nucleusFraction;
      const m = v / look.nucleusHeight;
      if (k * k * k * k + m * m * m * m > 1) return Tissue.annulus;
      if (look.cleft && v < 0.16 && k < 0.8) return Tissue.cleft;
      return nucleusTissue;
    },
  };
  return {
    ...paint,
    frame: disc.frame,
    half: [w + Math.max(0, side) + 0.5, d + Math.max(front, back, 0) + 0.5, half + Math.abs(wedgeMm) / 2 + dome + 1],
    depth: (l, p, u) => {
      const a = w + side;
      const b = axes(p);
      // A herniation is a hump in the middle of the back, not a wider disc.
      const hump = p > 0 && back > 1.5 ? d + 1 + (back - 1) * Math.exp(-((l / 8) * (l / 8))) : b;
      const x = l / a;
      const q = p / hump;
      const r = p < 0 ? Math.sqrt(x * x + q * q) : Math.sqrt(Math.sqrt(x * x * x * x + q * q * q * q));
      const edge = Math.max(0, 1 - r);
      const height = half + slope * p + Math.min(dome, edge * 14) + 0.6;
      const inside = (1 - r) * Math.min(a, hump);
      const below = height - Math.abs(u);
      return inside < below ? inside : below;
    },
  };
}
