import { notAssessed, type Assessment, type Vacuum } from '@endplate/findings';
import { type NativeLabels } from '../level/native-labels';
import { structureHeights } from '../measure/heights';
import { outlineConfidence } from '../measure/disc-measures';
import { structureAxes, type MeasuredDisc } from '../measure/spine-model';
import { type ProbabilityStack } from '../segment/probability-stack';
import { assessCalcification, type CalcificationResult } from './calcification';
import { discBox, type DiscBox, type HounsfieldVolume } from './disc-box';
import { type PointSpread } from './point-spread';
import { assessVacuum } from './vacuum';

/** Calcification and gas of one disc, with the box that they were measured in. */
export interface DiscCtResult extends CalcificationResult {
  readonly vacuum: Assessment<Vacuum>;
  readonly box?: DiscBox;
}

/**
 * Measures one disc on the native voxels of a CT.
 *
 * @param labelConfidence - 0 to 1: how sure the level is
 */
export function measureDiscOnCt(
  volume: HounsfieldVolume,
  labels: NativeLabels,
  stack: ProbabilityStack,
  disc: MeasuredDisc,
  spread: PointSpread,
  labelConfidence: number,
): DiscCtResult {
  const withhold = (code: Parameters<typeof notAssessed>[0], text: string): DiscCtResult => ({
    assessment: notAssessed(code, text),
    vacuum: notAssessed(code, text),
    islands: [],
  });
  if (disc.cut) return withhold('DISC_PARTLY_OUTSIDE', 'The disc is only partly in the image.');
  const axes = structureAxes(disc, stack);
  const heights = structureHeights(disc.central);
  if (!axes || !heights)
    return withhold('TOO_FEW_SLICES_OF_STRUCTURE', 'The disc is not seen well enough in its middle.');
  if (!disc.above || !disc.below) return withhold('NEIGHBOUR_MISSING', 'Both neighbouring vertebrae must be seen.');
  const box = discBox(volume, labels, stack, disc.instance.label, spread);
  if (!box) return withhold('DISC_TOO_SMALL', 'The disc has no voxel in the series.');
  const onCt = {
    box,
    axes: { centreLps: disc.centroidLps, ...axes },
    spread,
    heightMm: heights.middleMm,
    outlineConfidence: outlineConfidence(disc),
    labelConfidence,
  };
  return { ...assessCalcification(onCt), vacuum: assessVacuum(onCt), box };
}
