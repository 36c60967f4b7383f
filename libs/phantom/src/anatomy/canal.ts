import { type Vec3 } from '@endplate/dicom';
import { type Rng } from '../random/rng';
import { rod, ellipsoid, type Solid } from './solid';
import { type SpinePlan } from './spine-plan';
import { SpineClass, Tissue, tissueSet } from './tissue';
import { tube, type TubePoint } from './tube';
import { frameAt, pointIn } from './frame';

/** One place along the canal: its middle and half axes, mm. */
export interface CanalPoint {
  readonly at: Vec3;
  readonly halfWidthMm: number;
  readonly halfDepthMm: number;
  /** 0 at L1/L2 and above (cord), 1 below (roots). */
  readonly belowConus: boolean;
}

/** Points along the thecal sac from the sacrum upward. */
export function canalPath(plan: SpinePlan, rng: Rng): CanalPoint[] {
  const s = plan.scale;
  const width = 10.5 * s * rng.normal(1, 0.1);
  const depth = rng.normalWithin(7.2, 1.1, 4.6, 10) * s;
  const sac = plan.sacrumFrame;
  const end = rng.uniform(0.6, 1.7);
  const points: CanalPoint[] = [];
  const posteriorGap = rng.uniform(0.5, 2.5) * s;
  const sacral = (t: number, w: number): void => {
    const at = pointIn(sac, 0, plan.s1HalfDepthMm + (depth + posteriorGap + 2 * (1 - t)) - t * 2.5 * s, -t * 27 * s);
    points.push({ at, halfWidthMm: width * w, halfDepthMm: depth * w * 0.92, belowConus: true });
  };
  sacral(end, 0.12);
  sacral(end * 0.72, 0.45);
  sacral(end * 0.35, 0.75);
  sacral(0.02, 0.95);
  for (const [n, disc] of plan.discs.entries()) {
    const body = plan.bodies[n]!;
    const stenosis = rng.chance(0.08 + 0.3 * disc.wear) ? rng.uniform(0.25, 0.95) : 1;
    const below = n < plan.lumbarCount - 1;
    const thin = n < 5 ? 1 : 0.92;
    const mid = (q: { halfDepthMm: number }, k: number): number => q.halfDepthMm + depth * k + posteriorGap * 0.5;
    if (n > 0) {
      const at = pointIn(disc.frame, rng.normal(0, 0.4), mid(disc, 1) + depth * (1 - stenosis) * 0.3, 0);
      points.push({ at, halfWidthMm: width * (0.6 + 0.4 * stenosis) * thin, halfDepthMm: Math.max(0.8, depth * stenosis * 0.95), belowConus: below }); // prettier-ignore
    }
    for (const u of [-0.25, 0.25]) {
      const at = pointIn(body.frame, 0, mid(body, 1) - body.halfDepthMm * 0.04, u * body.heightMm);
      points.push({ at, halfWidthMm: width * thin, halfDepthMm: depth * thin, belowConus: below });
    }
  }
  const last = points[points.length - 1]!;
  const before = points[points.length - 2]!;
  const on = (k: number): Vec3 =>
    [0, 1, 2].map((i) => last.at[i]! + (last.at[i]! - before.at[i]!) * k) as unknown as Vec3;
  points.push({ ...last, at: on(6) });
  return smoothPath(points);
}

/** Epidural fat, thecal sac, cord and roots. */
export function canalSolids(plan: SpinePlan, rng: Rng): Solid[] {
  const path = canalPath(plan, rng);
  const solids: Solid[] = [];
  const wide: Vec3 = [1, 0, 0];
  const fat = rng.uniform(1.08, 1.45);
  const epidural = path.map((q): TubePoint => ({
    at: [q.at[0], q.at[1] + 0.8, q.at[2]],
    half: [q.halfWidthMm * fat + 1, q.halfDepthMm * fat + 1.2],
  }));
  const around = { core: Tissue.epiduralFat, shell: Tissue.ligament, shellMm: 0.9, spineClass: SpineClass.Background };
  const sac = path.map((q): TubePoint => ({ at: q.at, half: [q.halfWidthMm, q.halfDepthMm] }));
  const dura = { core: Tissue.csf, shell: Tissue.ligament, shellMm: 0.45, spineClass: SpineClass.Canal };
  solids.push(...tube(epidural, wide, around), ...tube(sac, wide, dura));
  const over = tissueSet(['csf']);
  const cordAt = rng.normal(0, 0.18);
  const conus = rng.int(-1, 1) * 3 + path.findIndex((q) => !q.belowConus);
  for (let n = Math.max(1, conus); n + 1 < path.length; n++) {
    const [a, b] = [path[n]!, path[n + 1]!];
    const thick = Math.min(1, (n - conus + 1) / 5);
    const at = (q: CanalPoint): Vec3 => [q.at[0], q.at[1] + cordAt * q.halfDepthMm, q.at[2]];
    const size = (q: CanalPoint): [number, number] => [q.halfWidthMm * 0.5 * thick + 0.3, Math.min(4.2, q.halfDepthMm * 0.56) * thick + 0.3]; // prettier-ignore
    solids.push(rod(at(a), at(b), wide, size(a), size(b), { core: Tissue.cord, over }));
  }
  const strands = rng.int(4, 16);
  const sink = rng.uniform(0, 0.75);
  for (let k = 0; k < strands; k++) {
    const s = rng.uniform(-0.8, 0.8);
    const t = Math.min(0.85, Math.max(-0.85, sink + rng.normal(0, 0.35)));
    const from = rng.int(0, 6);
    for (let n = from; n + 1 < Math.min(path.length, Math.max(2, conus) + 2); n++) {
      const [a, b] = [path[n]!, path[n + 1]!];
      const at = (q: CanalPoint): Vec3 => [q.at[0] + s * q.halfWidthMm, q.at[1] + t * q.halfDepthMm, q.at[2]];
      solids.push(rod(at(a), at(b), wide, [0.8, 0.6], [0.8, 0.6], { core: Tissue.root, over }));
    }
  }
  solids.push(...foramina(plan, rng));
  return solids;
}

/** Foraminal fat with the nerve root in it, both sides of each disc. */
function foramina(plan: SpinePlan, rng: Rng): Solid[] {
  const s = plan.scale;
  const solids: Solid[] = [];
  for (const disc of plan.discs) {
    for (const side of [-1, 1]) {
      const l = side * disc.halfWidthMm * rng.uniform(0.55, 0.8);
      const at = pointIn(disc.frame, l, disc.halfDepthMm + 5 * s, rng.uniform(0, 5) * s);
      const high = disc.heightMm * 0.5 + rng.uniform(3, 6) * s;
      solids.push(ellipsoid(frameAt(at), [9 * s, rng.uniform(4, 6.5) * s, high], { core: Tissue.epiduralFat, spineClass: SpineClass.Background })); // prettier-ignore
      const start = pointIn(disc.frame, l * 0.5, disc.halfDepthMm + 4 * s, 8 * s);
      const stop = pointIn(disc.frame, side * disc.halfWidthMm * 1.2, disc.halfDepthMm + 4 * s, -6 * s);
      solids.push(rod(start, stop, [0, 1, 0], [2.6 * s, 2.6 * s], [2.2 * s, 2.2 * s], { core: Tissue.root }));
    }
  }
  return solids;
}

function smoothPath(points: readonly CanalPoint[]): CanalPoint[] {
  // A round of corner cutting turns the chain of points into a smooth tube.
  let path = [...points];
  for (let round = 0; round < 1; round++) {
    const next: CanalPoint[] = [path[0]!];
    for (let n = 0; n + 1 < path.length; n++)
      next.push(mix(path[n]!, path[n + 1]!, 0.25), mix(path[n]!, path[n + 1]!, 0.75));
    next.push(path[path.length - 1]!);
    path = next;
  }
  return path;
}

function mix(a: CanalPoint, b: CanalPoint, t: number): CanalPoint {
  const at = [0, 1, 2].map((i) => a.at[i]! + (b.at[i]! - a.at[i]!) * t) as unknown as Vec3;
  return {
    at,
    halfWidthMm: a.halfWidthMm + (b.halfWidthMm - a.halfWidthMm) * t,
    halfDepthMm: a.halfDepthMm + (b.halfDepthMm - a.halfDepthMm) * t,
    belowConus: t < 0.5 ? a.belowConus : b.belowConus,
  };
}
