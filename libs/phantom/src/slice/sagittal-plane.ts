import { type Vec3 } from '@endplate/dicom';
import { type Anatomy } from '../anatomy/anatomy';
import { frameAt, pitched, rolled, yawed } from '../anatomy/frame';
import { type RasterPlane } from '../anatomy/rasterise';
import { type Rng } from '../random/rng';

/** Planes whose mean is a thick slice. */
export const PLANES_PER_THICK_SLICE = 4;

/**
 * Draws a roughly sagittal plane of square size in mm through a patient, `fine` points per mm: a third near the middle,
 * half where the sides of the bodies, pedicles and foramina lie, the rest anywhere up to the wings of the sacrum.
 */
export function drawSagittalPlane(anatomy: Anatomy, rng: Rng, size: number, fine: number): RasterPlane {
  const s = anatomy.plan.scale;
  const down = size * rng.uniform(0.4, 0.6);
  const top = anatomy.bodies[anatomy.bodies.length - 1]!.plan.frame.origin[2];
  const z = Math.min(top - down, rng.normal(95, rng.chance(0.7) ? 35 : 75) * s);
  const near = anatomy.bodies.reduce((a, b) =>
    Math.abs(b.plan.frame.origin[2] - z) < Math.abs(a.plan.frame.origin[2] - z) ? b : a,
  );
  const x = anatomy.plan.drift(z) + besideMiddle(rng) * s;
  const turned = yawed(rolled(pitched(frameAt([0, 0, 0]), (rng.normal(0, 6) * Math.PI) / 180), (rng.normal(0, 3) * Math.PI) / 180), (rng.normal(0, 3.5) * Math.PI) / 180); // prettier-ignore
  const across = size * rng.uniform(0.3, 0.72);
  const columnStep = turned.posterior.map((v) => v / fine) as unknown as Vec3;
  const rowStep = turned.up.map((v) => -v / fine) as unknown as Vec3;
  const centre: Vec3 = [x, near.plan.frame.origin[1], z];
  const origin = [0, 1, 2].map(
    (i) => centre[i]! - turned.posterior[i]! * across + turned.up[i]! * down,
  ) as unknown as Vec3;
  return { origin, columnStep, rowStep, columns: size * fine, rows: size * fine };
}

/** Distance from the middle of the spine in a patient of mean size, mm. */
function besideMiddle(rng: Rng): number {
  if (rng.chance(0.32)) return rng.normal(0, 6);
  if (rng.chance(0.75)) return rng.uniform(10, 30) * rng.sign();
  return rng.uniform(-45, 45);
}

/**
 * Draws how far to the left of a slice's middle lie the planes whose mean it is, mm: most slices are as thick as those of
 * clinical MR (3 to 5 mm), some as thin as those of CT and isotropic MR.
 */
export function drawSlab(rng: Rng): readonly number[] {
  if (rng.chance(0.3)) return [0];
  const thicknessMm = rng.chance(0.8) ? rng.uniform(2.8, 5.4) : rng.uniform(1, 2.8);
  return Array.from(
    { length: PLANES_PER_THICK_SLICE },
    (_, n) => ((n + 0.5) / PLANES_PER_THICK_SLICE - 0.5) * thicknessMm,
  );
}
