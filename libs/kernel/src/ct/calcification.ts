import { applyAffine, dot, sub, type Vec3 } from '@endplate/dicom';
import {
  assessed,
  notAssessed,
  type Assessment,
  type Calcification,
  type CalcificationIsland,
} from '@endplate/findings';
import { THRESHOLDS } from '../thresholds';
import { agatstonLike, denseTissue, volumeOver, type DenseIsland } from './dense-islands';
import { type DiscAxes, type DiscBox } from './disc-box';
import { quantile } from '../measure/statistics';
import { discReference, type DiscReference } from './disc-reference';
import { effectiveFwhmMm, smallestDetectableMm, type PointSpread } from './point-spread';

const CT = THRESHOLDS.ct;

/** What calcification needs to know of a disc besides its voxels. */
export interface DiscOnCt {
  readonly box: DiscBox;
  readonly axes: DiscAxes;
  readonly spread: PointSpread;
  /** Height in the middle, mm. */
  readonly heightMm: number;
  /** 0 to 1: how sure the outline is. */
  readonly outlineConfidence: number;
}

/** The assessment, and the voxels of the islands for outlines (indices into the box). */
export interface CalcificationResult {
  readonly assessment: Assessment<Calcification>;
  readonly islands: readonly DenseIsland[];
}

/**
 * Calcification of one disc on native voxels: reference from its own core, seeds of 200 HU grown to the larger of 130 HU
 * and 3 sigma over the reference, islands from 3 mm3 that neither touch bone nor lie in the guard band alone.
 */
export function assessCalcification(disc: DiscOnCt): CalcificationResult {
  const { box, axes, spread } = disc;
  const withhold = (code: Parameters<typeof notAssessed>[0], text: string): CalcificationResult => ({
    assessment: notAssessed(code, text),
    islands: [],
  });
  const fwhm = effectiveFwhmMm(spread, axes.cranial);
  if (box.cut) return withhold('DISC_PARTLY_OUTSIDE', 'The disc is only partly inside the series.');
  if (hasMetal(box)) return withhold('METAL', 'Metal or cement next to the disc makes densities unreliable.');
  if (disc.heightMm < CT.minHeightFwhms * fwhm) {
    return withhold(
      'DISC_TOO_THIN',
      `The disc is ${disc.heightMm.toFixed(1)} mm high; ${(CT.minHeightFwhms * fwhm).toFixed(1)} mm are needed at this resolution.`,
    );
  }
  const reference = discReference(box, CT.guardFwhms * fwhm);
  if (reference.voxels < CT.minCoreVoxels)
    return withhold('DISC_TOO_SMALL', 'Too few voxels lie away from bone to measure.');
  const problem = unreliable(box, reference);
  if (problem) return withhold(problem.code, problem.text);
  const dense = denseTissue(box, reference);
  const value = describe(disc, reference, dense);
  const confidence = Math.min(
    disc.outlineConfidence,
    stability(disc, reference, value.volumeMm3),
    noiseConfidence(reference),
  );
  return { assessment: assessed(value, confidence), islands: dense.islands };
}

function unreliable(
  box: DiscBox,
  reference: DiscReference,
): { code: 'NOISE_TOO_HIGH' | 'CONTRAST_AGENT'; text: string } | undefined {
  if (reference.sigmaHU > CT.maxSigmaHU) {
    return {
      code: 'NOISE_TOO_HIGH',
      text: `Noise of ${reference.sigmaHU.toFixed(0)} HU hides or mimics calcification.`,
    };
  }
  if (reference.medianHU > CT.maxReferenceHU) {
    return { code: 'CONTRAST_AGENT', text: 'The whole disc is dense, as after discography.' };
  }
  const canal: number[] = [];
  box.canal.forEach((value, at) => {
    if (value === 1) canal.push(box.hu[at]!);
  });
  if (canal.length >= CT.minCoreVoxels && quantile(canal, 0.5) > CT.myelographyCanalHU) {
    return { code: 'CONTRAST_AGENT', text: 'The canal is dense, as after myelography.' };
  }
  return undefined;
}

function hasMetal(box: DiscBox): boolean {
  let voxels = 0;
  for (const hu of box.hu) if (hu > CT.metalHU) voxels++;
  return voxels * box.voxelMm3 >= CT.metalMinMm3;
}

function describe(disc: DiscOnCt, reference: DiscReference, dense: ReturnType<typeof denseTissue>): Calcification {
  const { box } = disc;
  const all = dense.islands.flatMap((island) => island.voxels.map((at) => box.hu[at]!));
  const discVolumeMm3 = box.disc.reduce((sum, value) => sum + value, 0) * box.voxelMm3;
  const volumeMm3 = all.length * box.voxelMm3;
  const extent = discExtent(disc);
  return {
    present: dense.islands.length > 0,
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
    islands: [...dense.islands]
      .sort((a, b) => b.voxels.length - a.voxels.length)
      .slice(0, 256)
      .map((island) => describeIsland(disc, reference, island, extent)),
    sensitivityBandMm3: {
      over130: volumeOver(box, dense, CT.bandLowHU),
      over160: volumeOver(box, dense, CT.bandMiddleHU),
      over200: volumeOver(box, dense, CT.bandHighHU),
    },
    boneContinuousVolumeMm3: dense.boneContinuousVoxels * box.voxelMm3,
    agatstonLike: agatstonLike(box, dense),
    referenceMedianHU: reference.medianHU,
    referenceSigmaHU: reference.sigmaHU,
    smallestDetectableMm: smallestDetectableMm(disc.spread, reference.medianHU, CT.nominalLesionHU),
  };
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

/** Half axes of the disc's ellipse, from the 1st to the 99th percentile of its voxels along its own axes. */
function discExtent({ box, axes }: DiscOnCt): Extent {
  const depth: number[] = [];
  const width: number[] = [];
  box.disc.forEach((value, at) => {
    if (value === 0) return;
    const d = sub(voxelLps(box, at), axes.centreLps);
    depth.push(dot(d, axes.posterior));
    width.push(dot(d, axes.left));
  });
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

function describeIsland(
  disc: DiscOnCt,
  reference: DiscReference,
  island: DenseIsland,
  extent: Extent,
): CalcificationIsland {
  const { box } = disc;
  const hu = island.voxels.map((at) => box.hu[at]!);
  const points = island.voxels.map((at) => voxelLps(box, at));
  const mean = (axis: 0 | 1 | 2): number => points.reduce((sum, p) => sum + p[axis], 0) / points.length;
  const centroidLps: Vec3 = [mean(0), mean(1), mean(2)];
  const nearBone = quantile(
    island.voxels.map((at) => reference.toBone[at]!),
    0.1,
  );
  return {
    volumeMm3: island.voxels.length * box.voxelMm3,
    centroidLps: [...centroidLps],
    site: siteOf(disc.axes, extent, centroidLps, nearBone, disc.heightMm),
    meanHU: hu.reduce((sum, value) => sum + value, 0) / hu.length,
    maxHU: quantile(hu, 1),
  };
}

function siteOf(
  axes: DiscAxes,
  extent: Extent,
  p: Vec3,
  toBoneMm: number,
  heightMm: number,
): CalcificationIsland['site'] {
  const d = sub(p, extent.centre);
  const depth = dot(d, axes.posterior) / Math.max(extent.halfDepthMm, 1);
  const width = dot(d, axes.left) / Math.max(extent.halfWidthMm, 1);
  if (toBoneMm <= Math.min(CT.endplateAdjacentMm, heightMm / 4)) return 'endplate-adjacent';
  if (Math.hypot(depth, width) <= CT.nucleusRadius) return 'nucleus';
  if (Math.abs(width) > Math.abs(depth)) return 'annulus-lateral';
  return depth < 0 ? 'annulus-anterior' : 'annulus-posterior';
}

/** How little the burden moves when every density moves by 30 HU: 1 not at all, 0 when it appears or vanishes. */
function stability(disc: DiscOnCt, reference: DiscReference, volumeMm3: number): number {
  const volumes = [-30, 30].map((shift) => {
    const shifted = { ...disc.box, hu: disc.box.hu.map((hu) => hu + shift) };
    const moved = denseTissue(shifted, { ...reference });
    return moved.islands.reduce((sum, island) => sum + island.voxels.length, 0) * disc.box.voxelMm3;
  });
  const top = Math.max(volumeMm3, ...volumes);
  const low = Math.min(volumeMm3, ...volumes);
  if (top === 0) return 1;
  return volumeMm3 === 0 ? 0.5 : Math.max(0.2, low / top);
}

/** 1 without noise, 0.4 at the noise above which nothing is said. */
function noiseConfidence(reference: DiscReference): number {
  return 1 - 0.6 * Math.min(1, reference.sigmaHU / CT.maxSigmaHU);
}
