import { solvePositiveDefinite } from '../measure/linear-system';
import { mean } from '../measure/statistics';
import { type PresenceModel } from '../mr/modic-presence';

/** One disc as a model is fitted to it. */
export interface PresenceSample {
  readonly measures: readonly number[];
  readonly truth: boolean;
}

const RIDGE = 30;
const ITERATIONS = 50;

/**
 * Logistic regression with a ridge on standardised measures (Newton's method); the cut lets it call as many of the same samples
 * as are true. A cut sought by kappa follows the chance of the samples: across folds it agrees less.
 * Weights come back per unit of each measure.
 */
export function fitPresence(samples: readonly PresenceSample[]): PresenceModel {
  const size = samples[0]?.measures.length ?? 0;
  const columns = Array.from({ length: size }, (_, n) => samples.map((sample) => sample.measures[n]!));
  const means = columns.map(mean);
  const spreads = columns.map((column, n) => Math.sqrt(mean(column.map((v) => (v - means[n]!) ** 2))) || 1);
  const rows = samples.map((s) => [1, ...s.measures.map((v, n) => (v - means[n]!) / spreads[n]!)]);
  const scaled = newton(
    rows,
    samples.map((s) => (s.truth ? 1 : 0)),
  );
  const weights = spreads.map((spread, n) => scaled[n + 1]! / spread);
  const intercept = weights.reduce((sum, weight, n) => sum - weight * means[n]!, scaled[0]!);
  const scores = samples.map((s) => s.measures.reduce((sum, v, n) => sum + v * weights[n]!, intercept));
  return { intercept, weights, cut: cutAtShare(scores, samples) };
}

/** The score that as many samples reach as are true. */
function cutAtShare(scores: readonly number[], samples: readonly PresenceSample[]): number {
  const present = samples.filter((s) => s.truth).length;
  const falling = [...scores].sort((x, y) => y - x);
  return falling[present - 1] ?? Infinity;
}

function newton(rows: readonly (readonly number[])[], truth: readonly number[]): number[] {
  const size = rows[0]?.length ?? 1;
  let weights = new Array<number>(size).fill(0);
  for (let step = 0; step < ITERATIONS; step++) {
    const gradient = weights.map((w, n) => (n === 0 ? 0 : RIDGE * w));
    const hessian = weights.map((_, a) => weights.map((__, b) => (a === b ? (a === 0 ? 1e-6 : RIDGE) : 0)));
    rows.forEach((row, at) => {
      const p = 1 / (1 + Math.exp(-row.reduce((sum, x, n) => sum + x * weights[n]!, 0)));
      for (let a = 0; a < size; a++) {
        gradient[a]! += (p - truth[at]!) * row[a]!;
        for (let b = 0; b < size; b++) hessian[a]![b]! += p * (1 - p) * row[a]! * row[b]!;
      }
    });
    const change = solvePositiveDefinite(hessian, gradient);
    weights = weights.map((w, n) => w - change[n]!);
    if (Math.max(...change.map(Math.abs)) < 1e-7) break;
  }
  return weights;
}
