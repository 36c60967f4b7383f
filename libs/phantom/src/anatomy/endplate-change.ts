import { type Rng } from '../random/rng';
import { moved } from './frame';
import { type Paint, type Solid } from './solid';
import { type BodyPlan, type DiscPlan, type PhantomDiscLevel } from './spine-plan';
import { SpineClass, Tissue, tissueSet } from './tissue';

/** Modic type of an endplate as drawn; `mixed` is type 1 and 2 side by side. */
export type ModicType = 'none' | '1' | '2' | '3' | 'mixed';

/** The side of the disc that an endplate lies on. */
export type EndplateSide = 'above' | 'below';

/** One endplate and what was drawn under it. */
export interface EndplateChange {
  readonly disc: PhantomDiscLevel;
  /** `above`: lower endplate of the vertebra above the disc. */
  readonly side: EndplateSide;
  readonly type: ModicType;
  /** How far the change reaches into the body, and from front to back, mm. */
  readonly depthMm: number;
  readonly lengthMm: number;
  /** How deep a Schmorl node reaches into the body, mm; 0 without one. */
  readonly nodeDepthMm: number;
  readonly solids: readonly Solid[];
}

const MARROW = tissueSet(['cancellous']);
const BONE = tissueSet(['cancellous', 'cortical', 'modic1', 'modic2', 'modic3']);

/** Draws a marrow band of a Modic type under one endplate of a body. */
export function drawEndplateChange(
  rng: Rng,
  disc: DiscPlan,
  side: EndplateSide,
  body: BodyPlan,
  type: ModicType,
): EndplateChange {
  const depthMm = type === 'none' ? 0 : rng.uniform(5, 13);
  const whole = rng.chance(0.4);
  const halfLength = whole ? body.halfDepthMm * 0.92 : rng.uniform(0.38, 0.7) * body.halfDepthMm;
  const centre = whole ? 0 : rng.sign() * (body.halfDepthMm * 0.92 - halfLength) * rng.uniform(0.6, 1);
  const result = { disc: disc.level, side, type, depthMm, lengthMm: type === 'none' ? 0 : 2 * halfLength, nodeDepthMm: 0 }; // prettier-ignore
  if (type === 'none') return { ...result, solids: [] };
  const up = side === 'above' ? -1 : 1;
  const half = body.halfWidthMm * rng.uniform(0.6, 0.95);
  const band = (core: number, from: number, to: number): Solid => {
    const middle = (from + to) / 2;
    const long = (to - from) / 2;
    const frame = moved(body.frame, rng.uniform(-0.1, 0.1) * body.halfWidthMm, middle, (up * body.heightMm) / 2);
    const wave = rng.uniform(0.6, 1.6);
    return {
      core, over: MARROW, frame, half: [half, long, depthMm + 2],
      depth: (l, p, u) => {
        const x = l / half;
        const q = p / long;
        const r = Math.sqrt(x * x + q * q * q * q);
        const reach = depthMm * Math.sqrt(Math.max(0, 1 - r * r)) + wave * Math.sin(0.5 * p + 0.3 * l);
        return Math.min((1 - r) * long, reach - Math.abs(u));
      },
    }; // prettier-ignore
  };
  const lo = centre - halfLength;
  const hi = centre + halfLength;
  if (type !== 'mixed')
    return { ...result, solids: [band([Tissue.modic1, Tissue.modic2, Tissue.modic3][Number(type) - 1]!, lo, hi)] };
  const cut = rng.uniform(0.4, 0.6);
  const split = lo + (hi - lo) * cut;
  const first = rng.chance(0.5);
  return { ...result, solids: [band(first ? Tissue.modic1 : Tissue.modic2, lo, split), band(first ? Tissue.modic2 : Tissue.modic1, split, hi)] }; // prettier-ignore
}

/** A dent of disc material in an endplate, often with a rim of dense bone. It belongs to the disc that it came from. */
export function drawSchmorlNode(
  rng: Rng,
  side: EndplateSide,
  body: BodyPlan,
  discInstance: number,
): { depthMm: number; solids: Solid[] } {
  const up = side === 'above' ? -1 : 1;
  const at = moved(body.frame, rng.uniform(-0.4, 0.4) * body.halfWidthMm, rng.uniform(-0.4, 0.4) * body.halfDepthMm, (up * body.heightMm) / 2); // prettier-ignore
  const half = [rng.uniform(3, 7), rng.uniform(3, 7), rng.uniform(2.5, 6)] as const;
  const disc = { spineClass: SpineClass.Disc, instance: discInstance };
  const make = (grow: number, core: number, paint: Partial<Paint>): Solid => {
    const [a, b, c] = [half[0] + grow, half[1] + grow, half[2] + grow];
    return {
      core, over: BONE, ...paint, frame: at, half: [a, b, c],
      depth: (l, p, u) => (1 - Math.sqrt((l * l) / (a * a) + (p * p) / (b * b) + (u * u) / (c * c))) * Math.min(a, c),
    }; // prettier-ignore
  };
  const solids = rng.chance(0.6)
    ? [
        make(1.2, Tissue.cortical, {}),
        make(0, Tissue.schmorl, { ...disc, over: tissueSet(['cancellous', 'cortical']) }),
      ]
    : [make(0, Tissue.schmorl, disc)];
  return { depthMm: half[2], solids };
}

/** How many endplates change and to what. */
export interface EndplateOptions {
  /** False draws none; true makes changes common. */
  readonly modic?: boolean;
  /** False draws no Schmorl nodes; true makes them common. */
  readonly schmorl?: boolean;
}

/** Draws the changes of all endplates, two per disc, and Schmorl nodes. */
export function drawEndplateChanges(
  rng: Rng,
  discs: readonly DiscPlan[],
  bodyOf: (level: string) => BodyPlan | undefined,
  firstDiscInstance: number,
  options: EndplateOptions = {},
): { changes: EndplateChange[]; schmorl: Solid[] } {
  const changes: EndplateChange[] = [];
  const schmorl: Solid[] = [];
  for (const [n, disc] of discs.entries()) {
    const own = rng.fork(`endplates${n}`);
    const share = options.modic === false ? 0 : (options.modic === true ? 0.35 : 0.06) + 0.22 * disc.wear;
    const affected = own.chance(share);
    const type: ModicType = own.pick(['1', '1', '2', '2', '2', '3', 'mixed'] as const);
    for (const side of ['above', 'below'] as const) {
      const body = bodyOf(side === 'above' ? disc.above : disc.below);
      if (!body) continue;
      const here = affected && own.chance(0.8);
      const change = drawEndplateChange(own, disc, side, body, here ? type : 'none');
      const node =
        options.schmorl !== false && own.chance(options.schmorl === true ? 0.25 : 0.05)
          ? drawSchmorlNode(own, side, body, firstDiscInstance + n)
          : undefined;
      changes.push(node ? { ...change, nodeDepthMm: node.depthMm } : change);
      if (node) schmorl.push(...node.solids);
    }
  }
  return { changes, schmorl };
}
