/** Mean of numbers; 0 of none. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
}

/** Median of numbers; NaN of none. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const mid = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[mid]! : (sorted[mid - 1]! + sorted[mid]!) / 2;
}

/** Quantile by rank of unsorted numbers; NaN of none. */
export function quantile(values: readonly number[] | Float64Array, fraction: number): number {
  if (values.length === 0) return Number.NaN;
  const rank = Math.min(values.length - 1, Math.floor(fraction * values.length));
  return valueOfRank(values instanceof Float64Array ? values.slice() : Float64Array.from(values), rank);
}

/** The value that a sort would bring to a place, NaN last; reorders the numbers (Hoare 1961, algorithm 65). */
function valueOfRank(values: Float64Array, rank: number): number {
  let high = values.length - 1;
  for (let n = 0; n <= high; n++) {
    while (high >= n && Number.isNaN(values[high]!)) high--;
    if (n < high && Number.isNaN(values[n]!)) [values[n], values[high]] = [values[high]!, Number.NaN];
  }
  let low = 0;
  while (low < high) {
    const pivot = values[(low + high) >> 1]!;
    let [i, j] = [low, high];
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      const swap = values[i]!;
      values[i++] = values[j]!;
      values[j--] = swap;
    }
    if (rank <= j) high = j;
    else if (rank >= i) low = i;
    else break;
  }
  return values[rank]!;
}

/** 1.4826 times the median distance from the median estimates sigma of a normal distribution. */
const MAD_TO_SIGMA = 1.4826;

/** Median, and 1.4826 times the median of the distances from it. */
export function medianAndSigma(values: readonly number[]): [number, number] {
  const middle = quantile(values, 0.5);
  const away = values.map((value) => Math.abs(value - middle));
  return [middle, MAD_TO_SIGMA * quantile(away, 0.5)];
}
