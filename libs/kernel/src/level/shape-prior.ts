import { median, quantile } from '../measure/statistics';
import { type ProbabilityStack } from '../segment/probability-stack';
import { CLASS } from '../segment/spine-class';
import { THRESHOLDS } from '../thresholds';
import { type CentrelinePoint } from './centreline';
import { type InstanceMap, type SpineInstance } from './instance';

/** The shape that a body should have, read off its middle slices; mm in its own axes. */
interface ExpectedShape {
  /** Point of the grid that the axes start from, [column, row], and the slice that the middle lies on. */
  readonly from: readonly [number, number];
  readonly slice: number;
  readonly tangent: readonly [number, number];
  /** Middle and half length across (front to back) and along the spine. */
  readonly across: readonly [number, number];
  readonly along: readonly [number, number];
  readonly halfWidthMm: number;
  readonly kind: SpineInstance['kind'];
}

/** Slices of at least this share of the largest areas show the middle of a body. */
const MIDDLE_AREA = 0.8;
const MOST = [0.02, 0.98] as const;
/** The ends of a body, where its depth is that of its endplates. */
const END = 0.25;
/** Exponents of the outline seen from above: round in front, squarer behind. */
const ROUND = 2;
const SQUARE = 4;
/** How fast the side's waist gives way to the rims. */
const FLARE = 3;
/** Standard deviation of the logistic distribution of unit scale. */
const LOGISTIC_SD = Math.PI / Math.sqrt(3);

/**
 * Weighs bodies and the first sacral segment with the width that their depth leads to expect, in place: where a voxel lies
 * outside the expected outline, the odds of the network are multiplied by the odds that a vertebra reaches as far (a
 * logistic spread around the mean). Thick slices that graze the side of a body look like the body itself to a network that
 * sees them one at a time; their distance from the middle tells more.
 *
 * Nothing is added, and nothing changes where fewer than three slices show an instance.
 */
export function weighExpectedShape(stack: ProbabilityStack, map: InstanceMap, line: readonly CentrelinePoint[]): void {
  const voxels = voxelsByLabel(map);
  for (const instance of map.instances) {
    if ((instance.kind !== 'body' && instance.kind !== 'sacrum') || instance.segment.cut) continue;
    const own = voxels[instance.label] ?? [];
    const shape = expectedShape(map, instance, own, line);
    if (shape) lower(stack, shape, own);
  }
}

function voxelsByLabel({ labels }: InstanceMap): number[][] {
  const voxels: number[][] = [];
  for (let at = 0; at < labels.length; at++) {
    const label = labels[at]!;
    if (label !== 0) (voxels[label] ??= []).push(at);
  }
  return voxels;
}

function expectedShape(
  map: InstanceMap,
  { kind, segment }: SpineInstance,
  voxels: readonly number[],
  line: readonly CentrelinePoint[],
): ExpectedShape | undefined {
  const [columns, rows, slices] = map.dims;
  const mid = line[Math.min(Math.floor((segment.from + segment.to) / 2), line.length - 1)]!;
  const axes = { from: [mid.column, mid.row], tangent: mid.tangent } as const;
  const bySlice: number[][] = Array.from({ length: slices }, () => []);
  for (const at of voxels) bySlice[Math.floor(at / (columns * rows))]!.push(at);
  const areas = bySlice.map((own) => own.length);
  const seen = areas.filter((area) => area > 0);
  const large = MIDDLE_AREA * quantile(seen, MIDDLE_AREA);
  const middle = bySlice.flatMap((own, k) => (own.length > 0 && own.length >= large ? [k] : []));
  if (seen.length < 3) return undefined;
  const spans = middle.map((k) => sliceSpan(map, axes, bySlice[k]!, kind));
  const centreAndHalf = (pick: (span: Span) => readonly [number, number]): readonly [number, number] => {
    const [low, high] = [median(spans.map((s) => pick(s)[0])), median(spans.map((s) => pick(s)[1]))];
    return [(low + high) / 2, (high - low) / 2];
  };
  const across = centreAndHalf((span) => span.across);
  const ratio = kind === 'sacrum' ? THRESHOLDS.level.sacrumWidthRatio : THRESHOLDS.level.bodyWidthRatio;
  return {
    ...axes,
    slice: middle.reduce((sum, k) => sum + k, 0) / middle.length,
    across,
    along: centreAndHalf((span) => span.along),
    halfWidthMm: ratio * across[1],
    kind,
  };
}

interface Span {
  readonly across: readonly [number, number];
  readonly along: readonly [number, number];
}

/** What a slice of an instance covers along the spine and, at its ends, across it. */
function sliceSpan(
  map: InstanceMap,
  axes: Pick<ExpectedShape, 'from' | 'tangent'>,
  voxels: readonly number[],
  kind: SpineInstance['kind'],
): Span {
  const places = voxels.map((at) => place(map, axes, at));
  const along = MOST.map((f) => quantile(places.map((p) => p[1]), f)) as [number, number]; // prettier-ignore
  const end = END * (along[1] - along[0]);
  const atEnds = places.filter(([, u]) => u < along[0] + end || (kind === 'body' && u > along[1] - end));
  return { along, across: MOST.map((f) => quantile(atEnds.map((p) => p[0]), f)) as [number, number] }; // prettier-ignore
}

/** Place of a voxel in the axes of an instance: across (backward) and along the spine (down), mm. */
function place(
  { dims, spacingMm }: Pick<InstanceMap, 'dims' | 'spacingMm'>,
  { from, tangent }: Pick<ExpectedShape, 'from' | 'tangent'>,
  at: number,
): readonly [number, number] {
  const c = at % dims[0];
  const r = Math.floor(at / dims[0]) % dims[1];
  const dc = (c - from[0]) * spacingMm[0];
  const dr = (r - from[1]) * spacingMm[1];
  return [dc * tangent[1] - dr * tangent[0], dc * tangent[0] + dr * tangent[1]];
}

function lower(stack: ProbabilityStack, shape: ExpectedShape, voxels: readonly number[]): void {
  const outside = stack.planes[CLASS.background]!;
  const plane = stack.dims[0] * stack.dims[1];
  for (const at of voxels) {
    const beyond = distanceOutside(shape, place(stack, shape, at), (Math.floor(at / plane) - shape.slice) * stack.spacingMm[2]); // prettier-ignore
    if (beyond <= 0) continue;
    const odds = Math.exp((-LOGISTIC_SD * beyond) / THRESHOLDS.level.bodyWidthSpreadMm);
    for (const c of [CLASS.body, CLASS.sacrum]) {
      const values = stack.planes[c]!;
      // A byte holds no probability closer to 1 than half a step.
      const p = Math.min(values[at]!, 254.5) / 255;
      const left = Math.round((255 * p * odds) / (1 - p + p * odds));
      outside[at] = Math.min(255, outside[at]! + values[at]! - Math.min(values[at]!, left));
      values[at] = Math.min(values[at]!, left);
    }
  }
}

/** How far a point lies outside the expected outline along the ray from the middle, mm; 0 inside. */
function distanceOutside(shape: ExpectedShape, [p, u]: readonly [number, number], lateralMm: number): number {
  const l = Math.abs(lateralMm);
  if (shape.kind === 'sacrum') return l - shape.halfWidthMm;
  const back = p - shape.across[0];
  const v = Math.min(1, Math.abs(u - shape.along[0]) / Math.max(1, shape.along[1]));
  const waist = THRESHOLDS.level.bodySideWaist * (1 - v ** FLARE);
  const e = back < 0 ? ROUND : SQUARE;
  const halfDepth = Math.max(1, shape.across[1] + 0.5);
  const r = ((l / (shape.halfWidthMm * (1 - waist))) ** e + (Math.abs(back) / halfDepth) ** e) ** (1 / e);
  return r <= 1 ? 0 : (1 - 1 / r) * Math.hypot(l, back);
}
