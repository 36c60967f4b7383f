/** A box-shaped grid of voxels, index `(z * ny + y) * nx + x`. */
export interface VoxelBox {
  readonly nx: number;
  readonly ny: number;
  readonly nz: number;
}

/** Connected components of a mask. */
export interface Components {
  /** 0 outside, else the component's number from 1. */
  readonly labels: Int32Array;
  /** Voxels of each component; index 0 is unused. */
  readonly sizes: readonly number[];
}

/** Offsets to the six neighbours of a voxel that lie inside the box, written to `out`; returns how many. */
export function faceNeighbours(box: VoxelBox, at: number, out: Int32Array): number {
  const { nx, ny, nz } = box;
  const x = at % nx;
  const rest = (at - x) / nx;
  const y = rest % ny;
  const z = (rest - y) / ny;
  let n = 0;
  if (x > 0) out[n++] = at - 1;
  if (x < nx - 1) out[n++] = at + 1;
  if (y > 0) out[n++] = at - nx;
  if (y < ny - 1) out[n++] = at + nx;
  if (z > 0) out[n++] = at - nx * ny;
  if (z < nz - 1) out[n++] = at + nx * ny;
  return n;
}

/** Labels the face-connected components (6 neighbours in 3-D, 4 where `nz` is 1) of the voxels for which `inside` holds. */
export function connectedComponents(box: VoxelBox, inside: (at: number) => boolean): Components {
  const total = box.nx * box.ny * box.nz;
  const labels = new Int32Array(total);
  const sizes = [0];
  const queue = new Int32Array(total);
  const near = new Int32Array(6);
  for (let start = 0; start < total; start++) {
    if (labels[start] !== 0 || !inside(start)) continue;
    const label = sizes.length;
    let head = 0;
    let tail = 0;
    queue[tail++] = start;
    labels[start] = label;
    while (head < tail) {
      const count = faceNeighbours(box, queue[head++]!, near);
      for (let n = 0; n < count; n++) {
        const next = near[n]!;
        if (labels[next] !== 0 || !inside(next)) continue;
        labels[next] = label;
        queue[tail++] = next;
      }
    }
    sizes.push(tail);
  }
  return { labels, sizes };
}
