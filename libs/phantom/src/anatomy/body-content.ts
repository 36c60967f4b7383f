import { type Rng } from '../random/rng';
import { bodyDepth, bodyHalfExtents, drawBodyShape, type BodyShape } from './body-shape';
import { moved, pointIn } from './frame';
import { ellipsoid, rod, roundedBox, type Solid } from './solid';
import { type BodyPlan, type SpinePlan } from './spine-plan';
import { SpineClass, Tissue, tissueSet } from './tissue';

/** A vertebral body as drawn. */
export interface BodyModel {
  readonly plan: BodyPlan;
  readonly shape: BodyShape;
  readonly instance: number;
  readonly solid: Solid;
}

const INSIDE = tissueSet(['cancellous']);

/**
 * Surfaces of all bodies; cortex is alike in one patient.
 *
 * @param classFromCortex - part of the cortex, from outside, that carries no class, 0 to 1
 * @param hollowSides - see {@link drawBodyShape}
 */
export function bodyModels(plan: SpinePlan, rng: Rng, classFromCortex: number, hollowSides = false): BodyModel[] {
  const cortexMm = rng.uniform(0.6, 1.7);
  const classFromMm = classFromCortex * cortexMm;
  return plan.bodies.map((body, n) => {
    const own = rng.fork(`body${n}`);
    const below = plan.discs[n]?.wear ?? 0;
    const above = plan.discs[n + 1]?.wear ?? 0;
    const shape = drawBodyShape(own, body, above, below, hollowSides);
    const instance = n + 1;
    const solid: Solid = {
      core: body.fractured && own.chance(0.5) ? Tissue.fracture : Tissue.cancellous,
      shell: Tissue.cortical, shellMm: cortexMm, spineClass: SpineClass.VertebralBody, classFromMm, instance,
      frame: body.frame, half: bodyHalfExtents(shape), depth: bodyDepth(shape),
    }; // prettier-ignore
    return { plan: body, shape, instance, solid };
  });
}

/** Veins, haemangiomas, focal lesions and cement inside the bodies. */
export function bodyContents(models: readonly BodyModel[], rng: Rng): Solid[] {
  const veins = rng.chance(0.65);
  return models.flatMap(({ plan }, n) => {
    const own = rng.fork(`content${n}`);
    const solids: Solid[] = [];
    const { frame, halfDepthMm: d, halfWidthMm: w, heightMm: h } = plan;
    if (veins && own.chance(0.8)) {
      const u = own.normal(0, 0.05) * h;
      const size = own.uniform(1, 2.6);
      const from = pointIn(frame, 0, d * 0.98, u);
      const to = pointIn(frame, own.normal(0, 2), d * own.uniform(0.1, 0.6), u);
      solids.push(rod(from, to, frame.left, [size * 2.2, size], [size * 0.6, size * 0.6], { core: Tissue.basivertebral, over: tissueSet(['cancellous', 'cortical']) })); // prettier-ignore
    }
    const place = (): ReturnType<typeof moved> =>
      moved(frame, own.uniform(-0.6, 0.6) * w, own.uniform(-0.6, 0.5) * d, own.uniform(-0.3, 0.3) * h);
    const size = own.uniform(3, 11);
    if (own.chance(0.05)) solids.push(ellipsoid(place(), [size, size * own.uniform(0.7, 1.2), size], { core: Tissue.haemangioma, over: INSIDE })); // prettier-ignore
    if (own.chance(0.025)) solids.push(ellipsoid(place(), [size, size, size * own.uniform(0.7, 1.2)], { core: Tissue.focalLesion, over: INSIDE })); // prettier-ignore
    if (own.chance(plan.fractured ? 0.15 : 0.004)) solids.push(ellipsoid(place(), [size * 1.4, size, size], { core: Tissue.cement, over: INSIDE })); // prettier-ignore
    return solids;
  });
}

/** Bridging osteophytes in front of worn discs. */
export function bridgeSolids(plan: SpinePlan, rng: Rng): Solid[] {
  return plan.discs.flatMap((disc, n) => {
    const own = rng.fork(`bridge${n}`);
    if (!own.chance(0.03 + 0.09 * disc.wear)) return [];
    const side = own.normal(0, 0.35) * disc.halfWidthMm;
    const front =
      -disc.halfDepthMm * Math.sqrt(1 - Math.min(0.8, (side / disc.halfWidthMm) ** 2)) - own.uniform(0.5, 3);
    const reach = disc.heightMm / 2 + own.uniform(2, 7);
    const gap = own.chance(0.5) ? own.uniform(0.5, 2) : -1;
    const bone = { core: Tissue.osteophyte, shell: Tissue.cortical, shellMm: 1, spineClass: SpineClass.VertebralBody };
    const r = own.uniform(1.6, 4);
    const at = (u: number): [number, number, number] => {
      const p = pointIn(disc.frame, side, front, u);
      return [p[0], p[1], p[2]];
    };
    const lower = rod(at(-reach), at(-gap), disc.frame.left, [r * 2, r], [r * 1.6, r * 0.8], { ...bone, instance: n });
    const upper = rod(at(gap), at(reach), disc.frame.left, [r * 1.6, r * 0.8], [r * 2, r], {
      ...bone,
      instance: n + 1,
    });
    return n === 0 ? [upper] : [lower, upper];
  });
}

/** Pedicle screws with rods, or a cage in a disc, in a few patients. */
export function metalSolids(plan: SpinePlan, rng: Rng): Solid[] {
  const metal = { core: Tissue.metal };
  const solids: Solid[] = [];
  const from = rng.int(0, 2);
  const chosen = plan.bodies.slice(from, from + rng.int(2, 3));
  for (const side of [-1, 1]) {
    const heads = chosen.map((body) => {
      const { frame, halfDepthMm: d, halfWidthMm: w, heightMm: h } = body;
      const head = pointIn(frame, side * w * 0.8, d + 24, h * 0.25);
      solids.push(rod(head, pointIn(frame, side * w * 0.35, -d * rng.uniform(0.2, 0.7), h * 0.12), [1, 0, 0], [3, 3], [2.2, 2.2], metal)); // prettier-ignore
      solids.push(ellipsoid({ ...frame, origin: head }, [6, 6, 7], metal));
      return head;
    });
    for (let n = 0; n + 1 < heads.length; n++)
      solids.push(rod(heads[n]!, heads[n + 1]!, [1, 0, 0], [2.8, 2.8], [2.8, 2.8], metal));
  }
  const disc = plan.discs[from + 1];
  if (disc && rng.chance(0.6))
    solids.push(roundedBox(moved(disc.frame, 0, -2, 0), [11, 9, disc.heightMm * 0.42], metal));
  return solids;
}
