import { type Rng } from '../random/rng';
import { moved, rolled, pitched } from './frame';
import { ellipsoid, type Solid } from './solid';
import { type DiscPlan, type PhantomDiscLevel } from './spine-plan';
import { FIRST_LESION_TISSUE, MAX_LESIONS, Tissue, tissueSet } from './tissue';

/** Where in a disc a calcification lies. */
export type CalcificationSite =
  | 'annulus-anterior' | 'annulus-posterior' | 'annulus-lateral' | 'nucleus' | 'endplate-adjacent'; // prettier-ignore
/** Every sub-site of a disc. */
export const CALCIFICATION_SITES: readonly CalcificationSite[] = [
  'annulus-anterior', 'annulus-posterior', 'annulus-lateral', 'nucleus', 'endplate-adjacent',
]; // prettier-ignore

/** One calcification as it is drawn: what lies in the disc of this ellipsoid. */
export interface CalcificationLesion {
  readonly disc: PhantomDiscLevel;
  readonly site: CalcificationSite;
  /** Density of the calcified material itself. */
  readonly densityHU: number;
  readonly tissue: number;
  readonly solid: Solid;
}

/** Gas in a disc. */
export interface VacuumLesion {
  readonly disc: PhantomDiscLevel;
  readonly solid: Solid;
}

const DISC_TISSUES = tissueSet(['nucleus', 'annulus', 'outerAnnulus', 'cleft', 'cartilage', 'gas'], true);

/**
 * Draws one calcification of a sub-site.
 *
 * @param index - number of the lesion in the patient, 0 to 63
 * @param sizeMm - diameter of a sphere of the same volume before the disc cuts it; drawn if absent
 */
export function drawCalcification(
  rng: Rng,
  disc: DiscPlan,
  site: CalcificationSite,
  index: number,
  sizeMm?: number,
  densityHU = rng.uniform(280, 1000),
): CalcificationLesion {
  const { halfWidthMm: w, halfDepthMm: d, heightMm: h } = disc;
  const at: Record<CalcificationSite, () => readonly [number, number, number]> = {
    'annulus-anterior': () => [rng.uniform(-0.45, 0.45) * w, -d * rng.uniform(0.74, 0.88), rng.uniform(-0.15, 0.15) * h],
    'annulus-posterior': () => [rng.uniform(-0.4, 0.4) * w, d * rng.uniform(0.72, 0.85), rng.uniform(-0.12, 0.12) * h],
    'annulus-lateral': () => [rng.sign() * w * rng.uniform(0.72, 0.86), rng.uniform(-0.25, 0.25) * d, rng.uniform(-0.15, 0.15) * h],
    nucleus: () => [rng.uniform(-0.3, 0.3) * w, rng.uniform(-0.2, 0.3) * d, rng.uniform(-0.12, 0.12) * h],
    'endplate-adjacent': () => [rng.uniform(-0.45, 0.45) * w, rng.uniform(-0.45, 0.45) * d, rng.sign() * 0.4 * h],
  }; // prettier-ignore
  const [l, p, u] = at[site]();
  const size = sizeMm ?? rng.uniform(1.6, 8);
  const flat = rng.uniform(0.45, 0.95);
  const c = Math.min((size / 2) * flat, h * 0.36);
  const stretch = rng.uniform(0.75, 1.35);
  const area = (size / 2) ** 3 / c;
  const half = [Math.sqrt(area) * stretch, Math.sqrt(area) / stretch, c] as const;
  const tissue = FIRST_LESION_TISSUE + (index % MAX_LESIONS);
  const frame = rolled(pitched(moved(disc.frame, l, p, u), rng.normal(0, 0.08)), rng.normal(0, 0.08));
  return {
    disc: disc.level,
    site,
    densityHU,
    tissue,
    solid: ellipsoid(frame, half, { core: tissue, over: DISC_TISSUES }),
  };
}

/** Draws a flat cleft of gas in the middle of a disc. */
export function drawVacuum(rng: Rng, disc: DiscPlan): VacuumLesion {
  const { halfWidthMm: w, halfDepthMm: d, heightMm: h } = disc;
  const frame = moved(disc.frame, rng.uniform(-0.3, 0.3) * w, rng.uniform(-0.4, 0.4) * d, rng.uniform(-0.1, 0.1) * h);
  const half = [
    rng.uniform(4, 0.6 * w + 1),
    rng.uniform(3, 0.55 * d),
    Math.min(h * 0.3, rng.uniform(0.7, 2.4)),
  ] as const;
  return { disc: disc.level, solid: ellipsoid(frame, half, { core: Tissue.gas, over: DISC_TISSUES }) };
}

/** Which discs carry what, and how much. */
export interface DiscLesionOptions {
  /** False draws none, true draws at least one. */
  readonly calcification?: boolean;
  readonly vacuum?: boolean;
  /** Sphere-equivalent diameters to draw, mm; drawn if absent. */
  readonly sizesMm?: readonly number[];
}

/** Draws calcifications and vacuum of all discs. */
export function drawDiscLesions(
  rng: Rng,
  discs: readonly DiscPlan[],
  options: DiscLesionOptions = {},
): { calcifications: CalcificationLesion[]; vacuums: VacuumLesion[] } {
  const calcifications: CalcificationLesion[] = [];
  const vacuums: VacuumLesion[] = [];
  const chosen = options.calcification === true ? rng.int(0, Math.min(4, discs.length - 1)) : -1;
  for (const [n, disc] of discs.entries()) {
    const own = rng.fork(`disc${n}`);
    const fits = disc.heightMm > 2.5;
    const calcified = options.calcification !== false && fits && own.chance(n === chosen ? 1 : 0.16 + 0.1 * disc.wear);
    for (let k = 0; calcified && k < own.int(1, 3); k++) {
      const size = options.sizesMm ? own.pick(options.sizesMm) : undefined;
      calcifications.push(drawCalcification(own, disc, own.pick(CALCIFICATION_SITES), calcifications.length, size));
    }
    const gas = options.vacuum !== false && disc.wear > 0.45 && fits && own.chance(options.vacuum ? 0.5 : 0.25);
    if (gas) vacuums.push(drawVacuum(own, disc));
  }
  return { calcifications, vacuums };
}
