/** Blurs a row-major picture in place with Gaussians of the given standard deviations, in pixels. */
export function blur(
  image: Float32Array,
  columns: number,
  rows: number,
  sigmaColumns: number,
  sigmaRows: number,
): void {
  if (sigmaColumns > 0.05) pass(image, columns, rows, 1, columns, sigmaColumns);
  if (sigmaRows > 0.05) pass(image, rows, columns, columns, 1, sigmaRows);
}

/** One-dimensional Gaussian weights, centre first, for radius `ceil(3 sigma)`. */
export function gaussianWeights(sigma: number): Float32Array {
  const radius = Math.max(1, Math.ceil(3 * sigma));
  const weights = new Float32Array(radius + 1);
  let sum = 0;
  for (let n = 0; n <= radius; n++) {
    // Integrated over the pixel, so that narrow Gaussians keep their width.
    weights[n] = cumulative((n + 0.5) / sigma) - cumulative((n - 0.5) / sigma);
    sum += n === 0 ? weights[n]! : 2 * weights[n]!;
  }
  for (let n = 0; n <= radius; n++) weights[n]! /= sum;
  return weights;
}

function pass(image: Float32Array, count: number, lines: number, step: number, lineStep: number, sigma: number): void {
  const weights = gaussianWeights(sigma);
  const radius = weights.length - 1;
  const line = new Float32Array(count + 2 * radius);
  for (let n = 0; n < lines; n++) {
    const base = n * lineStep;
    for (let k = 0; k < count; k++) line[k + radius] = image[base + k * step]!;
    line.fill(line[radius]!, 0, radius);
    line.fill(line[radius + count - 1]!, radius + count);
    for (let k = 0; k < count; k++) {
      let sum = line[k + radius]! * weights[0]!;
      for (let m = 1; m <= radius; m++) sum += weights[m]! * (line[k + radius - m]! + line[k + radius + m]!);
      image[base + k * step] = sum;
    }
  }
}

function cumulative(x: number): number {
  // Abramowitz and Stegun 7.1.26, error below 1.5e-7.
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * z);
  const erf =
    1 -
    t *
      (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) *
      Math.exp(-z * z);
  return x < 0 ? (1 - erf) / 2 : (1 + erf) / 2;
}

/** Value below which the given share (0 to 1) of a picture lies, from a sample of its pixels. */
export function quantile(image: Float32Array, share: number): number {
  const step = Math.max(1, Math.floor(image.length / 8192));
  const sample = new Float32Array(Math.ceil(image.length / step));
  for (let n = 0; n < sample.length; n++) sample[n] = image[n * step]!;
  sample.sort();
  return sample[Math.min(sample.length - 1, Math.max(0, Math.round(share * (sample.length - 1))))]!;
}
