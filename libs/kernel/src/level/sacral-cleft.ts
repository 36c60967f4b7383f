import { applyAffine, type Vec3 } from '@endplate/dicom';
import { mean, medianAndSigma } from '../measure/statistics';
import { type SagittalGrid } from '../segment/probability-stack';
import { THRESHOLDS } from '../thresholds';
import { type CentrelinePoint } from './centreline';
import { type BorderLine } from './chain';

/** Where the images show that the first sacral segment ends. */
export interface SacralCleft {
  /** Place on the centreline, mm of arc. */
  readonly at: number;
  readonly border: BorderLine;
}

const HALF_DEPTH_MM = 9;
const DEPTH_STEP_MM = 1.5;
const HALF_WIDTH_MM = 8;
const STEP_MM = 0.5;
const TILT_STEP_DEG = 4;
/** Of the samples of one plane, how many have to lie in the image. */
const MIN_COVERED = 0.6;
/** Where marrow is read on both sides of a line, mm from its middle; thicker than any cleft of a fused sacrum. */
const BESIDE_MM = [4, 8] as const;
/** Marrow of S1 whose surroundings hold neither endplate nor cleft: from the upper endplate, mm, to heights of the body above. */
const MARROW_FROM_MM = 10;
const MARROW_TO = 0.6;
/** Part of its dip by which the signal has fallen at the border: a remnant is a lens, so that planes meet part of its upper rim. */
const FALLEN = 0.25;
/** A rim is 1.5 mm wide with its blur; grains of marrow are not. */
const RIM_SAMPLES = 3;
/** Noise is not taken for less, of the marrow's signal: the sigma of few samples may come out as nothing. */
const LEAST_NOISE = 0.01;

/** A dark line across the sacrum: its mean signal lies below that of the marrow on both sides. */
interface DarkLine {
  /** From the pivot along its axis, mm. */
  readonly w: number;
  /** How much darker, of the marrow's signal. */
  readonly depth: number;
  readonly profile: TiltedProfile;
}

/**
 * Finds the remnant of the disc between S1 and S2 in grey values: the endplates beside it are dark on every MR sequence, and
 * a line that runs across the sacrum is where the mean over planes nearly at right angles to its axis dips. The border of S1
 * is where that dip begins.
 *
 * @param line - in grid units
 * @param from - where the sacrum begins, mm of arc
 * @param bodyMm - height of the vertebral body above
 * @param signals - of series that lie on the grid; the one that shows the line best decides
 * @returns undefined where no line is darker than marrow by `level.cleftContrast` and `level.cleftNoise`
 */
export function findSacralCleft(
  grid: SagittalGrid,
  line: readonly CentrelinePoint[],
  from: number,
  bodyMm: number,
  signals: readonly ((p: Vec3) => number | undefined)[],
): SacralCleft | undefined {
  const pivotAt = Math.min(line.length - 1, Math.round(from + bodyMm));
  const pivot = line[pivotAt]!;
  const clear = signals.flatMap((signal) => {
    const found = clearestLine(grid, pivot, bodyMm, signal);
    return found ? [found] : [];
  });
  const clearest = clear.reduce<ClearLine | undefined>(
    (top, one) => (top && top.ratio >= one.ratio ? top : one),
    undefined,
  );
  if (!clearest) return undefined;
  const w = upperEdge(clearest.line);
  const { normal } = clearest.line.profile;
  const [tx, ty] = pivot.tangent;
  return {
    at: Math.round(pivotAt + w),
    border: { column: pivot.column + w * tx, row: pivot.row + w * ty, normal },
  };
}

interface ClearLine {
  readonly line: DarkLine;
  /** Contrast over noise. */
  readonly ratio: number;
}

/** The darkest line of one series, if it is dark enough for its noise and not at the end of the search. */
function clearestLine(
  grid: SagittalGrid,
  pivot: CentrelinePoint,
  bodyMm: number,
  signal: (p: Vec3) => number | undefined,
): ClearLine | undefined {
  const { cleftFrom, cleftTo, cleftTiltDeg, cleftContrast, cleftNoise } = THRESHOLDS.level;
  const marrow: number[] = [];
  let best: DarkLine | undefined;
  const [low, high] = [(cleftFrom - 1) * bodyMm, (cleftTo - 1) * bodyMm];
  for (let deg = -cleftTiltDeg; deg <= cleftTiltDeg; deg += TILT_STEP_DEG) {
    const reach = { from: MARROW_FROM_MM - bodyMm - BESIDE_MM[1], to: high + BESIDE_MM[1] };
    const profile = tiltedProfile(grid, pivot, (deg * Math.PI) / 180, reach, signal);
    for (let w = MARROW_FROM_MM - bodyMm; w <= high; w += STEP_MM) {
      const depth = depthOfLine(profile, w);
      if (Number.isNaN(depth)) continue;
      if (w <= (MARROW_TO - 1) * bodyMm) marrow.push(depth);
      else if (w >= low && depth > (best?.depth ?? 0)) best = { w, depth, profile };
    }
  }
  const atEnd = best === undefined || best.w < low + STEP_MM || best.w > high - 2 * STEP_MM;
  if (!best || atEnd || best.depth < cleftContrast || marrow.length === 0) return undefined;
  const [usual, sigma] = medianAndSigma(marrow);
  const ratio = (best.depth - usual) / Math.max(sigma, LEAST_NOISE);
  return ratio >= cleftNoise ? { line: best, ratio } : undefined;
}

/** Mean signal over planes that lie `fromMm` and further from the pivot along the axis; NaN where too little is in the image. */
interface TiltedProfile {
  readonly fromMm: number;
  readonly values: Float64Array;
  /** Across the planes, pointing caudally, [column, row]. */
  readonly normal: readonly [number, number];
}

function tiltedProfile(
  grid: SagittalGrid,
  pivot: CentrelinePoint,
  tilt: number,
  { from, to }: { readonly from: number; readonly to: number },
  signal: (p: Vec3) => number | undefined,
): TiltedProfile {
  const [tx, ty] = pivot.tangent;
  const [cos, sin] = [Math.cos(tilt), Math.sin(tilt)];
  const normal = [tx * cos - ty * sin, tx * sin + ty * cos] as const;
  const side = Math.floor(HALF_WIDTH_MM / grid.spacingMm[2]);
  const middle = Math.round(pivot.slice);
  const [first, last] = [Math.max(0, middle - side), Math.min(grid.dims[2] - 1, middle + side)];
  const values = new Float64Array(Math.floor((to - from) / STEP_MM) + 1);
  for (let n = 0; n < values.length; n++) {
    const w = from + n * STEP_MM;
    let [sum, count, all] = [0, 0, 0];
    for (let slice = first; slice <= last; slice++) {
      for (let u = -HALF_DEPTH_MM; u <= HALF_DEPTH_MM; u += DEPTH_STEP_MM) {
        const place: Vec3 = [pivot.column + w * tx + u * normal[1], pivot.row + w * ty - u * normal[0], slice];
        const value = signal(applyAffine(grid.affine, place));
        all++;
        if (value === undefined) continue;
        sum += value;
        count++;
      }
    }
    values[n] = count >= MIN_COVERED * all ? sum / count : Number.NaN;
  }
  return { fromMm: from, values, normal };
}

/** How much darker a line is than the marrow on both sides, of the marrow's signal. */
function depthOfLine(profile: TiltedProfile, w: number): number {
  const above = meanBetween(profile, w - BESIDE_MM[1], w - BESIDE_MM[0]);
  const below = meanBetween(profile, w + BESIDE_MM[0], w + BESIDE_MM[1]);
  const marrow = (above + below) / 2;
  return (marrow - meanBetween(profile, w - STEP_MM, w + STEP_MM)) / Math.max(marrow, 1e-6);
}

/** Mean of a stretch of a profile; NaN where part of it is not known. */
function meanBetween({ fromMm, values }: TiltedProfile, from: number, to: number): number {
  const first = Math.max(0, Math.round((from - fromMm) / STEP_MM));
  return mean([...values.subarray(first, Math.round((to - fromMm) / STEP_MM) + 1)]);
}

/** Where the signal falls from marrow to the line on the way down, or to a dark rim above it, and stays low for a while. */
function upperEdge({ w, profile }: DarkLine): number {
  const reach = THRESHOLDS.level.cleftHeightMm;
  const marrow = meanBetween(profile, w - reach - 3, w - reach);
  const level = marrow - FALLEN * (marrow - meanBetween(profile, w - STEP_MM, w + STEP_MM));
  const place = (at: number): number => Math.round((at - profile.fromMm) / STEP_MM);
  for (let n = place(w - reach) + 1; n <= place(w); n++) {
    const [before, value] = [profile.values[n - 1]!, profile.values[n]!];
    const stays = profile.values.subarray(n, n + RIM_SAMPLES).every((next) => next < level);
    if (stays && before >= level) return profile.fromMm + (n - (level - value) / (before - value)) * STEP_MM;
  }
  return w;
}
