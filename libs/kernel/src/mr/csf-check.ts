import { type SeriesRole } from '@endplate/findings';
import { quantile } from '../measure/statistics';
import { THRESHOLDS } from '../thresholds';

/**
 * Whether the signal of the canal over that of marrow contradicts what TR and TE said: T2 shows CSF brighter than marrow, T1
 * darker.
 *
 * @returns undefined when there is too little of either to tell
 */
export function contradictsRole(
  role: SeriesRole,
  canal: readonly number[],
  marrow: readonly number[],
): boolean | undefined {
  if (canal.length < THRESHOLDS.degeneration.minCsfVoxels || marrow.length < THRESHOLDS.modic.minReferenceVoxels)
    return undefined;
  const ratio = quantile(canal, THRESHOLDS.degeneration.csfPercentile) / quantile(marrow, 0.5);
  if (!Number.isFinite(ratio)) return undefined;
  if (role === 'mr-t1') return ratio > THRESHOLDS.gate.csfBrightRatio;
  if (role === 'mr-t2' || role === 'mr-t2-fat-suppressed') return ratio < THRESHOLDS.gate.csfDarkRatio;
  return false;
}
