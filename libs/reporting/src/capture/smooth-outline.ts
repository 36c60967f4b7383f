/** A closed line of [x, y], first point not repeated. */
export type ClosedLine = readonly (readonly [number, number])[];

const MAX_SAMPLES = 720;

/**
 * The closed line without the steps of the pixels that it came from: evenly sampled, then averaged along itself with a
 * Gaussian. Small outlines are smoothed less, so that they keep their size.
 *
 * @param points - in any unit
 * @param sigma - how far the average reaches along the line, in the same unit
 */
export function smoothOutline(points: ClosedLine, sigma: number): ClosedLine {
  const length = perimeter(points);
  if (points.length < 3 || length === 0) return points;
  const reach = Math.min(sigma, length / 30);
  const count = Math.min(MAX_SAMPLES, Math.max(24, Math.ceil((2 * length) / reach)));
  const samples = evenly(points, length, count);
  const steps = (reach * count) / length;
  const half = Math.ceil(3 * steps);
  const weights = Array.from({ length: 2 * half + 1 }, (_, n) => Math.exp(-((n - half) ** 2) / (2 * steps * steps)));
  const sum = weights.reduce((a, b) => a + b, 0);
  return samples.map((_, at) => {
    let [x, y] = [0, 0];
    weights.forEach((weight, n) => {
      const [sx, sy] = samples[(at + n - half + 2 * count * half) % count]!;
      x += (weight / sum) * sx;
      y += (weight / sum) * sy;
    });
    return [x, y];
  });
}

function perimeter(points: ClosedLine): number {
  return points.reduce((sum, [x, y], n) => {
    const [nx, ny] = points[(n + 1) % points.length]!;
    return sum + Math.hypot(nx - x, ny - y);
  }, 0);
}

/** `count` points at equal distances along the line. */
function evenly(points: ClosedLine, length: number, count: number): [number, number][] {
  const samples: [number, number][] = [];
  let [edge, walked] = [0, 0];
  for (let n = 0; n < count; n++) {
    const target = (n * length) / count;
    for (;;) {
      const [x, y] = points[edge % points.length]!;
      const [nx, ny] = points[(edge + 1) % points.length]!;
      const step = Math.hypot(nx - x, ny - y);
      if (walked + step < target && edge < points.length - 1) {
        walked += step;
        edge++;
        continue;
      }
      const part = step === 0 ? 0 : Math.min(1, (target - walked) / step);
      samples.push([x + part * (nx - x), y + part * (ny - y)]);
      break;
    }
  }
  return samples;
}
