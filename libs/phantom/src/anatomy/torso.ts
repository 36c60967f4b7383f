import { type Vec3 } from '@endplate/dicom';
import { type Rng } from '../random/rng';
import { type ValueNoise } from '../random/value-noise';
import { frameAt, pointIn, moved, pitched } from './frame';
import { ellipsoid, rod, type Paint, type Solid } from './solid';
import { type SpinePlan } from './spine-plan';
import { SpineClass, Tissue, tissueSet } from './tissue';
import { tube, type TubePoint } from './tube';

const SOFT = tissueSet(['visceralFat', 'bowelWall', 'bowelFluid', 'bowelGas', 'faeces', 'organ', 'liver', 'kidney']);

/** Sizes of the trunk, mm; y is measured from the S1 endplate. */
interface Trunk {
  readonly backY: number;
  readonly frontY: number;
  readonly halfWidth: number;
  readonly fatFront: number;
  readonly fatBack: number;
  readonly wall: number;
}

/** Skin, fat, muscles and everything in the belly, chest and pelvis, before bones are painted. */
export function torsoSolids(plan: SpinePlan, rng: Rng, noise: ValueNoise): Solid[] {
  const s = plan.scale;
  const stout = rng.next();
  const trunk: Trunk = {
    backY: (62 + rng.uniform(0, 18)) * s + stout * 24,
    frontY: -(88 + rng.uniform(0, 25)) * s - stout * 65,
    halfWidth: (138 + rng.uniform(0, 20)) * s + stout * 45,
    fatFront: 5 + stout * rng.uniform(10, 45),
    fatBack: 4 + stout * rng.uniform(8, 38),
    wall: rng.uniform(8, 16) * s,
  };
  return [...shells(plan, trunk, rng), ...muscles(plan, trunk, rng, noise)];
}

function shells(plan: SpinePlan, trunk: Trunk, rng: Rng): Solid[] {
  const { backY, frontY, halfWidth } = trunk;
  const middle = (backY + frontY) / 2;
  const wave = rng.uniform(0.01, 0.06);
  const phase = rng.uniform(0, 6.28);
  const lean = rng.normal(0, 0.05);
  const shell = (back: number, front: number, side: number, paint: Paint): Solid => {
    const b = (backY - back - (frontY + front)) / 2;
    const centre = (backY - back + frontY + front) / 2 - middle;
    const a = halfWidth - side;
    return {
      ...paint, steepness: 1.4, frame: frameAt([0, middle, 100]), half: [halfWidth * 1.1, (backY - frontY) * 0.6, 460],
      depth: (l, p, u) => {
        const k = 1 + wave * ripple(u / 55 + phase);
        const q = (p - centre - lean * u) / (b * k);
        const x = l / (a * k);
        const x2 = x * x;
        const q2 = q * q;
        return (1 - Math.sqrt(Math.sqrt(x2 * x2 + q2 * q2 + x2 * q2))) * b;
      },
    }; // prettier-ignore
  };
  const { fatFront, fatBack, wall } = trunk;
  return [
    shell(0, 0, 0, { core: Tissue.fat, shell: Tissue.skin, shellMm: 1.8, spineClass: SpineClass.Background }),
    shell(fatBack, fatFront, fatFront * 0.7 + 3, {
      core: Tissue.muscle,
    }),
    shell(backY - 8 * plan.scale + 0, fatFront + wall, fatFront * 0.7 + 3 + wall * 2, { core: Tissue.visceralFat }),
  ];
}

function muscles(plan: SpinePlan, trunk: Trunk, rng: Rng, noise: ValueNoise): Solid[] {
  const s = plan.scale;
  const fatty = rng.uniform(0.3, 1.9);
  const streaks = (l: number, p: number, u: number): number =>
    noise.at(l * 2.4, p * 2.4, u * 0.45) > fatty ? Tissue.fatInMuscle : Tissue.muscle;
  const solids: Solid[] = [];
  const thin = rng.uniform(0.6, 1);
  for (const side of [-1, 1]) {
    const psoas = plan.discs.map((disc, n): TubePoint => {
      const size = ([24, 22, 19, 15, 10, 6][n] ?? 5) * s;
      const away = disc.halfWidthMm + 15 * s * (n < 5 ? 1 : 0.55);
      return { at: pointIn(disc.frame, side * away, -2 * s, 0), half: [size * thin, size] };
    });
    const deep = 0.8 * Math.min(26 * s, Math.max(12, trunk.backY - trunk.fatBack - 30 * s));
    const erector = plan.discs.map((disc): TubePoint => ({
      at: pointIn(disc.frame, side * 26 * s, disc.halfDepthMm + 36 * s, 0),
      half: [23 * s, deep],
    }));
    solids.push(
      ...tube(psoas, [1, 0, 0], { core: Tissue.muscle, coreAt: streaks, shell: Tissue.visceralFat, shellMm: 0.8 }),
    );
    solids.push(
      ...tube(erector, [1, 0, 0], { core: Tissue.muscle, coreAt: streaks, shell: Tissue.ligament, shellMm: 0.7 }),
    );
  }
  return solids;
}

/** A sine to about 5 %, several times as fast. */
function ripple(x: number): number {
  const turns = x / (2 * Math.PI);
  const t = 2 * (turns - Math.floor(turns)) - 1;
  return -4 * t * (1 - Math.abs(t));
}

/** Bowel, organs and the contents of pelvis and chest, over the fat of the belly. */
export function organSolids(plan: SpinePlan, rng: Rng, sacrum: readonly { origin: Vec3 }[]): Solid[] {
  const s = plan.scale;
  const solids: Solid[] = [];
  const at = (x: number, y: number, z: number): Vec3 => [x * s, y * s, z * s];
  const background = SpineClass.Background;
  if (rng.chance(0.85)) {
    solids.push(
      ellipsoid(frameAt(at(-75 + rng.normal(0, 10), -65, 185)), at(78, 68, 75), { core: Tissue.liver, over: SOFT }),
    );
    solids.push(ellipsoid(frameAt(at(60, -60, 190)), at(55, 50, 50), { core: Tissue.organ, over: SOFT }));
  }
  for (const side of [-1, 1]) {
    const kidney = frameAt(at(side * 62 + rng.normal(0, 4), -12, 120 + side * 8));
    solids.push(ellipsoid(kidney, at(25, 24, 50), { core: Tissue.kidney, over: SOFT }));
    solids.push(ellipsoid(moved(kidney, -side * 12, -4, 0), at(11, 10, 22), { core: Tissue.visceralFat, over: tissueSet(['kidney']) })); // prettier-ignore
  }
  const loops = rng.int(25, 95);
  for (let n = 0; n < loops; n++) {
    const place = frameAt(at(rng.normal(0, 42), rng.uniform(-150, -26), rng.uniform(-75, 215)));
    const size = [rng.uniform(8, 32), rng.uniform(6, 22), rng.uniform(7, 36)] as const;
    const core = rng.pick([Tissue.bowelFluid, Tissue.bowelWall, Tissue.bowelGas, Tissue.faeces, Tissue.organ, Tissue.bowelWall, Tissue.bowelWall]); // prettier-ignore
    solids.push(ellipsoid(pitched(place, rng.uniform(-1, 1)), size, { core, shell: Tissue.bowelWall, shellMm: rng.uniform(1, 3.5), over: SOFT })); // prettier-ignore
  }
  const full = rng.uniform(0.45, 1.5);
  const bladder = frameAt(at(rng.normal(0, 3), -66 + rng.normal(0, 6), -92 + 18 * full));
  const anywhere = tissueSet([
    'visceralFat',
    'muscle',
    'fatInMuscle',
    'bowelWall',
    'bowelFluid',
    'bowelGas',
    'faeces',
    'organ',
  ]);
  solids.push(ellipsoid(bladder, at(34 * full, 26 * full, 24 * full), { core: Tissue.urine, shell: Tissue.bladderWall, shellMm: rng.uniform(2, 5), over: anywhere })); // prettier-ignore
  if (rng.chance(0.6)) {
    const uterus = pitched(moved(bladder, 0, 28 * s, rng.uniform(5, 22) * s), rng.uniform(-0.9, 0.3));
    solids.push(
      ellipsoid(uterus, at(22, 17, 34), { core: Tissue.organ, shell: Tissue.bowelWall, shellMm: 2, over: anywhere }),
    );
    solids.push(ellipsoid(uterus, at(8, 4, 18), { core: Tissue.urine, over: anywhere }));
  } else
    solids.push(
      ellipsoid(moved(bladder, 0, 8 * s, -32 * s * full), at(24, 18, 18), { core: Tissue.organ, over: anywhere }),
    );
  const content = rng.pick([Tissue.faeces, Tissue.bowelGas, Tissue.bowelWall, Tissue.bowelFluid]);
  const rectum = sacrum.map(({ origin }, n): TubePoint => {
    const r = rng.uniform(8, 18) * s;
    return { at: [origin[0], origin[1] - (30 - 2.5 * n) * s, origin[2] - 4 * s], half: [r, r * 0.8] };
  });
  solids.push(...tube(rectum, [1, 0, 0], { core: content, shell: Tissue.bowelWall, shellMm: 3, over: anywhere }));
  solids.push(...chest(plan, rng).map((solid) => ({ ...solid, spineClass: background })));
  return solids;
}

function chest(plan: SpinePlan, rng: Rng): Solid[] {
  const s = plan.scale;
  const floor = (235 + rng.uniform(-30, 45)) * s;
  const over = tissueSet([
    'visceralFat',
    'liver',
    'organ',
    'bowelWall',
    'bowelFluid',
    'bowelGas',
    'faeces',
    'muscle',
    'fatInMuscle',
  ]);
  const solids: Solid[] = [];
  for (const side of [-1, 1]) {
    const lung: Vec3 = [side * 62 * s, -28 * s, floor + 95 * s];
    solids.push(ellipsoid(frameAt(lung), [56 * s, 82 * s, 110 * s], { core: Tissue.lung, over }));
  }
  solids.push(ellipsoid(frameAt([18 * s, -72 * s, floor + 58 * s]), [52 * s, 42 * s, 48 * s], { core: Tissue.heart, shell: Tissue.visceralFat, shellMm: 3, over: tissueSet(['visceralFat', 'lung', 'liver', 'organ']) })); // prettier-ignore
  return solids;
}

/** Ribs of the thoracic vertebrae. */
export function ribSolids(plan: SpinePlan, rng: Rng): Solid[] {
  const s = plan.scale;
  const bone: Paint = {
    core: Tissue.pelvicCancellous,
    shell: Tissue.cortical,
    shellMm: 1.1,
    spineClass: SpineClass.Background,
  };
  return plan.bodies.slice(plan.lumbarCount).flatMap((body) =>
    [-1, 1].flatMap((side) => {
      const r = rng.uniform(4.5, 6) * s;
      const p = (l: number, q: number, u: number): Vec3 => pointIn(body.frame, side * l * s, q * s, u * s);
      const joints = [p(22, 12, 9), p(48, 34, -4), p(84, 34, -26), p(118, 4, -46)];
      return joints
        .slice(1)
        .map((to, n) => rod(joints[n]!, to, [0, 0, 1], [r * 1.35, r * 0.8], [r * 1.35, r * 0.8], bone));
    }),
  );
}
