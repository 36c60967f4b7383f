import { type VoxelBox } from './components';

/** 1 where a voxel or one of its face neighbours is 1. */
export function dilateByFaces(box: VoxelBox, mask: Uint8Array): Uint8Array {
  const result = mask.slice();
  forNeighbouringRows(box, (a, b, count) => {
    for (let n = 0; n < count; n++) {
      result[a + n]! |= mask[b + n]!;
      result[b + n]! |= mask[a + n]!;
    }
  });
  return result;
}

/** 1 where a voxel and all its face neighbours inside the box are 1. */
export function erodeByFaces(box: VoxelBox, mask: Uint8Array): Uint8Array {
  const result = mask.slice();
  forNeighbouringRows(box, (a, b, count) => {
    for (let n = 0; n < count; n++) {
      result[a + n]! &= mask[b + n]!;
      result[b + n]! &= mask[a + n]!;
    }
  });
  return result;
}

/** Rows of voxels that are face neighbours of one another, pair by pair. */
function forNeighbouringRows(
  { nx, ny, nz }: VoxelBox,
  visit: (first: number, neighbour: number, count: number) => void,
): void {
  const plane = nx * ny;
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const from = z * plane + y * nx;
      visit(from, from + 1, nx - 1);
      if (y + 1 < ny) visit(from, from + nx, nx);
      if (z + 1 < nz) visit(from, from + plane, nx);
    }
  }
}
