import { assessed, notAssessed, type Assessment, type Calcification } from '@endplate/findings';
import { quantile } from '../measure/statistics';
import { THRESHOLDS } from '../thresholds';
import { calcificationConfidence } from './calcification-confidence';
import { denseTissue, type DenseIsland } from './dense-islands';
import { describeCalcification } from './describe-calcification';
import { hasMetal, type DiscBox } from './disc-box';
import { type DiscOnCt } from './disc-on-ct';
import { discReference, type DiscReference } from './disc-reference';
import { effectiveFwhmMm, smallestDetectableMm } from './point-spread';

const CT = THRESHOLDS.ct;

/** The assessment, and the voxels of the islands for outlines (indices into the box). */
export interface CalcificationResult {
  readonly assessment: Assessment<Calcification>;
  readonly islands: readonly DenseIsland[];
}

/**
 * Calcification of one disc on native voxels: reference from its own core, seeds of 200 HU grown to the larger of 130 HU
 * and 3 sigma over the reference, islands from 3 mm3 that neither touch bone nor lie in the guard band alone.
 */
export function assessCalcification(disc: DiscOnCt): CalcificationResult {
  const { box, axes, spread } = disc;
  const withhold = (code: Parameters<typeof notAssessed>[0], text: string): CalcificationResult => ({
    assessment: notAssessed(code, text),
    islands: [],
  });
  const fwhm = effectiveFwhmMm(spread, axes.cranial);
  if (box.cut) return withhold('DISC_PARTLY_OUTSIDE', 'The disc is only partly inside the series.');
  if (hasMetal(box)) return withhold('METAL', 'Metal or cement next to the disc makes densities unreliable.');
  if (disc.heightMm < CT.minHeightFwhms * fwhm) {
    return withhold(
      'DISC_TOO_THIN',
      `The disc is ${disc.heightMm.toFixed(1)} mm high; ${(CT.minHeightFwhms * fwhm).toFixed(1)} mm are needed at this resolution.`,
    );
  }
  const reference = discReference(box);
  if (reference.voxels < CT.minCoreVoxels)
    return withhold('DISC_TOO_SMALL', 'Too few voxels lie away from bone to measure.');
  const problem = unreliable(box, reference);
  if (problem) return withhold(problem.code, problem.text);
  const smallestMm = smallestDetectableMm(spread, reference.medianHU, CT.nominalLesionHU);
  if (smallestMm / 2 > (deepest(box) - CT.guardFwhms / 2) * fwhm) {
    return withhold(
      'DISC_TOO_THIN',
      `A calcification that this series could show, ${smallestMm.toFixed(1)} mm, could not be told from bone anywhere in this disc.`,
    );
  }
  const dense = denseTissue(box, reference);
  const value = describeCalcification(disc, reference, dense, smallestMm);
  return {
    assessment: assessed(value, calcificationConfidence(disc, reference, dense, value)),
    islands: dense.islands,
  };
}

/** Largest distance of a voxel of the disc from bone, in widths of the point spread. */
function deepest({ disc, toBone }: DiscBox): number {
  let most = -Infinity;
  for (let at = disc.indexOf(1); at >= 0; at = disc.indexOf(1, at + 1)) most = Math.max(most, toBone[at]!);
  return most;
}

function unreliable(
  box: DiscBox,
  reference: DiscReference,
): { code: 'NOISE_TOO_HIGH' | 'CONTRAST_AGENT'; text: string } | undefined {
  if (reference.sigmaHU > CT.maxSigmaHU) {
    return {
      code: 'NOISE_TOO_HIGH',
      text: `Noise of ${reference.sigmaHU.toFixed(0)} HU hides or mimics calcification.`,
    };
  }
  if (reference.medianHU > CT.maxReferenceHU) {
    return { code: 'CONTRAST_AGENT', text: 'The whole disc is dense, as after discography.' };
  }
  const canal: number[] = [];
  const { canal: mask, hu } = box;
  for (let at = 0; at < mask.length; at++) if (mask[at] === 1) canal.push(hu[at]!);
  if (canal.length >= CT.minCoreVoxels && quantile(canal, 0.5) > CT.myelographyCanalHU) {
    return { code: 'CONTRAST_AGENT', text: 'The canal is dense, as after myelography.' };
  }
  return undefined;
}
