import { type Vec3 } from '@endplate/dicom';
import { type Rng } from '../random/rng';
import { bodyDepth, bodyHalfExtents, drawBodyShape } from './body-shape';
import { type Frame, frameAt, moved, pitched, pointIn, yawed } from './frame';
import { ellipsoid, rod, roundedBox, type Paint, type Solid } from './solid';
import { type SpinePlan } from './spine-plan';
import { SpineClass, Tissue, tissueSet } from './tissue';

/** Instance number of the sacrum in label maps. */
export const SACRUM_INSTANCE = 100;

/** Sacrum with wings, canal and crest, coccyx, hip bones and pubis. */
export function sacrumSolids(plan: SpinePlan, rng: Rng): { solids: Solid[]; path: Frame[] } {
  const s = plan.scale;
  const cortexMm = rng.uniform(0.6, 1.5);
  const bone: Paint = { core: Tissue.cancellous, shell: Tissue.cortical, shellMm: cortexMm, spineClass: SpineClass.Sacrum, instance: SACRUM_INSTANCE }; // prettier-ignore
  const solids: Solid[] = [];
  const path: Frame[] = [];
  let frame = plan.sacrumFrame;
  let width = plan.s1HalfWidthMm;
  let depth = plan.s1HalfDepthMm;
  const turns = [0.0, rng.normal(0.06, 0.07), rng.normal(-0.08, 0.07), -0.25, rng.normal(-0.4, 0.1)];
  const lumbarised = plan.transition === 'lumbarised';
  const remnant = rng.chance(0.75) ? rng.uniform(0.8, 4.5) : 0;
  const remnants = [lumbarised ? 4 + remnant : remnant, rng.uniform(0.3, 1.8), rng.uniform(0.2, 1.2), 0.5, 0.6];
  const bodies: Solid[] = [];
  for (let n = 0; n < 5; n++) {
    frame = pitched(frame, turns[n]!);
    const height = [29, 24, 19.5, 17, 15][n]! * s * rng.normal(1, 0.04);
    const middle = moved(frame, 0, 0, -height / 2);
    const size = {
      halfWidthMm: width * 0.93,
      halfDepthMm: depth * 0.9,
      heightMm: height,
      wedgeMm: -height * (n === 0 ? 0.12 : 0.02),
    };
    const squared = lumbarised && n === 0;
    const taper = squared ? 0.02 : n === 0 ? 0.16 : 0.12;
    const shape = {
      ...drawBodyShape(rng, size, n === 0 ? plan.discs[0]!.wear : 0, 0),
      taper,
      waist: rng.uniform(0.02, 0.1),
    };
    bodies.push({ ...bone, frame: middle, half: bodyHalfExtents(shape), depth: bodyDepth(shape) });
    path.push(middle);
    const gap = remnants[n]! * s;
    const end = moved(frame, 0, -depth * 0.05, -height - gap / 2);
    const rudiment: Paint = { core: rng.chance(0.5) ? Tissue.annulus : Tissue.nucleus, shell: Tissue.cortical, shellMm: 0.6, spineClass: SpineClass.Sacrum, instance: SACRUM_INSTANCE }; // prettier-ignore
    const reach = squared ? 0.92 : 0.72;
    solids.push(roundedBox(end, [width * 0.7, depth * reach, gap / 2 + 2], rudiment));
    frame = moved(frame, 0, -depth * 0.03, -height - gap);
    width *= squared ? 0.94 : 0.84;
    depth *= squared ? 0.92 : n === 0 ? 0.78 : 0.76;
  }
  solids.push(...wings(plan, rng, bone, path), ...bodies, ...crest(plan, rng, bone, path));
  solids.push(...coccyx(frame, s, rng));
  return { solids, path };
}

function wings(plan: SpinePlan, rng: Rng, bone: Paint, path: readonly Frame[]): Solid[] {
  const s = plan.scale;
  const [s1, s2, s3] = [path[0]!, path[1]!, path[2]!];
  const solids: Solid[] = [];
  for (const side of [-1, 1]) {
    const ala = yawed(moved(s1, side * 34 * s, 5 * s, -3 * s), side * 0.35);
    solids.push(roundedBox(ala, [19 * s, 15 * s, 15 * s], bone));
    solids.push(roundedBox(moved(s2, side * 30 * s, 3 * s, 0), [17 * s, 11 * s, 17 * s], bone));
    solids.push(roundedBox(moved(s3, side * 22 * s, 2 * s, 0), [14 * s, 7 * s, 17 * s], bone));
    const over = tissueSet(['cancellous', 'cortical']);
    for (const [n, at] of [s1, s2, s3].entries()) {
      const hole = moved(at, side * (19 - 2 * n) * s, 4 * s, -13 * s);
      const size = rng.uniform(3, 5) * s;
      solids.push(
        ellipsoid(hole, [size, 14 * s, size], { core: Tissue.epiduralFat, over, spineClass: SpineClass.Background }),
      );
      solids.push(
        ellipsoid(hole, [size * 0.5, 15 * s, size * 0.5], { core: Tissue.root, over: tissueSet(['epiduralFat']) }),
      );
    }
  }
  return solids;
}

function crest(plan: SpinePlan, rng: Rng, bone: Paint, path: readonly Frame[]): Solid[] {
  const s = plan.scale;
  return path.slice(0, 4).flatMap((at, n) => {
    const canal = [17, 13, 9, 7][n]! * s;
    const depth = plan.s1HalfDepthMm * [0.95, 0.75, 0.58, 0.45][n]!;
    const middle = moved(at, 0, depth + canal + 3 * s, -3 * s);
    const plate = roundedBox(middle, [16 * s, rng.uniform(2, 3.4) * s, rng.uniform(8, 11) * s], bone);
    const crest = roundedBox(moved(middle, 0, 5 * s, 0), [3 * s, 6.5 * s, rng.uniform(5, 9) * s], bone);
    // The sacral canal below the sac holds fat and roots.
    const fat = roundedBox(moved(at, 0, depth + canal / 2 + 1, 0), [11 * s, canal / 2, 13 * s], { core: Tissue.epiduralFat, over: tissueSet(['muscle', 'fatInMuscle', 'visceralFat', 'cancellous', 'cortical']), spineClass: SpineClass.Background }); // prettier-ignore
    return n === 0 && rng.chance(0.15) ? [fat] : [fat, plate, crest];
  });
}

function coccyx(from: Frame, s: number, rng: Rng): Solid[] {
  const solids: Solid[] = [];
  let frame = from;
  for (let n = 0; n < 3; n++) {
    frame = pitched(frame, -rng.uniform(0.1, 0.4));
    const half = (6 - n) * s;
    const paint: Paint = { core: Tissue.cancellous, shell: Tissue.cortical, shellMm: 0.8, spineClass: SpineClass.Sacrum, instance: SACRUM_INSTANCE }; // prettier-ignore
    solids.push(ellipsoid(moved(frame, 0, 0, -half), [half * 1.3, half * 0.7, half], paint));
    frame = moved(frame, 0, 0, -half * 2.1);
  }
  return solids;
}

/** Hip bones beside the sacrum and the pubic bones with their joint in front. */
export function pelvisSolids(plan: SpinePlan, rng: Rng): Solid[] {
  const s = plan.scale;
  const bone: Paint = { core: Tissue.pelvicCancellous, shell: Tissue.cortical, shellMm: rng.uniform(1, 2), spineClass: SpineClass.Background }; // prettier-ignore
  const solids: Solid[] = [];
  const pubis: Vec3 = [0, -rng.uniform(72, 96) * s, -rng.uniform(98, 122) * s];
  for (const side of [-1, 1]) {
    const wing = yawed(pitched(frameAt([side * 68 * s, 12 * s, -8 * s]), -0.25), side * 0.65);
    solids.push(ellipsoid(wing, [8 * s, 50 * s, 52 * s], bone));
    const column = frameAt([side * 58 * s, -8 * s, -62 * s]);
    solids.push(ellipsoid(column, [16 * s, 24 * s, 44 * s], bone));
    const head = frameAt([side * 88 * s, -40 * s, -92 * s]);
    solids.push(ellipsoid(head, [24 * s, 24 * s, 24 * s], bone));
    const body = pitched(frameAt([pubis[0] + side * 12 * s, pubis[1], pubis[2]]), rng.normal(0.7, 0.12));
    solids.push(roundedBox(body, [11 * s, 8 * s, 19 * s], bone));
    const far: Vec3 = [side * 60 * s, pubis[1] + 25 * s, pubis[2] + 22 * s];
    solids.push(rod(pointIn(body, side * 8 * s, 0, 8 * s), far, [0, 0, 1], [8 * s, 7 * s], [12 * s, 10 * s], bone));
  }
  const joint = pitched(frameAt(pubis), 0.7);
  solids.push(roundedBox(joint, [2.6 * s, 7 * s, 18 * s], { core: Tissue.symphysis }));
  return solids;
}
