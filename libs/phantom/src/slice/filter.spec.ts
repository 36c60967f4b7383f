import { blur, gaussianWeights, quantile } from './filter';

test('a point becomes a Gaussian of the asked width that keeps its sum', () => {
  const size = 61;
  for (const sigma of [1.4, 3]) {
    const image = new Float32Array(size * size);
    image[30 * size + 30] = 100;
    blur(image, size, size, sigma, sigma / 2);
    let sum = 0;
    let alongColumns = 0;
    let alongRows = 0;
    image.forEach((v, n) => {
      sum += v;
      alongColumns += v * ((n % size) - 30) ** 2;
      alongRows += v * (Math.floor(n / size) - 30) ** 2;
    });
    expect(sum).toBeCloseTo(100, 2);
    // Weights are integrated over a pixel, which adds 1/12 to the variance.
    expect(alongColumns / sum / (sigma ** 2 + 1 / 12)).toBeCloseTo(1, 1);
    expect(alongRows / sum / ((sigma / 2) ** 2 + 1 / 12)).toBeCloseTo(1, 1);
  }
});

test('weights sum to one and a constant picture stays as it is', () => {
  const weights = gaussianWeights(1.3);
  expect(weights[0]! + 2 * weights.slice(1).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
  const flat = new Float32Array(400).fill(7);
  blur(flat, 20, 20, 2, 2);
  for (const v of flat) expect(v).toBeCloseTo(7, 4);
});

test('quantile reads the order of values', () => {
  const ramp = Float32Array.from({ length: 1001 }, (_, n) => (n * 37) % 1001);
  expect(quantile(ramp, 0)).toBe(0);
  expect(quantile(ramp, 0.5)).toBe(500);
  expect(quantile(ramp, 1)).toBe(1000);
});
