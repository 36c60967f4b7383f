import { Rng } from '../random/rng';
import { ValueNoise } from '../random/value-noise';
import { bodyContents, bodyModels, bridgeSolids, metalSolids, type BodyModel } from './body-content';
import { canalSolids } from './canal';
import { drawDiscLesions, type CalcificationLesion, type DiscLesionOptions, type VacuumLesion } from './disc-lesion';
import { discSolid, drawDiscLook, type DiscLook } from './disc-shape';
import { drawEndplateChanges, type EndplateChange, type EndplateOptions } from './endplate-change';
import { posteriorSolids } from './posterior-elements';
import { pelvisSolids, sacrumSolids } from './sacrum';
import { type Solid } from './solid';
import { planSpine, type DiscPlan, type SpineOptions, type SpinePlan } from './spine-plan';
import { FIRST_LESION_TISSUE, FIRST_NUCLEUS_TISSUE, MAX_LESIONS } from './tissue';
import { organSolids, ribSolids, torsoSolids } from './torso';
import { vesselSolids } from './vessel';

/** Instance number of a disc in label maps: this plus its place from the sacrum upward. */
export const FIRST_DISC_INSTANCE = 201;

/** What may be fixed of a patient; everything else follows from the seed. */
export interface AnatomyOptions extends SpineOptions, DiscLesionOptions, EndplateOptions {
  /** Metal in the spine; rare if absent. */
  readonly metal?: boolean;
  /** Part of a vertebral body's cortex, from outside, that carries no class, 0 (default: the whole body) to 1. */
  readonly bodyClassFromCortex?: number;
  /** Draw the sides of the vertebral bodies from slight to hollow waists; without it they follow the front. */
  readonly hollowSides?: boolean;
}

/** One disc as drawn. */
export interface DiscModel {
  readonly plan: DiscPlan;
  readonly look: DiscLook;
  readonly instance: number;
  readonly solid: Solid;
}

/**
 * A lumbar spine with everything around it as solids in LPS mm, the centre of the S1 endplate at the origin. Painted in
 * order, each covering what was there.
 */
export interface Anatomy {
  readonly seed: number;
  readonly plan: SpinePlan;
  readonly solids: readonly Solid[];
  readonly bodies: readonly BodyModel[];
  readonly discs: readonly DiscModel[];
  readonly calcifications: readonly CalcificationLesion[];
  readonly vacuums: readonly VacuumLesion[];
  readonly endplates: readonly EndplateChange[];
  /** Density of lesion tissue number n + FIRST_LESION_TISSUE, HU. */
  readonly lesionHU: Float32Array;
  /** The sacrum's own solids. */
  readonly sacrum: readonly Solid[];
  readonly metal: boolean;
}

/** Draws a patient. The same seed and options give the same anatomy. */
export function drawAnatomy(seed: number, options: AnatomyOptions = {}): Anatomy {
  const rng = new Rng(seed, 'anatomy');
  const plan = planSpine(rng.fork('plan'), options);
  const noise = new ValueNoise(rng.fork('noise'), 5);
  const bodies = bodyModels(plan, rng.fork('bodies'), options.bodyClassFromCortex ?? 0, options.hollowSides);
  const discs = plan.discs.map((disc, n): DiscModel => {
    const look = drawDiscLook(rng.fork(`look${n}`), disc);
    const instance = FIRST_DISC_INSTANCE + n;
    return { plan: disc, look, instance, solid: discSolid(disc, look, instance, FIRST_NUCLEUS_TISSUE + n) };
  });
  const sacrum = sacrumSolids(plan, rng.fork('sacrum'));
  const { calcifications, vacuums } = drawDiscLesions(rng.fork('lesions'), plan.discs, options);
  const s1 = { level: 'S1' as const, frame: sacrum.path[0]!, halfWidthMm: plan.s1HalfWidthMm, halfDepthMm: plan.s1HalfDepthMm, heightMm: 29 * plan.scale, wedgeMm: 0, fractured: false }; // prettier-ignore
  const bodyOf = (level: string): typeof s1 | (typeof plan.bodies)[number] | undefined =>
    level === 'S1' ? s1 : plan.bodies.find((body) => body.level === level);
  const { changes, schmorl } = drawEndplateChanges(rng.fork('endplates'), plan.discs, bodyOf, FIRST_DISC_INSTANCE, options); // prettier-ignore
  const metalRng = rng.fork('metal');
  const metal = options.metal ?? metalRng.chance(0.025);
  const lesionHU = new Float32Array(MAX_LESIONS);
  for (const lesion of calcifications) lesionHU[lesion.tissue - FIRST_LESION_TISSUE] = lesion.densityHU;
  const solids: Solid[] = [
    ...torsoSolids(plan, rng.fork('torso'), noise),
    ...organSolids(plan, rng.fork('organs'), sacrum.path),
    ...vesselSolids(plan, rng.fork('vessels'), noise),
    ...ribSolids(plan, rng.fork('ribs')),
    ...pelvisSolids(plan, rng.fork('pelvis')),
    ...canalSolids(plan, rng.fork('canal')),
    ...posteriorSolids(plan, rng.fork('posterior')),
    ...sacrum.solids,
    ...bridgeSolids(plan, rng.fork('bridges')),
    ...discs.map((disc) => disc.solid),
    ...bodies.map((body) => body.solid),
    ...bodyContents(bodies, rng.fork('contents')),
    ...changes.flatMap((change) => change.solids),
    ...schmorl,
    ...vacuums.map((vacuum) => vacuum.solid),
    ...calcifications.map((lesion) => lesion.solid),
    ...(metal ? metalSolids(plan, metalRng) : []),
  ];
  return {
    seed,
    plan,
    solids,
    bodies,
    discs,
    calcifications,
    vacuums,
    endplates: changes,
    sacrum: sacrum.solids,
    lesionHU,
    metal,
  };
}
