import { add, dot, length, planeAxes, scale, sub, type Vec3 } from '@endplate/dicom';
import { type InstanceHeader } from './instance-header';
import { type SeriesProblem } from './series';

/** Positions nearer than this are one position, mm. */
const SAME_POSITION_MM = 0.01;
/** More neighbouring slices missing than this split the stack; fewer are filled. */
const MAX_MISSING_TOGETHER = 3;
/** A plane may lie this far off its place, as a part of the spacing. */
const IRREGULAR = 0.25;
/** Angle between the step and the normal from which a gantry counts as tilted, degrees. */
const TILT_DEG = 1;

/** Planes of one stack in order, with their indices. */
export interface PlaneStack {
  readonly headers: readonly InstanceHeader[];
  readonly normal: Vec3;
  readonly spacingMm: number;
  readonly stepLps: Vec3;
  readonly planeIndices: readonly number[];
  readonly problems: readonly SeriesProblem[];
}

interface Placed {
  readonly header: InstanceHeader;
  readonly position: Vec3;
  readonly mm: number;
}

/**
 * Puts parallel images in order along their normal, drops second images at one position, and finds spacing and gaps.
 *
 * @param headers - images with one orientation, all with orientation, position and pixel spacing
 * @throws DicomGeometryError `DICOM_GEOMETRY_INVALID` if the orientation is no orientation
 */
export function stackPlanes(headers: readonly InstanceHeader[]): PlaneStack {
  const problems: SeriesProblem[] = [];
  const { normal } = planeAxes(headers[0]?.imageOrientationPatient ?? []);
  const sorted = longestRun(dropDuplicates(sortAlong(headers, normal), problems), problems);
  const first = sorted[0] as Placed;
  const last = sorted[sorted.length - 1] as Placed;
  if (sorted.length === 1) {
    const spacingMm = first.header.spacingBetweenSlicesMm ?? first.header.sliceThicknessMm ?? 1;
    const positive = spacingMm > 0 ? spacingMm : 1;
    problems.push({ code: 'single-slice', text: 'The stack has a single slice.' });
    return {
      headers: [first.header],
      normal,
      spacingMm: positive,
      stepLps: scale(normal, positive),
      planeIndices: [0],
      problems,
    };
  }
  const spacing = medianSpacing(sorted);
  const planeIndices = indices(sorted, spacing, problems);
  const steps = planeIndices[planeIndices.length - 1] as number;
  const stepLps = scale(sub(last.position, first.position), 1 / steps);
  nameTilt(stepLps, normal, problems);
  nameIrregular(sorted, planeIndices, first.position, stepLps, problems);
  return {
    headers: sorted.map((placed) => placed.header),
    normal,
    spacingMm: dot(stepLps, normal),
    stepLps,
    planeIndices,
    problems,
  };
}

function sortAlong(headers: readonly InstanceHeader[], normal: Vec3): Placed[] {
  return headers
    .map((header) => {
      const position = header.imagePositionPatient ?? [0, 0, 0];
      return { header, position, mm: dot(position, normal) };
    })
    .sort(
      (a, b) =>
        a.mm - b.mm ||
        order(a.header) - order(b.header) ||
        (a.header.sopInstanceUID < b.header.sopInstanceUID ? -1 : 1),
    );
}

function order(header: InstanceHeader): number {
  return (header.instanceNumber ?? 0) * 65536 + (header.frameNumber ?? 0);
}

function dropDuplicates(sorted: readonly Placed[], problems: SeriesProblem[]): Placed[] {
  const kept: Placed[] = [];
  for (const placed of sorted) {
    const before = kept[kept.length - 1];
    if (before === undefined || placed.mm - before.mm > SAME_POSITION_MM) kept.push(placed);
  }
  const dropped = sorted.length - kept.length;
  if (dropped > 0) {
    problems.push({
      code: 'duplicate-position',
      text: `${dropped} images lie where another one lies; the first was kept.`,
    });
  }
  return kept;
}

/** The longest part without a gap of more slices than are filled. */
function longestRun(sorted: readonly Placed[], problems: SeriesProblem[]): readonly Placed[] {
  if (sorted.length < 3) return sorted;
  const limit = medianSpacing(sorted) * (MAX_MISSING_TOGETHER + 1.5);
  let [best, start]: [readonly Placed[], number] = [[], 0];
  for (let n = 1; n <= sorted.length; n++) {
    const gap = n === sorted.length ? Infinity : (sorted[n] as Placed).mm - (sorted[n - 1] as Placed).mm;
    if (gap <= limit) continue;
    if (n - start > best.length) best = sorted.slice(start, n);
    start = n;
  }
  const dropped = sorted.length - best.length;
  if (dropped > 0) {
    problems.push({
      code: 'slices-dropped',
      text: `${dropped} slices behind a gap of more than ${MAX_MISSING_TOGETHER} slices were left out.`,
    });
  }
  return best;
}

function medianSpacing(sorted: readonly Placed[]): number {
  const gaps = sorted.slice(1).map((placed, n) => placed.mm - (sorted[n] as Placed).mm);
  gaps.sort((a, b) => a - b);
  return gaps[(gaps.length - 1) >> 1] ?? 1;
}

/** Plane index of each slice: a gap of twice the usual spacing leaves an index out. */
function indices(sorted: readonly Placed[], spacing: number, problems: SeriesProblem[]): number[] {
  const result = [0];
  for (let n = 1; n < sorted.length; n++) {
    const gap = (sorted[n] as Placed).mm - (sorted[n - 1] as Placed).mm;
    result.push((result[n - 1] as number) + Math.max(1, Math.round(gap / spacing)));
  }
  const missing = (result[result.length - 1] as number) + 1 - sorted.length;
  if (missing > 0) {
    problems.push({ code: 'missing-slices', text: `${missing} slices are missing; the volume is interpolated there.` });
  }
  return result;
}

function nameTilt(step: Vec3, normal: Vec3, problems: SeriesProblem[]): void {
  const degrees = (Math.acos(Math.min(1, Math.abs(dot(step, normal)) / length(step))) * 180) / Math.PI;
  if (degrees > TILT_DEG) {
    problems.push({
      code: 'gantry-tilt',
      text: `The stack is sheared by ${degrees.toFixed(1)} degrees (gantry tilt).`,
    });
  }
}

function nameIrregular(
  sorted: readonly Placed[],
  planeIndices: readonly number[],
  origin: Vec3,
  step: Vec3,
  problems: SeriesProblem[],
): void {
  let worst = 0;
  sorted.forEach((placed, n) => {
    const expected = add(origin, scale(step, planeIndices[n] as number));
    worst = Math.max(worst, length(sub(placed.position, expected)));
  });
  if (worst > IRREGULAR * length(step)) {
    problems.push({ code: 'irregular-spacing', text: `Slices lie up to ${worst.toFixed(2)} mm off an even spacing.` });
  }
}
