import { composeAffine, invertAffine } from '@endplate/dicom';
import {
  emptyProbabilityStack,
  interpolateProbabilities,
  type ProbabilityStack,
  type SagittalGrid,
} from './probability-stack';
import { SPINE_CLASSES } from './spine-class';

/** Brings probabilities onto another grid by trilinear interpolation; what lies outside is background. */
export function regrid(from: ProbabilityStack, grid: SagittalGrid): ProbabilityStack {
  const result = emptyProbabilityStack(grid);
  const [columns, rows, slices] = grid.dims;
  const m = composeAffine(invertAffine(from.affine), grid.affine);
  const p = new Float32Array(SPINE_CLASSES.length);
  let at = 0;
  for (let k = 0; k < slices; k++) {
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++, at++) {
        const [x, y, z] = [0, 4, 8].map((n) => m[n]! * c + m[n + 1]! * r + m[n + 2]! * k + m[n + 3]!) as [
          number,
          number,
          number,
        ];
        interpolateProbabilities(from, x, y, z, p);
        for (let n = 0; n < p.length; n++) result.planes[n]![at] = Math.round(p[n]! * 255);
      }
    }
  }
  return result;
}
