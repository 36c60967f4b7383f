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

/** Voxels of a mask. */
export function countVoxels(mask: Uint8Array): number {
  let voxels = 0;
  for (let at = 0; at < mask.length; at++) voxels += mask[at]!;
  return voxels;
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

/**
 * Labels the face-connected components (6 neighbours in 3-D, 4 where `nz` is 1) of a mask, numbered by their first voxel.
 *
 * Two passes with union of provisional labels (Rosenfeld and Pfaltz 1966, J ACM 13:471).
 *
 * @param mask - 1 inside
 */
export function connectedComponents(box: VoxelBox, mask: Uint8Array): Components {
  const { nx, ny } = box;
  const plane = nx * ny;
  const labels = new Int32Array(plane * box.nz);
  const parts = new UnionFind();
  for (let at = mask.indexOf(1); at >= 0; at = mask.indexOf(1, at + 1)) {
    // A run along x shares one label.
    const x = at % nx;
    const y = ((at - x) / nx) % ny;
    const end = at + nx - x;
    let label = 0;
    for (; at < end && mask[at] === 1; at++) {
      if (y > 0) label = parts.join(label, labels[at - nx]!);
      if (at >= plane) label = parts.join(label, labels[at - plane]!);
      if (label === 0) label = parts.add();
      labels[at] = label;
    }
    at--;
  }
  return { labels, sizes: parts.number(labels) };
}

/**
 * The face-connected components of a set that hold one of some voxels: for a few of them, where labelling all of a box would
 * be more work. In the order of their first voxel, the voxels of each ascending.
 *
 * @param starts - voxels; those that don't belong to the set are left out
 */
export function componentsAround(
  box: VoxelBox,
  starts: readonly number[],
  belongs: (at: number) => boolean,
): Int32Array[] {
  const seen = new Uint8Array(starts.length > 0 ? box.nx * box.ny * box.nz : 0);
  const near = new Int32Array(6);
  const components: Int32Array[] = [];
  for (const start of starts) {
    if (seen[start] === 1 || !belongs(start)) continue;
    const queue = [start];
    seen[start] = 1;
    for (let n = 0; n < queue.length; n++) {
      const count = faceNeighbours(box, queue[n]!, near);
      for (let k = 0; k < count; k++) {
        const at = near[k]!;
        if (seen[at] === 1 || !belongs(at)) continue;
        seen[at] = 1;
        queue.push(at);
      }
    }
    components.push(Int32Array.from(queue).sort());
  }
  return components.sort((a, b) => a[0]! - b[0]!);
}

/** Provisional labels and which of them are one. */
class UnionFind {
  private readonly parent: number[] = [0];

  add(): number {
    return this.parent.push(this.parent.length) - 1;
  }

  /** One of two labels that are one from now on; 0 is none. */
  join(a: number, b: number): number {
    if (a === 0 || b === 0 || a === b) return a === 0 ? b : a;
    const [p, q] = [this.root(a), this.root(b)];
    if (p === q) return p;
    const [low, high] = p < q ? [p, q] : [q, p];
    this.parent[high] = low;
    return low;
  }

  /** Numbers the components from 1 by their first voxel, in place, and counts their voxels. */
  number(labels: Int32Array): number[] {
    const names = new Int32Array(this.parent.length);
    const sizes = [0];
    for (let at = 0; at < labels.length; at++) {
      const label = labels[at]!;
      if (label === 0) continue;
      let name = names[label]!;
      if (name === 0) {
        const root = this.root(label);
        name = names[root]!;
        if (name === 0) name = names[root] = sizes.push(0) - 1;
        names[label] = name;
      }
      labels[at] = name;
      sizes[name]!++;
    }
    return sizes;
  }

  private root(label: number): number {
    const { parent } = this;
    let root = label;
    while (parent[root] !== root) root = parent[root]!;
    while (parent[label] !== root) {
      const above = parent[label]!;
      parent[label] = root;
      label = above;
    }
    return root;
  }
}
