import { type InstanceMap, type SpineInstance } from './instance';

/** The voxels of an instance on the slice through its middle, [posterior, caudal], mm. */
export function middleSlicePoints(map: InstanceMap, { label, centroid }: SpineInstance): [number, number][] {
  const [columns, rows] = map.dims;
  const from = Math.round(centroid[2]) * rows * columns;
  const end = from + rows * columns;
  const points: [number, number][] = [];
  for (let at = map.labels.indexOf(label, from); at >= 0 && at < end; at = map.labels.indexOf(label, at + 1)) {
    const c = (at - from) % columns;
    points.push([c * map.spacingMm[0], ((at - from - c) / columns) * map.spacingMm[1]]);
  }
  return points;
}

/** Ends of what some places span, without the outermost share at either end; undefined of none. */
export function spanOf(places: readonly number[], outside: number): [number, number] | undefined {
  if (places.length === 0) return undefined;
  const sorted = [...places].sort((a, b) => a - b);
  const at = (q: number): number => sorted[Math.round(q * (sorted.length - 1))]!;
  return [at(outside), at(1 - outside)];
}

/** Length of what some places span, 3rd to 97th percentile; 0 of none. */
export function extentOf(places: readonly number[]): number {
  const [from, to] = spanOf(places, 0.03) ?? [0, 0];
  return to - from;
}
