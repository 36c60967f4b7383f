import { type SagittalGrid } from '../segment/probability-stack';
import { connectedComponents } from '../shape/components';
import { findExtents } from '../shape/label-extent';

const MIN_PIECE = 0.15;
const MIN_SLICE_AREA = 0.2;

/**
 * Cleans each instance slice by slice, in place: takes off spurs one voxel thin, fills holes, keeps the pieces that matter,
 * and drops slices on which hardly anything is left.
 */
export function tidyInstances(grid: SagittalGrid, labels: Uint8Array, count: number): void {
  const [columns, rows] = grid.dims;
  const extents = findExtents(labels, grid.dims);
  for (let label = 1; label <= count; label++) {
    const extent = extents[label];
    if (!extent) continue;
    // Tidying adds voxels only inside the borders of an instance, so that the rows stay the same.
    const [first, last] = [extent.low[1], extent.high[1]];
    const rowsOf = (k: number): Uint8Array =>
      labels.subarray((k * rows + first) * columns, (k * rows + last + 1) * columns);
    const areas = Array.from(extent.areas, (voxels, k) =>
      voxels > 0 ? tidyPlane(rowsOf(k), columns, last - first + 1, label) : 0,
    );
    const largest = Math.max(...areas);
    areas.forEach((area, k) => {
      if (area === 0 || area >= MIN_SLICE_AREA * largest) return;
      const plane = rowsOf(k);
      for (let p = 0; p < plane.length; p++) if (plane[p] === label) plane[p] = 0;
    });
  }
}

/** Tidies one instance on one slice and returns the area left, in pixels. */
function tidyPlane(plane: Uint8Array, columns: number, rows: number, label: number): number {
  const bounds = boundsOf(plane, columns, rows, label);
  if (!bounds) return 0;
  const [c0, r0, c1, r1] = bounds;
  const [w, h] = [c1 - c0 + 3, r1 - r0 + 3];
  const mask = new Uint8Array(w * h);
  for (let r = r0; r <= r1; r++) {
    for (let c = c0; c <= c1; c++) mask[(r - r0 + 1) * w + c - c0 + 1] = plane[r * columns + c] === label ? 1 : 0;
  }
  let kept = openPlane(mask, w, h);
  kept = fillHoles(largePieces(kept, w, h), w, h);
  let area = 0;
  for (let r = r0; r <= r1; r++) {
    for (let c = c0; c <= c1; c++) {
      const at = r * columns + c;
      const inside = kept[(r - r0 + 1) * w + c - c0 + 1] === 1;
      if (inside && (plane[at] === 0 || plane[at] === label)) {
        plane[at] = label;
        area++;
      } else if (plane[at] === label) plane[at] = 0;
    }
  }
  return area;
}

function boundsOf(
  plane: Uint8Array,
  columns: number,
  rows: number,
  label: number,
): readonly [number, number, number, number] | undefined {
  let [c0, r0, c1, r1] = [columns, rows, -1, -1];
  for (let at = plane.indexOf(label); at >= 0; at = plane.indexOf(label, at + 1)) {
    const c = at % columns;
    const r = (at - c) / columns;
    c0 = Math.min(c0, c);
    c1 = Math.max(c1, c);
    r0 = Math.min(r0, r);
    r1 = Math.max(r1, r);
  }
  return c1 < 0 ? undefined : [c0, r0, c1, r1];
}

/** Opening with a cross of radius 1; a mask that would vanish (a very thin disc) is left as it is. */
function openPlane(mask: Uint8Array, w: number, h: number): Uint8Array {
  const eroded = new Uint8Array(mask.length);
  const opened = new Uint8Array(mask.length);
  let [before, after] = [0, 0];
  // The mask has an empty border of one pixel.
  for (let p = w; p < mask.length - w; p++) {
    eroded[p] = mask[p]! & mask[p - 1]! & mask[p + 1]! & mask[p - w]! & mask[p + w]!;
    before += mask[p]!;
  }
  for (let p = w; p < mask.length - w; p++) {
    opened[p] = mask[p]! & (eroded[p]! | eroded[p - 1]! | eroded[p + 1]! | eroded[p - w]! | eroded[p + w]!);
    after += opened[p]!;
  }
  return h > 2 && after >= 0.75 * before ? opened : mask;
}

function largePieces(mask: Uint8Array, w: number, h: number): Uint8Array {
  const { labels, sizes } = connectedComponents({ nx: w, ny: h, nz: 1 }, mask);
  const largest = Math.max(0, ...sizes);
  return mask.map((value, p) => (value === 1 && sizes[labels[p]!]! >= MIN_PIECE * largest ? 1 : 0));
}

function fillHoles(mask: Uint8Array, w: number, h: number): Uint8Array {
  const holes = mask.map((value) => 1 - value);
  const { labels } = connectedComponents({ nx: w, ny: h, nz: 1 }, holes);
  const outside = labels[0]!;
  return mask.map((value, p) => (value === 1 || labels[p] !== outside ? 1 : 0));
}
