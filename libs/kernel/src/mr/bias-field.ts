import { type Vec3 } from '@endplate/dicom';
import { median } from '../measure/statistics';
import { isReferenceMarrow, type MarrowVoxel } from './marrow';

type Channel = 't1' | 't2';

/** Largest change of signal that is taken for bias, natural logarithm per mm. */
const MAX_GRADIENT = 0.012;
const MIN_VOXELS = 60;

/**
 * Takes the slow change of coil sensitivity out of the marrow, in place: one linear field of the logarithm of the signal,
 * fitted to the reference marrow of all bodies after each body's own median is taken off.
 */
export function correctBias(bodies: readonly (readonly MarrowVoxel[])[], channel: Channel): void {
  const points: { d: Vec3; y: number }[] = [];
  const centres = bodies.map(centre);
  bodies.forEach((voxels, n) => {
    const reference = voxels.filter((v) => isReferenceMarrow(v) && v[channel] > 0);
    const typical = median(reference.map((v) => v[channel]));
    if (!(typical > 0)) return;
    for (const v of reference) {
      const y = Math.log(v[channel] / typical);
      if (Math.abs(y) < 0.4) points.push({ d: offset(v.lps, centres[n]!), y });
    }
  });
  if (points.length < MIN_VOXELS) return;
  const gradient = solveGradient(points).map((g) => Math.min(Math.max(g, -MAX_GRADIENT), MAX_GRADIENT));
  bodies.forEach((voxels, n) => {
    for (const v of voxels) {
      const d = offset(v.lps, centres[n]!);
      v[channel] /= Math.exp(gradient[0]! * d[0] + gradient[1]! * d[1] + gradient[2]! * d[2]);
    }
  });
}

function centre(voxels: readonly MarrowVoxel[]): Vec3 {
  const n = Math.max(voxels.length, 1);
  const sum = voxels.reduce((s, v) => [s[0] + v.lps[0], s[1] + v.lps[1], s[2] + v.lps[2]] as const, [0, 0, 0] as Vec3);
  return [sum[0] / n, sum[1] / n, sum[2] / n];
}

function offset(p: Vec3, c: Vec3): Vec3 {
  return [p[0] - c[0], p[1] - c[1], p[2] - c[2]];
}

/** Least squares without constant, a little damped so that a single slice (no change along x) stays solvable. */
function solveGradient(points: readonly { d: Vec3; y: number }[]): number[] {
  const a = [0, 1, 2].map((r) =>
    [0, 1, 2].map((c) => points.reduce((sum, p) => sum + p.d[r]! * p.d[c]!, r === c ? 1 : 0)),
  );
  const b = [0, 1, 2].map((r) => points.reduce((sum, p) => sum + p.d[r]! * p.y, 0));
  for (let pivot = 0; pivot < 3; pivot++) {
    for (let row = pivot + 1; row < 3; row++) {
      const factor = a[row]![pivot]! / a[pivot]![pivot]!;
      for (let column = pivot; column < 3; column++) a[row]![column]! -= factor * a[pivot]![column]!;
      b[row]! -= factor * b[pivot]!;
    }
  }
  const x = [0, 0, 0];
  for (let row = 2; row >= 0; row--) {
    let sum = b[row]!;
    for (let column = row + 1; column < 3; column++) sum -= a[row]![column]! * x[column]!;
    x[row] = sum / a[row]![row]!;
  }
  return x;
}
