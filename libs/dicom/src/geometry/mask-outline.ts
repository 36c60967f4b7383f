/** A closed outline in pixels, [column, row], the top left corner of the top left pixel being 0, 0; first point not repeated. */
export type PixelOutline = readonly (readonly [number, number])[];

const MAX_POINTS = 64;

/**
 * Outer outlines of a mask, the largest first, each simplified to at most 64 points.
 *
 * @param inside - whether pixel (column, row) belongs to the mask; asked within the given size only
 * @param toleranceMm - how far the outline may leave the pixel border, in pixels
 */
export function maskOutlines(
  columns: number,
  rows: number,
  inside: (column: number, row: number) => boolean,
  tolerance = 0.6,
): PixelOutline[] {
  const mask = (c: number, r: number): boolean => c >= 0 && r >= 0 && c < columns && r < rows && inside(c, r);
  const visited = new Uint8Array((columns + 1) * (rows + 1));
  const outlines: PixelOutline[] = [];
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      // A top edge of the mask that no outline has passed begins a new one; holes are walked the other way round.
      if (!mask(c, r) || mask(c, r - 1) || visited[r * (columns + 1) + c] === 1) continue;
      const points = followBorder(mask, c, r, visited, columns);
      if (signedArea(points) > 0) outlines.push(simplify(points, tolerance));
    }
  }
  return outlines.filter((o) => o.length >= 3).sort((a, b) => Math.abs(signedArea(b)) - Math.abs(signedArea(a)));
}

const STEPS = [[1, 0], [0, 1], [-1, 0], [0, -1]] as const; // prettier-ignore

/** Walks along pixel edges with the mask on the right hand (rows grow downward), from the top left corner of (c, r) eastward. */
function followBorder(
  mask: (c: number, r: number) => boolean,
  startColumn: number,
  startRow: number,
  visited: Uint8Array,
  columns: number,
): [number, number][] {
  const points: [number, number][] = [];
  let [x, y, heading] = [startColumn, startRow, 0];
  do {
    if (heading === 0) visited[y * (columns + 1) + x] = 1;
    points.push([x, y]);
    x += STEPS[heading]![0];
    y += STEPS[heading]![1];
    // Pixels ahead on the left and on the right of the corner now reached.
    const [left, right] = ahead(mask, x, y, heading);
    if (!right) heading = (heading + 1) % 4;
    else if (left) heading = (heading + 3) % 4;
  } while (x !== startColumn || y !== startRow || heading !== 0);
  return points;
}

function ahead(mask: (c: number, r: number) => boolean, x: number, y: number, heading: number): [boolean, boolean] {
  if (heading === 0) return [mask(x, y - 1), mask(x, y)];
  if (heading === 1) return [mask(x, y), mask(x - 1, y)];
  if (heading === 2) return [mask(x - 1, y), mask(x - 1, y - 1)];
  return [mask(x - 1, y - 1), mask(x, y - 1)];
}

/** Shoelace area; positive when walked clockwise on screen. */
function signedArea(points: PixelOutline): number {
  let sum = 0;
  points.forEach(([x, y], n) => {
    const [nx, ny] = points[(n + 1) % points.length]!;
    sum += x * ny - nx * y;
  });
  return sum / 2;
}

/** Douglas and Peucker 1973 on a closed line, with a growing tolerance until at most 64 points are left. */
function simplify(points: PixelOutline, tolerance: number): PixelOutline {
  let far = 0;
  points.forEach((p, n) => {
    if (squared(p, points[0]!) > squared(points[far]!, points[0]!)) far = n;
  });
  for (let limit = tolerance; ; limit *= 1.3) {
    const kept = [...reduce(points.slice(0, far + 1), limit), ...reduce([...points.slice(far), points[0]!], limit)];
    if (kept.length <= MAX_POINTS) return kept;
  }
}

/** Points of an open line that matter, without its last one. */
function reduce(line: PixelOutline, limit: number): PixelOutline {
  const keep = new Set([0]);
  const stack: [number, number][] = [[0, line.length - 1]];
  for (let span = stack.pop(); span; span = stack.pop()) {
    const [from, to] = span;
    let [worst, at] = [limit, -1];
    for (let n = from + 1; n < to; n++) {
      const d = offLine(line[n]!, line[from]!, line[to]!);
      if (d > worst) [worst, at] = [d, n];
    }
    if (at < 0) continue;
    keep.add(at);
    stack.push([from, at], [at, to]);
  }
  return [...keep].sort((a, b) => a - b).map((n) => line[n]!);
}

function squared(a: readonly [number, number], b: readonly [number, number]): number {
  return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2;
}

function offLine(p: readonly [number, number], a: readonly [number, number], b: readonly [number, number]): number {
  const norm = Math.sqrt(squared(a, b));
  if (norm === 0) return Math.sqrt(squared(p, a));
  return Math.abs((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])) / norm;
}
