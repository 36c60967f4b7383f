import { type Vec3 } from '@endplate/dicom';
import { type Rng } from '../random/rng';
import { type ValueNoise } from '../random/value-noise';
import { pointIn } from './frame';
import { type Paint, type Solid } from './solid';
import { type SpinePlan } from './spine-plan';
import { SpineClass, Tissue, tissueSet } from './tissue';
import { tube, type TubePoint } from './tube';

/** Aorta with wall calcium and sometimes a stent, vena cava, iliac vessels. */
export function vesselSolids(plan: SpinePlan, rng: Rng, noise: ValueNoise): Solid[] {
  const s = plan.scale;
  const radius = rng.uniform(6.5, 11) * s * (rng.chance(0.06) ? 1.8 : 1);
  const calcified = rng.chance(0.35) ? rng.uniform(0.2, 1.4) : 9;
  const stent = rng.chance(0.03);
  const left = rng.uniform(2, 14) * s;
  const away = rng.uniform(1, 6) * s + radius;
  const wall = stent ? Tissue.stent : Tissue.bowelWall;
  const aorta: Paint = {
    core: Tissue.vessel,
    shell: wall,
    shellMm: stent ? 1.4 : 1.2,
    spineClass: SpineClass.Background,
  };
  const solids: Solid[] = [];
  const column = [...plan.discs, ...plan.bodies].sort((a, b) => a.frame.origin[2] - b.frame.origin[2]);
  const fork = column.findIndex((q) => q.level === (plan.lumbarCount > 4 ? 'L4' : 'L3'));
  const front = (k: number, l: number): Vec3 => pointIn(column[k]!.frame, l, -column[k]!.halfDepthMm - away, 0);
  const branch: readonly Vec3[] = [
    [44 * s, -22 * s, -6 * s],
    [70 * s, -50 * s, -55 * s],
  ];
  const wide: Vec3 = [1, 0, 0];
  for (const side of [-1, 1]) {
    const r = radius * 0.62;
    const artery = branch.map((v): Vec3 => [side * v[0], v[1], v[2]]);
    const vein = artery.map((v): Vec3 => [v[0] * 0.92, v[1] + 9 * s, v[2]]);
    const along = (start: Vec3, rest: readonly Vec3[]): TubePoint[] =>
      [start, ...rest].map((at) => ({ at, half: [r, r] }));
    solids.push(
      ...tube(along(front(fork, -14 * s), vein), wide, {
        ...aorta,
        core: Tissue.vein,
        shell: Tissue.bowelWall,
        shellMm: 0.7,
      }),
    );
    solids.push(...tube(along(front(fork, left * 0.6), artery), wide, aorta));
  }
  const upper = column.map((_, k) => k).slice(fork);
  const cava = upper.map((k): TubePoint => ({
    at: front(k, -15 * s),
    half: [radius * 1.2, radius * rng.uniform(0.5, 1)],
  }));
  solids.push(...tube(cava, wide, { ...aorta, core: Tissue.vein, shell: Tissue.bowelWall, shellMm: 0.7 }));
  const main = upper.map((k): TubePoint => ({ at: front(k, left), half: [radius, radius] }));
  solids.push(...tube(main, wide, aorta));
  if (calcified > 2) return solids;
  const plaque: Paint = { core: Tissue.wallCalcium, over: tissueSet(['bowelWall']) };
  for (const [n, patch] of tube(
    main.map((q) => ({ ...q, half: [radius + 0.4, radius + 0.4] as const })),
    wide,
    plaque,
  ).entries()) {
    const whole = patch.depth;
    solids.push({
      ...patch,
      depth: (l, p, u) => (noise.at(l * 2.2, p * 2.2, u * 1.6 + 31 * n) > calcified ? whole(l, p, u) : -1),
    });
  }
  return solids;
}
