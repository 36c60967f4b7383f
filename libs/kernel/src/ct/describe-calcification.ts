import { applyAffine, dot, sub, type Vec3 } from '@endplate/dicom';
import { type ApartPiece, type Calcification, type CalcificationIsland } from '@endplate/findings';
import { quantile } from '../measure/statistics';
import { countVoxels } from '../shape/components';
import { BallProbe } from '../shape/dilate';
import { THRESHOLDS } from '../thresholds';
import { type DiscOnCt } from './disc-on-ct';
import { agatstonLike, volumeOver, type DenseIsland, type DenseTissue } from './dense-islands';
import { type DiscAxes, type DiscBox } from './disc-box';
import { type DiscReference } from './disc-reference';
import { islandVolume } from './island-content';
import { effectiveFwhmMm } from './point-spread';

const CT = THRESHOLDS.ct;
const MAX_ISLANDS = 256;
const MAX_APART = 64;

/** The values of one disc: burden, islands, what lies apart, and what the series could have shown. */
export function describeCalcification(
  disc: DiscOnCt,
  reference: DiscReference,
  dense: DenseTissue,
  smallestMm: number,
): Calcification {
  const { box } = disc;
  const all = dense.islands.flatMap((island) => island.voxels.map((at) => box.hu[at]!));
  const discVolumeMm3 = countVoxels(box.disc) * box.voxelMm3;
  const extent = discExtent(disc);
  const islands = islandVolumes(box, reference, dense).sort((a, b) => b.volumeMm3 - a.volumeMm3);
  const volumeMm3 = islands.reduce((sum, island) => sum + island.volumeMm3, 0);
  const apart = describeApart(disc, dense, extent);
  return {
    present: islands.length > 0,
    volumeMm3,
    percentOfDisc: (100 * volumeMm3) / discVolumeMm3,
    discVolumeMm3,
    ...(all.length > 0
      ? {
          meanHU: all.reduce((sum, hu) => sum + hu, 0) / all.length,
          p95HU: quantile(all, 0.95),
          maxHU: quantile(all, 1),
        }
      : {}),
    islands: islands
      .slice(0, MAX_ISLANDS)
      .map(({ island, volumeMm3: own }) => describeIsland(disc, island, own, extent)),
    sensitivityBandMm3: {
      over130: volumeOver(box, dense, CT.bandLowHU),
      over160: volumeOver(box, dense, CT.bandMiddleHU),
      over200: volumeOver(box, dense, CT.bandHighHU),
    },
    boneContinuousVolumeMm3: apart.reduce((sum, piece) => sum + piece.volumeMm3, 0),
    boneContinuous: apart,
    agatstonLike: agatstonLike(box, dense),
    referenceMedianHU: reference.medianHU,
    referenceSigmaHU: reference.sigmaHU,
    smallestDetectableMm: smallestMm,
  };
}

/** Every island with its volume, partial volume taken out, mm3. */
export function islandVolumes(
  box: DiscBox,
  reference: DiscReference,
  dense: DenseTissue,
): { readonly island: DenseIsland; readonly volumeMm3: number }[] {
  const mask = new Uint8Array(box.hu.length);
  for (const { voxels } of [...dense.islands, ...dense.onBone]) for (const at of voxels) mask[at] = 1;
  return dense.islands.map((island) => ({ island, volumeMm3: islandVolume(box, reference, dense, island, mask) }));
}

interface Extent {
  readonly centre: Vec3;
  readonly halfDepthMm: number;
  readonly halfWidthMm: number;
}

function voxelLps(box: DiscBox, at: number): Vec3 {
  const x = at % box.nx;
  const y = ((at - x) / box.nx) % box.ny;
  const z = Math.floor(at / (box.nx * box.ny));
  return applyAffine(box.ijkToLps, [x, y, z]);
}

/** Places of the voxels of a mask along a direction from a centre, mm. */
function alongAxis(box: DiscBox, mask: Uint8Array, [cx, cy, cz]: Vec3, [dx, dy, dz]: Vec3): Float64Array {
  const { nx, ny, ijkToLps: m } = box;
  const [m0, m1, m2, m3] = [m[0]!, m[1]!, m[2]!, m[3]!];
  const [m4, m5, m6, m7] = [m[4]!, m[5]!, m[6]!, m[7]!];
  const [m8, m9, m10, m11] = [m[8]!, m[9]!, m[10]!, m[11]!];
  const places = new Float64Array(countVoxels(mask));
  let count = 0;
  for (let at = 0, row = 0; at < mask.length; row++) {
    const y = row % ny;
    const z = (row - y) / ny;
    for (let x = 0; x < nx; x++, at++) {
      if (mask[at] === 0) continue;
      places[count++] =
        (m0 * x + m1 * y + m2 * z + m3 - cx) * dx +
        (m4 * x + m5 * y + m6 * z + m7 - cy) * dy +
        (m8 * x + m9 * y + m10 * z + m11 - cz) * dz;
    }
  }
  return places;
}

/** Half axes of the disc's ellipse, from the 1st to the 99th percentile of its voxels along its own axes. */
function discExtent({ box, axes }: DiscOnCt): Extent {
  const depth = alongAxis(box, box.disc, axes.centreLps, axes.posterior);
  const width = alongAxis(box, box.disc, axes.centreLps, axes.left);
  const [d0, d1] = [quantile(depth, 0.01), quantile(depth, 0.99)];
  const [w0, w1] = [quantile(width, 0.01), quantile(width, 0.99)];
  const shift = (axis: Vec3, by: number): Vec3 => [axis[0] * by, axis[1] * by, axis[2] * by];
  const [a, b] = [shift(axes.posterior, (d0 + d1) / 2), shift(axes.left, (w0 + w1) / 2)];
  const c = axes.centreLps;
  return {
    centre: [c[0] + a[0] + b[0], c[1] + a[1] + b[1], c[2] + a[2] + b[2]],
    halfDepthMm: (d1 - d0) / 2,
    halfWidthMm: (w1 - w0) / 2,
  };
}

function describeIsland(disc: DiscOnCt, island: DenseIsland, volumeMm3: number, extent: Extent): CalcificationIsland {
  const { box } = disc;
  const hu = island.voxels.map((at) => box.hu[at]!);
  const centroidLps = centroidOf(box, island);
  const widths = quantile(
    island.voxels.map((at) => box.toBone[at]!),
    0.1,
  );
  const nearBone = widths * effectiveFwhmMm(disc.spread, disc.axes.cranial);
  return {
    volumeMm3,
    centroidLps: [...centroidLps],
    site: siteOf(disc.axes, extent, centroidLps, nearBone, disc.heightMm),
    meanHU: hu.reduce((sum, value) => sum + value, 0) / hu.length,
    p95HU: quantile(hu, 0.95),
    maxHU: quantile(hu, 1),
  };
}

function centroidOf(box: DiscBox, { voxels }: DenseIsland): Vec3 {
  const points = voxels.map((at) => voxelLps(box, at));
  const mean = (axis: 0 | 1 | 2): number => points.reduce((sum, p) => sum + p[axis], 0) / points.length;
  return [mean(0), mean(1), mean(2)];
}

/** What pieces that hang on bone may be: they span both bones, lie at the rim of the disc, or on an endplate. */
function describeApart(disc: DiscOnCt, dense: DenseTissue, extent: Extent): ApartPiece[] {
  const { box, axes } = disc;
  if (dense.onBone.length === 0) return [];
  const above = alongAxis(box, box.bone, axes.centreLps, axes.cranial);
  const [upper, lower] = [new Uint8Array(box.bone.length), new Uint8Array(box.bone.length)];
  for (let at = 0, n = 0; at < box.bone.length; at++) if (box.bone[at] === 1) (above[n++]! > 0 ? upper : lower)[at] = 1;
  const guardMm = CT.guardFwhms * effectiveFwhmMm(disc.spread, axes.cranial);
  const reachMm = guardMm + CT.separateMm + box.spacingMm[0] / 2 + 1.5 * Math.max(...box.spacingMm);
  const probe = new BallProbe(box, box.spacingMm, reachMm);
  const meets = (piece: DenseIsland, bone: Uint8Array): boolean => piece.voxels.some((at) => probe.meets(bone, at));
  return [...dense.onBone]
    .sort((a, b) => b.voxels.length - a.voxels.length)
    .slice(0, MAX_APART)
    .map((piece): ApartPiece => {
      const centroidLps = centroidOf(box, piece);
      const rim = Math.hypot(...placeIn(axes, extent, centroidLps)) >= CT.rimRadius;
      const bridges = meets(piece, upper) && meets(piece, lower);
      return {
        volumeMm3: piece.voxels.length * box.voxelMm3,
        centroidLps: [...centroidLps],
        kind: bridges ? 'bridge-candidate' : rim ? 'osteophyte-candidate' : 'endplate-continuous',
      };
    });
}

/** Place of a point in the disc: depth (posterior positive) and width (left positive) in half axes. */
function placeIn(axes: DiscAxes, extent: Extent, p: Vec3): readonly [number, number] {
  const d = sub(p, extent.centre);
  return [
    dot(d, axes.posterior) / Math.max(extent.halfDepthMm, 1),
    dot(d, axes.left) / Math.max(extent.halfWidthMm, 1),
  ];
}

function siteOf(
  axes: DiscAxes,
  extent: Extent,
  p: Vec3,
  toBoneMm: number,
  heightMm: number,
): CalcificationIsland['site'] {
  const [depth, width] = placeIn(axes, extent, p);
  if (toBoneMm <= Math.min(CT.endplateAdjacentMm, heightMm / 4)) return 'endplate-adjacent';
  if (Math.hypot(depth, width) <= CT.nucleusRadius) return 'nucleus';
  if (Math.abs(width) > Math.abs(depth)) return 'annulus-lateral';
  return depth < 0 ? 'annulus-anterior' : 'annulus-posterior';
}
