import { type ProbabilityStack } from '../segment/probability-stack';
import { interpolateProbabilities } from '../segment/probability-stack';
import { CLASS, SPINE_CLASSES } from '../segment/spine-class';
import { type CentrelinePoint } from './centreline';
import { type SpineChain } from './chain';

const MIN_SACRUM = 0.45;
const DISCS_TRIED = 4;
const AHEAD_MM = 26;
const EXTENSION_MM = 60;
const HALF_WINDOW_MM = [20, 9] as const;
/** The sacrum bends backwards below its first segment, degrees per mm. */
const BEND_DEG_PER_MM = 0.4;

/**
 * Turns the centreline into the sacrum where it went past it: a steep sacrum lies almost flat, and bowel or bladder below can
 * look like the way on. Beyond the lowest disc that has sacrum across its own axis, the line follows that axis.
 *
 * @returns undefined when the line need not change
 */
export function rerouteIntoSacrum(
  stack: ProbabilityStack,
  line: readonly CentrelinePoint[],
  chain: SpineChain,
): readonly CentrelinePoint[] | undefined {
  const discs = chain.segments.filter((s) => s.kind === 'disc' && !s.cut).slice(-DISCS_TRIED);
  for (const disc of discs.reverse()) {
    const centre = line[Math.min(Math.floor((disc.from + disc.to) / 2), line.length - 1)]!;
    const axis = discAxis(stack, centre);
    const start = Math.ceil((disc.to - disc.from) / 2);
    const extension = extend(centre, axis, start, stack);
    const ahead = extension.slice(start, start + AHEAD_MM);
    if (ahead.length < AHEAD_MM / 2 || sacrumAlong(stack, ahead) < MIN_SACRUM) continue;
    const current = line.slice(disc.to, disc.to + AHEAD_MM);
    if (sacrumAlong(stack, current) >= sacrumAlong(stack, ahead) - 0.05) return undefined;
    return [...line.slice(0, Math.floor((disc.from + disc.to) / 2)), ...extension];
  }
  return undefined;
}

/** Direction across a disc in its middle slice, pointing caudally: at right angles to the long axis of what looks like disc. */
function discAxis(stack: ProbabilityStack, centre: CentrelinePoint): readonly [number, number] {
  const p = new Float32Array(SPINE_CLASSES.length);
  const [tx, ty] = centre.tangent;
  let [weight, xx, xy, yy, mx, my] = [0, 0, 0, 0, 0, 0];
  const points: [number, number, number][] = [];
  for (let u = -HALF_WINDOW_MM[0]; u <= HALF_WINDOW_MM[0]; u++) {
    for (let w = -HALF_WINDOW_MM[1]; w <= HALF_WINDOW_MM[1]; w++) {
      const [x, y] = [u * ty + w * tx, -u * tx + w * ty];
      interpolateProbabilities(stack, centre.column + x, centre.row + y, Math.round(centre.slice), p);
      const value = p[CLASS.disc]!;
      points.push([x, y, value]);
      weight += value;
      mx += value * x;
      my += value * y;
    }
  }
  if (weight < 20) return centre.tangent;
  for (const [x, y, value] of points) {
    const [dx, dy] = [x - mx / weight, y - my / weight];
    xx += value * dx * dx;
    xy += value * dx * dy;
    yy += value * dy * dy;
  }
  // Angle of the long axis of the second moments; the axis across it is a quarter turn away.
  const angle = 0.5 * Math.atan2(2 * xy, xx - yy) + Math.PI / 2;
  const axis: readonly [number, number] = [Math.cos(angle), Math.sin(angle)];
  return axis[0] * tx + axis[1] * ty >= 0 ? axis : [-axis[0], -axis[1]];
}

function extend(
  centre: CentrelinePoint,
  axis: readonly [number, number],
  straightMm: number,
  stack: ProbabilityStack,
): CentrelinePoint[] {
  const [columns, rows] = stack.dims;
  const points: CentrelinePoint[] = [];
  let [column, row] = [centre.column, centre.row];
  let angle = Math.atan2(axis[1], axis[0]);
  for (let mm = 0; mm < EXTENSION_MM; mm++) {
    if (column < 0 || row < 0 || column > columns - 1 || row > rows - 1) break;
    const tangent: readonly [number, number] = [Math.cos(angle), Math.sin(angle)];
    points.push({ column, row, slice: centre.slice, tangent });
    column += tangent[0];
    row += tangent[1];
    // Towards the back of the patient is towards larger columns: the angle from the column axis falls.
    if (mm > straightMm + AHEAD_MM) angle -= (BEND_DEG_PER_MM * Math.PI) / 180;
  }
  return points;
}

/** Mean probability of sacrum over a band 14 mm deep around some points. */
function sacrumAlong(stack: ProbabilityStack, points: readonly CentrelinePoint[]): number {
  const p = new Float32Array(SPINE_CLASSES.length);
  let [sum, count] = [0, 0];
  for (const point of points) {
    for (let u = -7; u <= 7; u += 2) {
      const [c, r] = [point.column + u * point.tangent[1], point.row - u * point.tangent[0]];
      interpolateProbabilities(stack, c, r, Math.round(point.slice), p);
      sum += p[CLASS.sacrum]! + 0.3 * p[CLASS.body]!;
      count++;
    }
  }
  return count > 0 ? sum / count : 0;
}
