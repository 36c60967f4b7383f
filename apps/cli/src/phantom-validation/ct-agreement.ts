import { type StudyFindings } from '@endplate/findings';
import { type PhantomTruth } from '@endplate/phantom';

/** How a CT phantom is drawn; lengths in mm. */
export interface CtAcquisition {
  readonly name: string;
  readonly sliceMm: number;
  readonly fwhmMm: number;
  readonly noiseHU: number;
  readonly convolutionKernel: string;
}

/** One drawn calcification and whether an island was found there. */
export interface LesionOutcome {
  readonly diameterMm: number;
  readonly site: string;
  readonly found: boolean;
}

/** One CT phantom beside its findings. */
export interface CtOutcome {
  readonly seed: number;
  readonly acquisition: string;
  readonly calcified: boolean;
  /** Volumes of the discs that were assessed and hold a calcification away from the endplate, mm3. */
  readonly volumes: readonly { readonly truth: number; readonly found: number }[];
  readonly lesions: readonly LesionOutcome[];
  /** Assessed discs without any drawn calcification, and those of them that were called calcified. */
  readonly clean: number;
  readonly falseDiscs: number;
  /** Discs in view that were not found, and reasons for which others were not assessed. */
  readonly discs: number;
  readonly missed: number;
  readonly withheld: readonly string[];
}

const NEAR_MM = 12;
const HIT_MM = 2.5;

/** Compares the calcification of every drawn disc with what was found for it; discs are paired by place. */
export function compareCt(
  truth: PhantomTruth,
  findings: StudyFindings,
  acquisition: string,
  calcified: boolean,
): CtOutcome {
  const volumes: { truth: number; found: number }[] = [];
  const lesions: LesionOutcome[] = [];
  const withheld: string[] = [];
  let [clean, falseDiscs, missed] = [0, 0, 0];
  for (const disc of truth.discs) {
    const found = nearest(findings, disc.centreLps);
    if (!found) {
      missed++;
      continue;
    }
    if (found.calcification.status === 'not-assessed') {
      withheld.push(found.calcification.reason.code);
      continue;
    }
    const { value } = found.calcification;
    if (disc.calcifications.length === 0) {
      clean++;
      if (value.present) falseDiscs++;
      continue;
    }
    const free = disc.calcifications.every((lesion) => lesion.site !== 'endplate-adjacent');
    if (free) volumes.push({ truth: disc.calcificationMm3, found: value.volumeMm3 });
    for (const lesion of disc.calcifications) {
      const diameterMm = Math.cbrt((6 * lesion.volumeMm3) / Math.PI);
      const reach = Math.max(HIT_MM, diameterMm / 2 + 1);
      const hit = value.islands.some((island) => distance(island.centroidLps, lesion.centroidLps) <= reach);
      lesions.push({ diameterMm, site: lesion.site, found: hit });
    }
  }
  const { seed } = truth;
  return {
    seed,
    acquisition,
    calcified,
    volumes,
    lesions,
    clean,
    falseDiscs,
    discs: truth.discs.length,
    missed,
    withheld,
  };
}

function nearest(findings: StudyFindings, p: readonly number[]): StudyFindings['discs'][number] | undefined {
  const close = findings.discs
    .map((disc) => ({ disc, mm: distance(disc.centroidLps, p) }))
    .sort((a, b) => a.mm - b.mm)[0];
  return close && close.mm <= NEAR_MM ? close.disc : undefined;
}

/** Distance of two points, mm. */
export function distance(a: readonly number[], b: readonly number[]): number {
  return Math.hypot(a[0]! - b[0]!, a[1]! - b[1]!, a[2]! - b[2]!);
}
