import { wordsOf } from './words';

/** Where one label lies on a grid of labels; voxels as [x, y, z]. */
export interface LabelExtent {
  readonly voxels: number;
  readonly low: readonly [number, number, number];
  /** Inclusive. */
  readonly high: readonly [number, number, number];
  /** Voxels on each plane z. */
  readonly areas: Uint32Array;
}

/** By label; undefined where a label has no voxel, and for 0. */
export type LabelExtents = readonly (LabelExtent | undefined)[];

const known = new WeakMap<Uint8Array, LabelExtents>();

/** {@link findExtents} of labels that are not changed any more; found once per array. */
export function labelExtents(labels: Uint8Array, dims: readonly [number, number, number]): LabelExtents {
  let extents = known.get(labels);
  if (!extents) known.set(labels, (extents = findExtents(labels, dims)));
  return extents;
}

/** The extents of all labels in one pass, so that whoever asks for one label need not look at every voxel. */
export function findExtents(
  labels: Uint8Array,
  [nx, ny, nz]: readonly [number, number, number],
): (LabelExtent | undefined)[] {
  const boxes: (Box | undefined)[] = [];
  const fours = wordsOf(labels);
  for (let z = 0, from = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++, from += nx) {
      for (let x = 0; x < nx; x++) {
        const label = labels[from + x]!;
        if (label === 0) {
          if (((from + x) & 3) === 0 && fours[(from + x) >> 2] === 0) x += 3;
          continue;
        }
        const first = x;
        while (x + 1 < nx && labels[from + x + 1] === label) x++;
        addRun(boxes[label] ?? (boxes[label] = emptyBox(nz)), first, x, y, z);
      }
    }
  }
  return boxes;
}

interface Box extends LabelExtent {
  voxels: number;
  readonly low: [number, number, number];
  readonly high: [number, number, number];
}

function emptyBox(planes: number): Box {
  return {
    voxels: 0,
    low: [Infinity, Infinity, Infinity],
    high: [-1, -1, -1],
    areas: new Uint32Array(planes),
  };
}

function addRun(box: Box, first: number, last: number, y: number, z: number): void {
  const { low, high, areas } = box;
  const voxels = last - first + 1;
  box.voxels += voxels;
  areas[z]! += voxels;
  if (first < low[0]) low[0] = first;
  if (last > high[0]) high[0] = last;
  if (y < low[1]) low[1] = y;
  if (y > high[1]) high[1] = y;
  if (z < low[2]) low[2] = z;
  high[2] = z;
}
