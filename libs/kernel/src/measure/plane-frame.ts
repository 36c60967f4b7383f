/** A point or direction in a sagittal slice, [column, row] in mm (grid units times spacing). */
export type PlanePoint = readonly [number, number];

/** A frame in a sagittal slice: `posterior` along the endplates, `caudal` along the spine; both unit and at right angles. */
export interface PlaneFrame {
  readonly origin: PlanePoint;
  readonly posterior: PlanePoint;
  readonly caudal: PlanePoint;
}

/** A frame from its caudal direction, which is normalised. */
export function planeFrame(origin: PlanePoint, caudal: PlanePoint): PlaneFrame {
  const norm = Math.hypot(caudal[0], caudal[1]) || 1;
  const [x, y] = [caudal[0] / norm, caudal[1] / norm];
  return { origin, caudal: [x, y], posterior: [y, -x] };
}

/** Point at `u` mm posterior and `w` mm caudal of the origin. */
export function fromFrame(frame: PlaneFrame, u: number, w: number): PlanePoint {
  return [
    frame.origin[0] + u * frame.posterior[0] + w * frame.caudal[0],
    frame.origin[1] + u * frame.posterior[1] + w * frame.caudal[1],
  ];
}

/** Coordinates of a point in a frame, [u, w]. */
export function toFrame(frame: PlaneFrame, p: PlanePoint): PlanePoint {
  const [x, y] = [p[0] - frame.origin[0], p[1] - frame.origin[1]];
  return [x * frame.posterior[0] + y * frame.posterior[1], x * frame.caudal[0] + y * frame.caudal[1]];
}

/** A straight line w = offset + slope u, and how far its points lie off it (root mean square, mm). */
export interface FittedLine {
  readonly offset: number;
  readonly slope: number;
  readonly rmsMm: number;
}

/** Least squares through points [u, w], once more without the fifth that lies farthest off. */
export function fitLine(points: readonly PlanePoint[]): FittedLine {
  const first = leastSquares(points);
  const off = ([u, w]: PlanePoint): number => Math.abs(w - first.offset - first.slope * u);
  const kept = [...points].sort((a, b) => off(a) - off(b)).slice(0, Math.max(2, Math.ceil(points.length * 0.8)));
  return leastSquares(kept);
}

function leastSquares(points: readonly PlanePoint[]): FittedLine {
  const n = Math.max(points.length, 1);
  const mu = points.reduce((sum, p) => sum + p[0], 0) / n;
  const mw = points.reduce((sum, p) => sum + p[1], 0) / n;
  const uu = points.reduce((sum, p) => sum + (p[0] - mu) ** 2, 0);
  const uw = points.reduce((sum, p) => sum + (p[0] - mu) * (p[1] - mw), 0);
  const slope = uu > 1e-9 ? uw / uu : 0;
  const offset = mw - slope * mu;
  const square = points.reduce((sum, p) => sum + (p[1] - offset - slope * p[0]) ** 2, 0);
  return { offset, slope, rmsMm: Math.sqrt(square / n) };
}
