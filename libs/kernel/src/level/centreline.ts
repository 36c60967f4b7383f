import { type ProbabilityStack } from '../segment/probability-stack';
import { CLASS } from '../segment/spine-class';
import { gaussianSmooth } from '../shape/smooth';
import { wordsOf } from '../shape/words';

/** One point of the spine's centreline, 1 mm of arc apart, cranial to caudal, in grid units. */
export interface CentrelinePoint {
  readonly column: number;
  readonly row: number;
  readonly slice: number;
  /** Unit tangent in the sagittal plane, [column, row] in mm, pointing caudally. */
  readonly tangent: readonly [number, number];
}

const LATERAL_SATURATION_MM = 20;
const CANAL_SATURATION_MM = 8;
const CANAL_FROM_MM = 12;
const CANAL_TO_MM = 40;
const HALF_DEPTH_MM = 8;
/** Columns per row; positive is posterior on the way down. */
const SLOPES = [-2, -1, 0, 1, 2, 3, 4] as const;
const STEP_LENGTHS = SLOPES.map((d) => Math.hypot(1, d));
const BEND_COST = 0.15;
const STEEP_COST = 0.05;

/**
 * Finds the line through the vertebral bodies and discs: the best path from the top row to the bottom row through what the
 * network takes for body, disc or sacrum with a canal behind it, then resampled by arc length.
 *
 * @param stack - probabilities on a grid of about 1 mm in plane
 * @returns undefined when nothing in the stack looks like a spine
 */
export function findCentreline(stack: ProbabilityStack): readonly CentrelinePoint[] | undefined {
  const [columns, rows] = stack.dims;
  const spine = lateralExtent(stack, [CLASS.body, CLASS.disc, CLASS.sacrum], LATERAL_SATURATION_MM);
  const canal = lateralExtent(stack, [CLASS.canal], CANAL_SATURATION_MM);
  const score = pathScore(spine, canal, columns, rows);
  if (score.reduce((top, value) => Math.max(top, value), 0) < 0.2) return undefined;
  const rough = centrePath(Float32Array.from(bestPath(score, columns, rows)), spine, columns);
  const slices = slicePath(stack, rough);
  const path = centrePath(rough, middleExtent(stack, slices), columns);
  return resample(path, slices);
}

/** Per pixel of the projection: lateral extent of the classes in mm over what saturates it, at most 1. */
function lateralExtent(stack: ProbabilityStack, classes: readonly number[], saturationMm: number): Float32Array {
  const [columns, rows, slices] = stack.dims;
  const plane = columns * rows;
  const map = new Float32Array(plane);
  const share = Math.min(stack.spacingMm[2], saturationMm) / saturationMm / 255;
  for (const n of classes) {
    const values = stack.planes[n]!;
    const fours = wordsOf(values);
    for (let k = 0; k < slices; k++) {
      for (let p = 0; p < plane; p++) {
        const at = k * plane + p;
        if ((at & 3) === 0 && fours[at >> 2] === 0) p += 3;
        else map[p] = map[p]! + values[at]! * share;
      }
    }
  }
  const cap = slices * stack.spacingMm[2] < saturationMm ? (slices * stack.spacingMm[2]) / saturationMm : 1;
  for (let p = 0; p < plane; p++) map[p] = Math.min(map[p]! / cap, 1);
  return map;
}

function pathScore(spine: Float32Array, canal: Float32Array, columns: number, rows: number): Float32Array {
  const score = new Float32Array(columns * rows);
  for (let r = 0; r < rows; r++) {
    const behind = canalBehind(canal, columns, rows, r);
    let sum = 0;
    for (let c = -HALF_DEPTH_MM; c < columns; c++) {
      const enter = c + HALF_DEPTH_MM;
      const leave = c - HALF_DEPTH_MM - 1;
      if (enter < columns) sum += spine[r * columns + enter]!;
      if (leave >= 0) sum -= spine[r * columns + leave]!;
      if (c >= 0) score[r * columns + c] = (sum / (2 * HALF_DEPTH_MM + 1)) * (0.45 + 0.55 * behind[c]!);
    }
  }
  return score;
}

/** Strongest canal 12 to 40 mm behind each column, over a few rows. */
function canalBehind(canal: Float32Array, columns: number, rows: number, r: number): Float32Array {
  const line = new Float32Array(columns);
  for (let y = Math.max(0, r - 6); y <= Math.min(rows - 1, r + 6); y += 3) {
    for (let c = 0; c < columns; c++) line[c] = Math.max(line[c]!, canal[y * columns + c]!);
  }
  const behind = new Float32Array(columns);
  for (let c = 0; c < columns; c++) {
    let top = 0;
    for (let b = c + CANAL_FROM_MM; b <= Math.min(c + CANAL_TO_MM, columns - 1); b++) top = Math.max(top, line[b]!);
    behind[c] = top;
  }
  return behind;
}

/**
 * Best path from the top row to the bottom row. The state is column and slope, so that bends cost and steep stretches
 * (a sacrum may lie almost flat) do not; a step earns its length.
 */
function bestPath(score: Float32Array, columns: number, rows: number): number[] {
  const slopes = SLOPES.length;
  const back = new Int8Array(columns * rows * slopes).fill(-1);
  let total = new Float32Array(columns * slopes);
  for (let c = 0; c < columns; c++) total.fill(score[c]!, c * slopes, (c + 1) * slopes);
  for (let r = 1; r < rows; r++) {
    const next = new Float32Array(columns * slopes).fill(-Infinity);
    for (let c = 0; c < columns; c++) {
      for (let d = 0; d < slopes; d++) {
        const from = c - SLOPES[d]!;
        if (from < 0 || from >= columns) continue;
        const gain = score[r * columns + c]! * STEP_LENGTHS[d]!;
        for (let e = Math.max(0, d - 1); e <= Math.min(slopes - 1, d + 1); e++) {
          const value =
            total[from * slopes + e]! + gain - (e === d ? 0 : BEND_COST) - STEEP_COST * Math.abs(SLOPES[d]!);
          if (value > next[c * slopes + d]!) {
            next[c * slopes + d] = value;
            back[(r * columns + c) * slopes + d] = e;
          }
        }
      }
    }
    total = next;
  }
  let end = 0;
  for (let n = 1; n < total.length; n++) if (total[n]! > total[end]!) end = n;
  let [c, d] = [Math.floor(end / slopes), end % slopes];
  const path = new Array<number>(rows).fill(c);
  for (let r = rows - 1; r > 0; r--) {
    path[r] = c;
    const e = back[(r * columns + c) * slopes + d]!;
    c -= SLOPES[d]!;
    d = e;
    path[r - 1] = c;
  }
  return path;
}

/** Moves each row of the path to the centre of what lies around it and smooths. */
function centrePath(path: Float32Array, spine: Float32Array, columns: number): Float32Array {
  let line = gaussianSmooth(path, 4);
  for (const sigma of [6, 7]) {
    const weights = new Float32Array(line.length);
    const centred = line.map((c, r) => {
      let sum = 0.5;
      let moment = 0.5 * c;
      for (let x = Math.max(0, Math.round(c) - 18); x <= Math.min(columns - 1, Math.round(c) + 18); x++) {
        const value = spine[r * columns + x]!;
        sum += value;
        moment += value * x;
      }
      weights[r] = sum;
      return moment / sum;
    });
    const weighted = gaussianSmooth(
      centred.map((c, r) => c * weights[r]!),
      sigma,
    );
    const norm = gaussianSmooth(weights, sigma);
    line = weighted.map((c, r) => c / norm[r]!);
  }
  return line;
}

/** Mean probability of body, disc or sacrum over the slices in the middle of the spine: what lies beside it has no say. */
function middleExtent(stack: ProbabilityStack, middle: Float32Array): Float32Array {
  const [columns, rows, slices] = stack.dims;
  const side = Math.floor(HALF_DEPTH_MM / stack.spacingMm[2]);
  const map = new Float32Array(columns * rows);
  const share = 1 / (255 * (2 * side + 1));
  for (const n of [CLASS.body, CLASS.disc, CLASS.sacrum]) {
    const values = stack.planes[n]!;
    for (let r = 0; r < rows; r++) {
      for (let d = -side; d <= side; d++) {
        const k = Math.min(Math.max(Math.round(middle[r]!) + d, 0), slices - 1);
        const from = (k * rows + r) * columns;
        for (let c = 0; c < columns; c++) map[r * columns + c]! += values[from + c]! * share;
      }
    }
  }
  return map;
}

/** The slice through the middle of the bodies, per row. */
function slicePath(stack: ProbabilityStack, path: Float32Array): Float32Array {
  const [columns, rows, slices] = stack.dims;
  const weight = new Float32Array(rows);
  const moment = new Float32Array(rows);
  const [body, disc, sacrum] = [stack.planes[CLASS.body]!, stack.planes[CLASS.disc]!, stack.planes[CLASS.sacrum]!];
  for (let k = 0; k < slices; k++) {
    for (let r = 0; r < rows; r++) {
      const centre = Math.round(path[r]!);
      for (let c = Math.max(0, centre - 12); c <= Math.min(columns - 1, centre + 12); c++) {
        const at = (k * rows + r) * columns + c;
        const value = body[at]! + disc[at]! + sacrum[at]!;
        weight[r] = weight[r]! + value;
        moment[r] = moment[r]! + value * k;
      }
    }
  }
  const norm = gaussianSmooth(weight, 15);
  const sum = gaussianSmooth(moment, 15);
  return sum.map((value, r) => (norm[r]! > 1 ? value / norm[r]! : (slices - 1) / 2));
}

function resample(path: Float32Array, slices: Float32Array): CentrelinePoint[] {
  const points: CentrelinePoint[] = [];
  const last = path.length - 1;
  let row = 0;
  while (row <= last) {
    const r0 = Math.min(Math.floor(row), Math.max(last - 1, 0));
    const f = row - r0;
    const at = (line: Float32Array): number => line[r0]! * (1 - f) + (line[Math.min(r0 + 1, last)] ?? line[r0]!) * f;
    const low = Math.max(0, r0 - 5);
    const high = Math.min(last, r0 + 5);
    const slope = high > low ? (path[high]! - path[low]!) / (high - low) : 0;
    const norm = Math.hypot(1, slope);
    points.push({ column: at(path), row, slice: at(slices), tangent: [slope / norm, 1 / norm] });
    row += 1 / norm;
  }
  return points;
}
