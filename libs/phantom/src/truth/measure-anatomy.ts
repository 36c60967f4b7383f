import { type Vec3 } from '@endplate/dicom';
import { discLevelSchema, vertebraLevelSchema } from '@endplate/findings';
import { type Anatomy, type DiscModel } from '../anatomy/anatomy';
import { localOf, pointIn } from '../anatomy/frame';
import { createRaster, rasterise } from '../anatomy/rasterise';
import { type Solid } from '../anatomy/solid';
import { Tissue } from '../anatomy/tissue';
import { type CalcificationTruth, type DiscTruth, type EndplateTruth, type VertebraTruth } from './truth';

/** Range of heights that a study shows, LPS z in mm. */
export interface FieldOfView {
  readonly fromZ: number;
  readonly toZ: number;
}

const STEP_MM = 0.02;

/** The vertebrae whose middle lies in the field of view, caudal to cranial. */
export function measureVertebrae(anatomy: Anatomy, view: FieldOfView): VertebraTruth[] {
  return anatomy.bodies.flatMap(({ plan, shape, instance }) => {
    const level = vertebraLevelSchema.safeParse(plan.level);
    if (!level.success || !sees(view, plan.frame.origin)) return [];
    const height = (p: number): number => shape.heightMm + (shape.wedgeMm / 2) * p;
    return [{
      level: level.data, instance, centreLps: plan.frame.origin, fractured: plan.fractured,
      tiltDeg: (Math.atan2(plan.frame.left[2], plan.frame.left[0]) * 180) / Math.PI,
      anteriorHeightMm: height(-1), posteriorHeightMm: height(1),
    }]; // prettier-ignore
  });
}

/** The discs whose middle lies in the field of view, caudal to cranial, measured on the drawn surfaces. */
export function measureDiscs(anatomy: Anatomy, view: FieldOfView): DiscTruth[] {
  return anatomy.discs.flatMap((disc, n) => {
    const level = discLevelSchema.safeParse(disc.plan.level);
    if (!level.success || !sees(view, disc.plan.frame.origin)) return [];
    const height = (p: number): number => heightAt(anatomy, disc, n, p * disc.plan.halfDepthMm);
    const calcifications = measureCalcifications(anatomy, disc);
    const vacuum = anatomy.vacuums.filter((lesion) => lesion.disc === disc.plan.level);
    return [{
      level: level.data, instance: disc.instance, centreLps: disc.plan.frame.origin,
      anteriorHeightMm: height(-0.8), middleHeightMm: height(0), posteriorHeightMm: height(0.8),
      slipMm: disc.plan.slipMm, hydration: disc.look.hydration,
      calcificationMm3: calcifications.reduce((sum, lesion) => sum + lesion.volumeMm3, 0), calcifications,
      vacuumMm3: vacuum.reduce((sum, lesion) => sum + (measureTissues(anatomy, lesion.solid).get(Tissue.gas)?.volumeMm3 ?? 0), 0),
    }]; // prettier-ignore
  });
}

/** The endplates of the discs in the field of view. */
export function measureEndplates(anatomy: Anatomy, discs: readonly DiscTruth[]): EndplateTruth[] {
  return anatomy.endplates.flatMap(({ disc, side, type, depthMm, lengthMm, nodeDepthMm }) => {
    const level = discLevelSchema.safeParse(disc);
    if (!level.success || !discs.some((d) => d.level === level.data)) return [];
    const [above, below] = level.data.split('/');
    const vertebra = vertebraLevelSchema.parse(side === 'above' ? above : below);
    return [{ disc: level.data, side, vertebra, modic: type, depthMm, lengthMm, nodeDepthMm }];
  });
}

/** Volume, centroid and density of every calcification of a disc, from a fine raster of all that is drawn there. */
export function measureCalcifications(anatomy: Anatomy, disc: DiscModel): CalcificationTruth[] {
  return anatomy.calcifications
    .filter((lesion) => lesion.disc === disc.plan.level)
    .flatMap((lesion) => {
      const found = measureTissues(anatomy, lesion.solid).get(lesion.tissue);
      if (!found) return [];
      return [
        { site: lesion.site, densityHU: lesion.densityHU, volumeMm3: found.volumeMm3, centroidLps: found.centroidLps },
      ];
    });
}

/**
 * Volume and centroid of every tissue in the box around a solid, by counting points of a fine grid.
 *
 * @param gridMm - distance of the points, mm
 */
export function measureTissues(
  anatomy: Anatomy,
  around: Solid,
  gridMm = 0.2,
): Map<number, { volumeMm3: number; centroidLps: Vec3 }> {
  const { frame, half } = around;
  const count = half.map((h) => Math.ceil((2 * h) / gridMm)) as [number, number, number];
  const raster = createRaster(count[0], count[1]);
  const near = anatomy.solids.filter((solid) => mayTouch(solid, around));
  const sums = new Map<number, [number, number, number, number]>();
  const scaled = (axis: Vec3): Vec3 => [axis[0] * gridMm, axis[1] * gridMm, axis[2] * gridMm];
  const at = (i: number, j: number, k: number): Vec3 => {
    const middle = (n: number, axis: 0 | 1 | 2): number => (n - (count[axis] - 1) / 2) * gridMm;
    return pointIn(frame, middle(i, 0), middle(j, 1), middle(k, 2));
  };
  for (let k = 0; k < count[2]; k++) {
    const plane = { origin: at(0, 0, k), columnStep: scaled(frame.left), rowStep: scaled(frame.posterior), columns: count[0], rows: count[1] }; // prettier-ignore
    rasterise(near, plane, raster);
    for (let n = 0; n < raster.tissue.length; n++) {
      const p = at(n % count[0], Math.floor(n / count[0]), k);
      const sum = sums.get(raster.tissue[n]!) ?? [0, 0, 0, 0];
      sums.set(raster.tissue[n]!, [sum[0] + 1, sum[1] + p[0], sum[2] + p[1], sum[3] + p[2]]);
    }
  }
  const voxel = gridMm ** 3;
  return new Map(
    [...sums].map(([tissue, [n, x, y, z]]) => [tissue, { volumeMm3: n * voxel, centroidLps: [x / n, y / n, z / n] }]),
  );
}

function heightAt(anatomy: Anatomy, disc: DiscModel, n: number, p: number): number {
  const above = [anatomy.bodies[n]!.solid];
  if (n > 0) return march(disc, p, 1, above) + march(disc, p, -1, [anatomy.bodies[n - 1]!.solid]);
  // Bodies are painted over the discs, the lowest disc over the sacrum: bone begins where the disc ends.
  return march(disc, p, 1, above) + march(disc, p, -1, anatomy.sacrum, disc.solid);
}

function march(disc: DiscModel, p: number, direction: 1 | -1, solids: readonly Solid[], paintedOver?: Solid): number {
  for (let u = 0; u < 40; u += STEP_MM) {
    const point = pointIn(disc.plan.frame, 0, p, direction * u);
    if (paintedOver && holds(paintedOver, point)) continue;
    if (solids.some((solid) => holds(solid, point))) return u;
  }
  return Number.NaN;
}

function holds(solid: Solid, point: Vec3): boolean {
  const [l, q, v] = localOf(solid.frame, point);
  const { half } = solid;
  return Math.abs(l) <= half[0] && Math.abs(q) <= half[1] && Math.abs(v) <= half[2] && solid.depth(l, q, v) >= 0;
}

function mayTouch(solid: Solid, around: Solid): boolean {
  const distance = Math.hypot(...solid.frame.origin.map((v, n) => v - around.frame.origin[n]!));
  return distance <= Math.hypot(...solid.half) + Math.hypot(...around.half);
}

function sees(view: FieldOfView, point: Vec3): boolean {
  return point[2] >= view.fromZ && point[2] <= view.toZ;
}
