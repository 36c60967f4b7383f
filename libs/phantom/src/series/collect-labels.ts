import { affineFromColumns, scale, type Vec3 } from '@endplate/dicom';
import { FIRST_DISC_INSTANCE } from '../anatomy/anatomy';
import { SpineClass } from '../anatomy/tissue';
import { type PhantomLabels } from './phantom-study';
import { type ImageGrid, type SliceRenderer } from './render-slice';

/** Labels of a whole series, slice by slice, on the grid of its images. */
export function collectLabels(
  series: string,
  grids: readonly ImageGrid[],
  step: Vec3,
  renderer: SliceRenderer,
): PhantomLabels {
  const first = grids[0]!;
  const size = first.rows * first.columns;
  const dims = [first.columns, first.rows, grids.length] as const;
  const ijkToLps = affineFromColumns(scale(first.alongRow, first.pixelMm), scale(first.alongColumn, first.pixelMm), step, first.position); // prettier-ignore
  const make = (): Uint8Array => new Uint8Array(size * grids.length);
  const [bodies, discs, classes] = [make(), make(), make()];
  for (const [k, grid] of grids.entries()) {
    const { instance, spineClass } = renderer.truth(grid);
    classes.set(spineClass, k * size);
    for (let n = 0; n < size; n++) {
      // Class and instance are voted for apart: where they disagree, the voxel belongs to neither.
      const ofDisc = instance[n]! >= FIRST_DISC_INSTANCE;
      if (spineClass[n] === SpineClass.VertebralBody && !ofDisc) bodies[k * size + n] = instance[n]!;
      if (spineClass[n] === SpineClass.Disc && ofDisc) discs[k * size + n] = instance[n]!;
    }
  }
  const grid = (data: Uint8Array): PhantomLabels['bodies'] => ({ dims, ijkToLps, data });
  return { series, bodies: grid(bodies), discs: grid(discs), classes: grid(classes) };
}
