import { medianAndSigma, quantile } from '../measure/statistics';
import { countVoxels } from '../shape/components';
import { THRESHOLDS } from '../thresholds';
import { type DiscBox } from './disc-box';

/** What the blur of bone adds to a disc, by distance from the surface of bone in widths of the point spread. */
export interface BoneBlur {
  /** HU over the disc's own median at a distance. */
  readonly addedHU: (widths: number) => number;
  /** Spread of what is there, 1.4826 MAD, HU. */
  readonly sigmaHU: (widths: number) => number;
}

const CT = THRESHOLDS.ct;
/** Deepest voxel under the surface that still holds enough of the disc to say something of it. */
export const LEAST_WIDTHS = -0.25;
const STEP = 0.15;
const BINS = Math.ceil((CT.guardFwhms - LEAST_WIDTHS) / STEP);
const LEAST_VOXELS = 25;
/** How much more than its share bone may add, before its outline is doubted rather than its density. */
const ALLOWANCE = 1.3;

/** Share of bone in a voxel at a distance from its surface: the edge response of a Gaussian. */
export function boneShare(widths: number): number {
  // Logistic form of the normal distribution, error below 0.01 (Bowling et al. 2009, J Ind Eng Manag 2:114).
  const z = -widths * 2.3548;
  return 1 / (1 + Math.exp(-1.702 * z));
}

/**
 * Measures the blur of bone in its guard band as the median over all of the band at the same distance, where calcification
 * is the exception. It is never taken for more than the bone itself explains: an outline that is off would hide in it.
 */
export function boneBlur(box: DiscBox, medianHU: number, sigmaHU: number): BoneBlur {
  const bins: number[][] = Array.from({ length: BINS }, () => []);
  const { hu, disc, bone, toBone } = box;
  const deep = new Float64Array(countVoxels(bone));
  let deepVoxels = 0;
  for (let at = 0; at < hu.length; at++) {
    const d = toBone[at]!;
    if (d > CT.guardFwhms) continue;
    if (d > LEAST_WIDTHS) {
      if (disc[at] === 1 || bone[at] === 1) bins[binOf(d)]!.push(hu[at]!);
    } else if (bone[at] === 1) deep[deepVoxels++] = hu[at]!;
  }
  const boneHU = deepVoxels > 0 ? quantile(deep.subarray(0, deepVoxels), 0.75) : medianHU;
  const added = new Float64Array(BINS);
  const sigma = new Float64Array(BINS);
  for (let bin = BINS - 1; bin >= 0; bin--) {
    const share = boneShare(LEAST_WIDTHS + (bin + 0.5) * STEP);
    const most = ALLOWANCE * share * Math.max(boneHU - medianHU, 0);
    const [outer, outerSigma] = bin + 1 < BINS ? [added[bin + 1]!, sigma[bin + 1]!] : [0, sigmaHU];
    const [median, spread] = bins[bin]!.length >= LEAST_VOXELS ? medianAndSigma(bins[bin]!) : [medianHU + most, outerSigma]; // prettier-ignore
    added[bin] = Math.max(outer, Math.min(most, median - medianHU));
    sigma[bin] = Math.max(outerSigma, spread);
  }
  return {
    addedHU: (d) => (d > CT.guardFwhms ? 0 : between(added, d)),
    sigmaHU: (d) => (d > CT.guardFwhms ? sigmaHU : sigma[binOf(d)]!),
  };
}

function binOf(widths: number): number {
  return Math.min(BINS - 1, Math.max(0, Math.floor((widths - LEAST_WIDTHS) / STEP)));
}

/** Value at a distance, straight between the middles of the bins. */
function between(values: Float64Array, widths: number): number {
  const place = Math.min(BINS - 1, Math.max(0, (widths - LEAST_WIDTHS) / STEP - 0.5));
  const n = Math.min(BINS - 2, Math.floor(place));
  return values[n]! + (place - n) * (values[n + 1]! - values[n]!);
}
