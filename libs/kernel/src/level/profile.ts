import { interpolateProbabilities, type ProbabilityStack } from '../segment/probability-stack';
import { CLASS, SPINE_CLASSES } from '../segment/spine-class';
import { type CentrelinePoint } from './centreline';

/** What the network sees along the centreline, per mm of arc, cranial to caudal; each 0 to 1. */
export interface SpineProfile {
  readonly length: number;
  readonly body: Float32Array;
  readonly disc: Float32Array;
  readonly sacrum: Float32Array;
  readonly other: Float32Array;
}

const HALF_DEPTH_MM = 9;
const HALF_WIDTH_MM = 8;

/** Mean class probabilities over a patch 18 mm deep and up to 16 mm wide, perpendicular to the centreline. */
export function spineProfile(stack: ProbabilityStack, line: readonly CentrelinePoint[]): SpineProfile {
  const [, , slices] = stack.dims;
  const side = Math.floor(HALF_WIDTH_MM / stack.spacingMm[2]);
  const profile = {
    length: line.length,
    body: new Float32Array(line.length),
    disc: new Float32Array(line.length),
    sacrum: new Float32Array(line.length),
    other: new Float32Array(line.length),
  };
  const p = new Float32Array(SPINE_CLASSES.length);
  line.forEach((point, s) => {
    const [tx, ty] = point.tangent;
    const sum = new Float32Array(SPINE_CLASSES.length);
    let count = 0;
    for (let k = -side; k <= side; k++) {
      const slice = Math.min(Math.max(Math.round(point.slice) + k, 0), slices - 1);
      for (let u = -HALF_DEPTH_MM; u <= HALF_DEPTH_MM; u += 1.5) {
        // The normal of (tx, ty) that points posteriorly is (ty, -tx).
        interpolateProbabilities(stack, point.column + u * ty, point.row - u * tx, slice, p);
        for (let n = 0; n < p.length; n++) sum[n] = sum[n]! + p[n]!;
        count++;
      }
    }
    profile.body[s] = sum[CLASS.body]! / count;
    profile.disc[s] = sum[CLASS.disc]! / count;
    profile.sacrum[s] = sum[CLASS.sacrum]! / count;
    profile.other[s] = 1 - (sum[CLASS.body]! + sum[CLASS.disc]! + sum[CLASS.sacrum]!) / count;
  });
  return profile;
}
