import { assessed, notAssessed, type Assessment, type DiscSignal } from '@endplate/findings';
import { findingConfidence, type FindingSurety } from '../confidence/finding-confidence';
import { quantile } from '../measure/statistics';
import { THRESHOLDS } from '../thresholds';

const D = THRESHOLDS.degeneration;

/**
 * T2 signal of a disc's nucleus over cerebrospinal fluid and the grade drawn from it.
 *
 * @param nucleus - T2 signal of the voxels in the middle of the disc
 * @param canal - T2 signal of the voxels of the canal at the same height
 * @param heightIndex - disc height over body height, where measured
 * @param moved - the nucleus as it would be with the outline a voxel further in and out
 */
export function assessDiscSignal(
  nucleus: readonly number[],
  canal: readonly number[],
  heightIndex: number | undefined,
  sure: FindingSurety,
  moved: readonly (readonly number[])[] = [],
): Assessment<DiscSignal> {
  if (nucleus.length < 5) return notAssessed('DISC_TOO_SMALL', 'Too few voxels in the middle of the disc.');
  if (canal.length < D.minCsfVoxels) return notAssessed('NO_CSF_REFERENCE', 'The canal beside the disc is not seen.');
  const csf = quantile(canal, D.csfPercentile);
  if (!(csf > 0)) return notAssessed('NO_CSF_REFERENCE', 'The canal gives no signal to compare with.');
  const t2RatioToCsf = Math.max(0, quantile(nucleus, 0.5) / csf);
  const pfirrmannLike = gradeOf(t2RatioToCsf, heightIndex);
  const borders = [D.pfirrmann1, D.pfirrmann2, D.pfirrmann3];
  const margin = Math.min(...borders.map((border) => Math.abs(t2RatioToCsf - border)));
  const scaled = [1 - THRESHOLDS.modic.stability, 1 + THRESHOLDS.modic.stability].map((factor) => csf * factor);
  const ratios = [
    ...scaled.map((reference) => (t2RatioToCsf * csf) / reference),
    ...moved.filter((values) => values.length > 0).map((values) => quantile(values, 0.5) / csf),
  ];
  const steady = ratios.every((ratio) => gradeOf(ratio, heightIndex) === pfirrmannLike);
  const confidence = findingConfidence({
    voxelMargin: 0.5 + Math.min(0.5, margin * 5),
    shapePlausibility: sure.outlineConfidence,
    labelGap: sure.labelConfidence,
    stability: steady ? 1 : 0.6,
  });
  return assessed({ t2RatioToCsf, pfirrmannLike }, confidence);
}

function gradeOf(ratio: number, heightIndex: number | undefined): number {
  if (ratio >= D.pfirrmann1) return 1;
  if (ratio >= D.pfirrmann2) return 2;
  if (ratio >= D.pfirrmann3) return 3;
  return heightIndex !== undefined && heightIndex < D.collapsedIndex ? 5 : 4;
}
