/** Gaussian smoothing of a line of numbers; the ends are continued by their last value. `sigma` in samples. */
export function gaussianSmooth(line: Float32Array, sigma: number): Float32Array {
  const reach = Math.ceil(3 * sigma);
  const kernel = Float32Array.from({ length: 2 * reach + 1 }, (_, n) =>
    Math.exp(-((n - reach) ** 2) / (2 * sigma ** 2)),
  );
  const norm = kernel.reduce((sum, value) => sum + value, 0);
  const last = line.length - 1;
  return line.map((_, at) => {
    let sum = 0;
    for (let n = -reach; n <= reach; n++) sum += kernel[n + reach]! * line[Math.min(Math.max(at + n, 0), last)]!;
    return sum / norm;
  });
}
