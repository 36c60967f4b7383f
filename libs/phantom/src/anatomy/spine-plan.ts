import { type VertebraLevel } from '@endplate/findings';
import { type Rng } from '../random/rng';
import { type Frame, pitched, rolled, yawed } from './frame';

/** A vertebra of the phantom: those that findings can name, and more above so that no picture shows the upper end. */
export type PhantomLevel = VertebraLevel | 'T7' | 'T6' | 'T5';
/** A disc of the phantom, named after the vertebrae above and below. */
export type PhantomDiscLevel = `${PhantomLevel}/${PhantomLevel}`;

/** Shape of one vertebral body in its frame (left, posterior, up; origin in its middle), mm. */
export interface BodyPlan {
  readonly level: PhantomLevel;
  readonly frame: Frame;
  readonly halfWidthMm: number;
  readonly halfDepthMm: number;
  /** Height at the middle, and what the posterior wall is higher than the anterior one. */
  readonly heightMm: number;
  readonly wedgeMm: number;
  readonly fractured: boolean;
}

/** Shape of the gap between two bodies; `below` is the level of the lower vertebra. */
export interface DiscPlan {
  readonly level: PhantomDiscLevel;
  readonly below: PhantomLevel;
  readonly above: PhantomLevel;
  readonly frame: Frame;
  readonly halfWidthMm: number;
  readonly halfDepthMm: number;
  readonly heightMm: number;
  /** Anterior minus posterior height, mm. */
  readonly wedgeMm: number;
  /** Wear from 0 (young) to 1. */
  readonly wear: number;
  /** Forward displacement of the vertebra above, mm. */
  readonly slipMm: number;
}

/** Frames and sizes of a whole spine, caudal to cranial, with the S1 endplate's centre at the origin. */
export interface SpinePlan {
  readonly scale: number;
  readonly sacralSlope: number;
  readonly sacrumFrame: Frame;
  readonly s1HalfWidthMm: number;
  readonly s1HalfDepthMm: number;
  readonly bodies: readonly BodyPlan[];
  readonly discs: readonly DiscPlan[];
  readonly lumbarCount: number;
  readonly transition: Transition;
  /** Lateral deviation of the column from a straight line at height z, mm. */
  readonly drift: (z: number) => number;
}

/**
 * A lumbosacral transition: `sacralised`, the lowest lumbar vertebra joined to the sacrum by broad transverse processes
 * over a low, narrow disc; `lumbarised`, a first sacral segment squared off over a disc of its own (Castellvi et al. 1984,
 * Spine 9:493; O'Driscoll et al. 1996, Skeletal Radiol 25:225).
 */
export type Transition = 'none' | 'sacralised' | 'lumbarised';

/** What a caller may fix; everything else is drawn. */
export interface SpineOptions {
  /** Lumbar vertebrae; 5 mostly, 4 and 6 sometimes. */
  readonly lumbarCount?: 4 | 5 | 6;
  /** Drawn in a few patients whose number of lumbar vertebrae is not fixed. */
  readonly transition?: Transition;
  /** Size factor of the whole patient. */
  readonly scale?: number;
  /** Mean wear of the discs, 0 to 1. */
  readonly wear?: number;
  /** Largest lateral deviation, mm. */
  readonly scoliosisMm?: number;
  /** False keeps every vertebra in line. */
  readonly slips?: boolean;
  /** Share of slipped vertebrae among the lower three; rare if absent. */
  readonly slipShare?: number;
  /** False draws no fractured vertebra. */
  readonly fractures?: boolean;
}

const THORACIC: readonly PhantomLevel[] = ['T12', 'T11', 'T10', 'T9', 'T8', 'T7', 'T6', 'T5'];
const LUMBAR: readonly PhantomLevel[] = ['L1', 'L2', 'L3', 'L4', 'L5', 'L6'];
/** Share of the lordosis in each segment from L5/S1 upward; kyphosis above. */
const LORDOSIS = [0.34, 0.26, 0.18, 0.12, 0.07, 0.0, -0.06, -0.08, -0.1, -0.1, -0.1, -0.1, -0.1, -0.1];
/** Disc heights from L5/S1 upward in a young adult, mm. */
const DISC_HEIGHT = [10.5, 11.5, 10.8, 9.8, 8.8, 7.0, 5.8, 5.2, 4.8, 4.6, 4.4, 4.2, 4, 4];
const BODY_HEIGHT = [27.5, 27.8, 27.6, 27.2, 26.6, 25.4, 24.2, 23.2, 22.2, 21.4, 20.8, 20.2, 19.8, 19.4];
const HALF_WIDTH = [26, 25, 24, 23, 22, 21, 20, 18.5, 17.5, 16.5, 16, 15.5, 15, 14.5];
const HALF_DEPTH = [17.3, 17.3, 17.2, 17, 16.6, 16.2, 15.8, 15.4, 15, 14.6, 14.2, 13.8, 13.4, 13];

/** Draws curvature, sizes and wear of a spine from S1 to T8. */
export function planSpine(rng: Rng, options: SpineOptions = {}): SpinePlan {
  const scale = options.scale ?? rng.normalWithin(1, 0.085, 0.8, 1.22);
  const lumbarCount = options.lumbarCount ?? (rng.chance(0.86) ? 5 : rng.pick([4, 6] as const));
  const transition = options.transition ?? (options.lumbarCount ? 'none' : drawTransition(rng.fork('transition')));
  const slope = (rng.normalWithin(37, 9, 14, 66) * Math.PI) / 180;
  const lordosis = slope + (rng.normal(13, 8) * Math.PI) / 180;
  const amplitude = options.scoliosisMm ?? Math.abs(rng.normal(0, rng.chance(0.2) ? 9 : 2.5));
  const wave = rng.uniform(150, 330);
  const phase = rng.uniform(0, 2 * Math.PI);
  const drift = (z: number): number => amplitude * (Math.sin((2 * Math.PI * z) / wave + phase) - Math.sin(phase));
  const wear = options.wear ?? betaLike(rng);
  const levels: PhantomLevel[] = [...LUMBAR.slice(0, lumbarCount)].reverse();
  levels.push(...THORACIC);
  const depthFactor = rng.normal(1, 0.05);
  const widthFactor = rng.normal(1, 0.05);
  const heightFactor = rng.normal(1, 0.045);

  const turnedAt = (y: number, z: number, angle: number): Frame => {
    const x = drift(z);
    const step = (drift(z + 2) - drift(z - 2)) / 4;
    const flat: Frame = { origin: [x, y, z], left: [1, 0, 0], posterior: [0, 1, 0], up: [0, 0, 1] };
    return yawed(rolled(pitched(flat, angle), -step), step * 0.6);
  };
  const s1HalfDepthMm = 16.8 * scale * depthFactor;
  const s1HalfWidthMm = 26 * scale * widthFactor;
  const bodies: BodyPlan[] = [];
  const discs: DiscPlan[] = [];
  let angle = slope;
  let y = 0;
  let z = 0;
  let below: PhantomLevel = 'S1';
  for (const [n, level] of levels.entries()) {
    const turn = LORDOSIS[n]! * lordosis * rng.normal(1, 0.15);
    const own = Math.min(1, Math.max(0, wear + rng.normal(0, 0.25) + (n < 3 ? 0.08 : -0.1)));
    const narrowing = rng.chance(0.25 + 0.6 * own) ? 1 - 0.78 * own * rng.next() : 1;
    const full = Math.max(1.8, DISC_HEIGHT[n]! * scale * rng.normal(1, 0.1) * narrowing);
    const joined = n === 0 && transition === 'sacralised';
    const gap = joined ? Math.max(1.8, 0.4 * full) : full;
    const discTurn = turn * 0.62 * Math.min(1, gap / 7);
    const halfDepth = HALF_DEPTH[n]! * scale * depthFactor * rng.normal(1, 0.015);
    const halfWidth = HALF_WIDTH[n]! * scale * widthFactor * rng.normal(1, 0.015);
    const middle = angle - discTurn / 2;
    const discY = y - Math.sin(middle) * (gap / 2);
    const discZ = z + Math.cos(middle) * (gap / 2);
    const slips = options.slips !== false && rng.chance(n < 3 ? (options.slipShare ?? 0.035) : 0.008);
    const slipMm = slips ? rng.uniform(2, 12) * (rng.chance(0.75) ? 1 : -0.5) : rng.normal(0, 0.35);
    discs.push({
      level: `${level}/${below}`, below, above: level,
      frame: turnedAt(discY - (slipMm / 2) * Math.cos(middle), discZ - (slipMm / 2) * Math.sin(middle), middle),
      halfWidthMm: halfWidth * (joined ? 0.85 : 1), halfDepthMm: halfDepth * (joined ? 0.75 : 1), heightMm: gap, wear: own, slipMm,
      wedgeMm: 2 * halfDepth * Math.tan(discTurn),
    }); // prettier-ignore
    angle -= discTurn;
    y += -Math.sin(middle) * gap - slipMm * Math.cos(middle);
    z += Math.cos(middle) * gap - slipMm * Math.sin(middle);
    const loss = options.fractures !== false && rng.chance(0.03) ? rng.uniform(4, 13) * scale : 0;
    const bodyTurn = turn - discTurn - Math.atan((loss * rng.uniform(0.5, 1)) / (2 * halfDepth));
    const height = BODY_HEIGHT[n]! * scale * heightFactor * rng.normal(1, 0.025) - loss * 0.6;
    const mid = angle - bodyTurn / 2;
    bodies.push({
      level,
      frame: turnedAt(y - Math.sin(mid) * (height / 2), z + Math.cos(mid) * (height / 2), mid),
      halfWidthMm: halfWidth, halfDepthMm: halfDepth, heightMm: height,
      wedgeMm: -2 * halfDepth * Math.tan(bodyTurn), fractured: loss > 0,
    }); // prettier-ignore
    y += -Math.sin(mid) * height;
    z += Math.cos(mid) * height;
    angle -= bodyTurn;
    below = level;
  }
  return {
    scale, sacralSlope: slope, s1HalfDepthMm, s1HalfWidthMm, bodies, discs, lumbarCount, transition, drift,
    sacrumFrame: turnedAt(0, 0, slope),
  }; // prettier-ignore
}

function drawTransition(rng: Rng): Transition {
  return rng.chance(0.1) ? rng.pick(['sacralised', 'lumbarised'] as const) : 'none';
}

function betaLike(rng: Rng): number {
  // Young and worn spines are both common: a mixture instead of one hump.
  return rng.chance(0.4) ? rng.uniform(0, 0.3) : rng.uniform(0.2, 0.95);
}
