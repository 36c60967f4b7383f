import { distance, type Vec3 } from '@endplate/dicom';
import { type StudyFindings } from '@endplate/findings';
import { type PhantomTruth } from '@endplate/phantom';
import { compareShape, type ShapeOutcome } from './shape-agreement';

/** How a CT phantom is drawn; lengths in mm. */
export interface CtAcquisition {
  readonly name: string;
  readonly sliceMm: number;
  readonly fwhmMm: number;
  readonly noiseHU: number;
  readonly convolutionKernel: string;
}

/** One drawn calcification and whether an island was found there, or a piece that is reported apart. */
export interface LesionOutcome {
  readonly diameterMm: number;
  readonly site: string;
  readonly found: boolean;
  readonly apart: boolean;
}

/** Range of heights that the images show, LPS z of the first and last slice or row, mm. */
export interface ImagedRange {
  readonly fromZ: number;
  readonly toZ: number;
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
  /** Of them, discs that the border of the images itself cuts, and of these those that were withheld for it. */
  readonly cut: number;
  readonly cutWithheld: number;
  readonly missed: number;
  readonly withheld: readonly string[];
  /** Clean discs in which a piece continuous with bone was reported apart. */
  readonly falseApart: number;
  readonly shape: ShapeOutcome;
}

const NEAR_MM = 12;
const HIT_MM = 2.5;
/** Room that a disc's own tilt takes at its front and back, mm. */
const TILT_MM = 4;

/**
 * Compares the calcification of every drawn disc with what was found for it; discs are paired by place. A disc that the
 * images cut is counted apart: it has to be withheld.
 */
export function compareCt(
  truth: PhantomTruth,
  findings: StudyFindings,
  acquisition: string,
  calcified: boolean,
  imaged: ImagedRange,
): CtOutcome {
  const volumes: { truth: number; found: number }[] = [];
  const lesions: LesionOutcome[] = [];
  const withheld: string[] = [];
  let [clean, falseDiscs, falseApart, missed, cut, cutWithheld] = [0, 0, 0, 0, 0, 0];
  for (const disc of truth.discs) {
    const found = nearest(findings, disc.centreLps);
    if (isCut(disc, imaged)) {
      cut++;
      if (!found || found.calcification.status === 'not-assessed') cutWithheld++;
      continue;
    }
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
      if (value.boneContinuousVolumeMm3 > 0) falseApart++;
      continue;
    }
    const free = disc.calcifications.every((lesion) => lesion.site !== 'endplate-adjacent');
    if (free) volumes.push({ truth: disc.calcificationMm3, found: value.volumeMm3 });
    for (const lesion of disc.calcifications) {
      const diameterMm = Math.cbrt((6 * lesion.volumeMm3) / Math.PI);
      const reach = Math.max(HIT_MM, diameterMm / 2 + 1);
      const near = (p: Vec3): boolean => distance(p, lesion.centroidLps) <= reach;
      lesions.push({
        diameterMm,
        site: lesion.site,
        found: value.islands.some((island) => near(island.centroidLps)),
        apart: (value.boneContinuous ?? []).some((piece) => near(piece.centroidLps)),
      });
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
    cut,
    cutWithheld,
    missed,
    withheld,
    falseApart,
    shape: compareShape(truth, findings),
  };
}

function isCut(disc: PhantomTruth['discs'][number], { fromZ, toZ }: ImagedRange): boolean {
  const half = Math.max(disc.anteriorHeightMm, disc.middleHeightMm, disc.posteriorHeightMm) / 2 + TILT_MM;
  return disc.centreLps[2] - half < fromZ || disc.centreLps[2] + half > toZ;
}

function nearest(findings: StudyFindings, p: Vec3): StudyFindings['discs'][number] | undefined {
  const close = findings.discs
    .map((disc) => ({ disc, mm: distance(disc.centroidLps, p) }))
    .sort((a, b) => a.mm - b.mm)[0];
  return close && close.mm <= NEAR_MM ? close.disc : undefined;
}
