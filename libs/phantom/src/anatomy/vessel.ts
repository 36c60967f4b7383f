import { type Vec3 } from '@endplate/dicom';
import { type Rng } from '../random/rng';
import { type ValueNoise } from '../random/value-noise';
import { pointIn } from './frame';
import { rod, type Paint, type Solid } from './solid';
import { type SpinePlan } from './spine-plan';
import { SpineClass, Tissue, tissueSet } from './tissue';

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
  const branch: [Vec3, Vec3] = [
    [44 * s, -22 * s, -6 * s],
    [70 * s, -50 * s, -55 * s],
  ];
  for (const side of [-1, 1]) {
    const start = front(fork, left * 0.6);
    const first: Vec3 = [side * branch[0][0], branch[0][1], branch[0][2]];
    const second: Vec3 = [side * branch[1][0], branch[1][1], branch[1][2]];
    const r = radius * 0.62;
    const vein: Paint = { ...aorta, core: Tissue.vein, shell: Tissue.bowelWall, shellMm: 0.7 };
    const back = (v: Vec3): Vec3 => [v[0] * 0.92, v[1] + 9 * s, v[2]];
    solids.push(rod(front(fork, -14 * s), back(first), [1, 0, 0], [r * 1.2, r], [r, r], vein));
    solids.push(rod(back(first), back(second), [1, 0, 0], [r, r], [r, r], vein));
    solids.push(
      rod(start, first, [1, 0, 0], [r, r], [r, r], aorta),
      rod(first, second, [1, 0, 0], [r, r], [r * 0.9, r * 0.9], aorta),
    );
  }
  for (let k = fork; k + 1 < column.length; k++) {
    const cava: Paint = { ...aorta, core: Tissue.vein, shellMm: 0.7 };
    const flat = rng.uniform(0.5, 1);
    solids.push(rod(front(k, -15 * s), front(k + 1, -15 * s), [1, 0, 0], [radius * 1.2, radius * flat], [radius * 1.2, radius * flat], cava)); // prettier-ignore
    solids.push(rod(front(k, left), front(k + 1, left), [1, 0, 0], [radius, radius], [radius, radius], aorta));
    if (calcified > 2) continue;
    const plaque: Paint = { ...aorta, core: Tissue.wallCalcium, over: tissueSet(['bowelWall']) };
    const patch = rod(front(k, left), front(k + 1, left), [1, 0, 0], [radius + 0.4, radius + 0.4], [radius + 0.4, radius + 0.4], plaque); // prettier-ignore
    const whole = patch.depth;
    solids.push({ ...patch, depth: (l, p, u) => (noise.at(l * 2.2, p * 2.2, u * 1.6 + 31 * k) > calcified ? whole(l, p, u) : -1) }); // prettier-ignore
  }
  return solids;
}
