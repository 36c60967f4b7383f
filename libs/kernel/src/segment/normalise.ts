import { quantile } from '../measure/statistics';
import { type Normalisation } from './model-bundle';

/** Grey value -\> network's scale: `(clamp(value) - shift) * factor + offset`. */
export interface GreyScale {
  readonly low: number;
  readonly high: number;
  readonly shift: number;
  readonly factor: number;
  readonly offset: number;
}

const SAMPLES = 200_000;
const OPEN = { low: -Infinity, high: Infinity, offset: 0 } as const;

/**
 * The scale of every slice for one channel.
 *
 * @param slices - all slices of the stack
 */
export function greyScales(slices: readonly Float32Array[], normalisation: Normalisation): GreyScale[] {
  if (normalisation === 'zscore-per-slice') return slices.map((slice) => zscore([slice]));
  switch (normalisation.kind) {
    case 'zscore':
      return normalisation.over === 'slice' ? slices.map((slice) => zscore([slice])) : same(slices, zscore(slices));
    case 'percentiles': {
      const { low, high } = normalisation;
      const scaled = (of: readonly Float32Array[]): GreyScale => percentiles(of, low / 100, high / 100);
      return normalisation.over === 'slice' ? slices.map((slice) => scaled([slice])) : same(slices, scaled(slices));
    }
    case 'fixed': {
      const [low, high] = normalisation.clip ?? [-Infinity, Infinity];
      return same(slices, { low, high, shift: normalisation.mean, factor: 1 / normalisation.sd, offset: 0 });
    }
    case 'window': {
      const { lowHU: low, highHU: high, to = [0, 1] } = normalisation;
      return same(slices, { low, high, shift: low, factor: (to[1] - to[0]) / (high - low), offset: to[0] });
    }
  }
}

/** One grey value on the network's scale. */
export function rescaled(value: number, scale: GreyScale): number {
  return (Math.min(Math.max(value, scale.low), scale.high) - scale.shift) * scale.factor + scale.offset;
}

function same(slices: readonly Float32Array[], scale: GreyScale): GreyScale[] {
  return slices.map(() => scale);
}

function zscore(slices: readonly Float32Array[]): GreyScale {
  let [sum, squares, count] = [0, 0, 0];
  for (const slice of slices) {
    for (let p = 0; p < slice.length; p++) {
      const value = slice[p]!;
      sum += value;
      squares += value * value;
    }
    count += slice.length;
  }
  const mean = sum / count;
  const deviation = Math.sqrt(Math.max(squares / count - mean * mean, 0)) + 1e-3;
  return { ...OPEN, shift: mean, factor: 1 / deviation };
}

/** Percentiles of a sample of at most 200,000 values. */
function percentiles(slices: readonly Float32Array[], low: number, high: number): GreyScale {
  const total = slices.reduce((sum, slice) => sum + slice.length, 0);
  const step = Math.max(1, Math.floor(total / SAMPLES));
  const sample: number[] = [];
  for (const slice of slices) for (let n = 0; n < slice.length; n += step) sample.push(slice[n]!);
  const [from, to] = [quantile(sample, low), quantile(sample, high)];
  return { low: from, high: to, shift: from, factor: 1 / Math.max(to - from, 1e-6), offset: 0 };
}
