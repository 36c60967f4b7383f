import { type ProbabilityStack } from '../segment/probability-stack';
import { CLASS } from '../segment/spine-class';
import { tissueOf } from '../segment/tissue';
import { faceNeighbours, type VoxelBox } from '../shape/components';
import { findExtents } from '../shape/label-extent';
import { wordsOf } from '../shape/words';
import { THRESHOLDS } from '../thresholds';
import { type CentrelinePoint } from './centreline';
import { type ChainSegment, type SpineChain } from './chain';
import { type InstanceMap, type SpineInstance } from './instance';
import { closeSacralRoof } from './sacral-roof';
import { tidyInstances } from './tidy-instances';

const NOTHING = 0;
const SEED_HALF_DEPTH_MM = 9;
const SEED_HALF_WIDTH_MM = 10;
const SEED_CORE = 0.64;
const HALF_WIDTH_MM = 34;
const RECOVER_PROBABILITY = 0.2;

/**
 * Gives every voxel of bone and disc to the stretch of the chain that it belongs to: seeds around the centreline, then
 * growth through the mask from all seeds at once, so that split pieces join, fused ones part half-way, and what hangs
 * off the chain (pelvis, bowel, ribs) stays out.
 *
 * @param closeRoof - the first sacral segment is joined to the disc above it, see {@link closeSacralRoof}
 */
export function growInstances(
  stack: ProbabilityStack,
  line: readonly CentrelinePoint[],
  chain: SpineChain,
  closeRoof: boolean,
): InstanceMap {
  const tissue = tissueOf(stack);
  const labels = new Uint8Array(tissue.length);
  const frames = chain.segments.map((segment) => segmentFrame(segment, line));
  const queue: number[] = [];
  chain.segments.forEach((segment, n) => seed(stack, line, segment, n + 1, tissue, labels, queue));
  grow(stack, chain.segments, frames, tissue, labels, queue);
  keepBorders(stack, chain.segments, frames, labels);
  // Recovering a disc takes no voxel from another.
  const extents = findExtents(labels, stack.dims);
  chain.segments.forEach((segment, n) => {
    if (segment.kind === 'disc') recoverDisc(stack, segment, frames[n]!, n + 1, labels, extents[n + 1]?.voxels ?? 0);
  });
  if (closeRoof) joinSacrum(stack, chain.segments, frames, tissue, labels);
  tidyInstances(stack, labels, chain.segments.length);
  settleProbabilities(stack, chain.segments, labels, tissue);
  return {
    dims: stack.dims,
    spacingMm: stack.spacingMm,
    affine: stack.affine,
    labels,
    instances: describe(stack, chain, labels),
  };
}

/** Joins the first sacral segment to the disc right above it. */
function joinSacrum(
  stack: ProbabilityStack,
  segments: readonly ChainSegment[],
  frames: readonly Frame[],
  tissue: Uint8Array,
  labels: Uint8Array,
): void {
  const at = segments.findIndex((segment) => segment.kind === 'sacrum');
  if (segments[at - 1]?.kind !== 'disc') return;
  closeSacralRoof({ grid: stack, labels, tissue, disc: at, sacrum: at + 1, caudal: frames[at - 1]!.tangent });
}

interface Frame {
  readonly column: number;
  readonly row: number;
  readonly slice: number;
  readonly tangent: readonly [number, number];
  readonly halfLengthMm: number;
  readonly halfDepthMm: number;
}

/** Box around a stretch of the chain that its voxels can't leave. */
function segmentFrame(segment: ChainSegment, line: readonly CentrelinePoint[]): Frame {
  const mid = line[Math.min(Math.floor((segment.from + segment.to) / 2), line.length - 1)]!;
  const half = (segment.to - segment.from) / 2;
  const slack = segment.kind === 'lower-sacrum' ? 25 : segment.kind === 'disc' ? 7 : 8;
  return {
    column: mid.column,
    row: mid.row,
    slice: mid.slice,
    tangent: mid.tangent,
    halfLengthMm: half + slack,
    halfDepthMm: segment.kind === 'lower-sacrum' ? 45 : 27,
  };
}

/** What a stretch of the chain is made of: bodies and sacrum are one tissue. */
function wantedTissue(segment: ChainSegment): number {
  return segment.kind === 'disc' ? CLASS.disc : CLASS.body;
}

function seed(
  stack: ProbabilityStack,
  line: readonly CentrelinePoint[],
  segment: ChainSegment,
  label: number,
  tissue: Uint8Array,
  labels: Uint8Array,
  queue: number[],
): void {
  const [columns, rows, slices] = stack.dims;
  const margin = ((1 - SEED_CORE) / 2) * (segment.to - segment.from);
  const side = Math.floor(SEED_HALF_WIDTH_MM / stack.spacingMm[2]);
  for (let s = Math.ceil(segment.from + margin); s <= Math.floor(segment.to - margin); s++) {
    const point = line[Math.min(s, line.length - 1)]!;
    for (let u = -SEED_HALF_DEPTH_MM; u <= SEED_HALF_DEPTH_MM; u += 0.5) {
      const c = Math.round(point.column + u * point.tangent[1]);
      const r = Math.round(point.row - u * point.tangent[0]);
      if (c < 0 || r < 0 || c >= columns || r >= rows) continue;
      for (let k = Math.round(point.slice) - side; k <= Math.round(point.slice) + side; k++) {
        if (k < 0 || k >= slices) continue;
        const at = (k * rows + r) * columns + c;
        if (labels[at] !== NOTHING || tissue[at] !== wantedTissue(segment)) continue;
        labels[at] = label;
        queue.push(at);
      }
    }
  }
}

function insideFrame(stack: ProbabilityStack, frame: Frame, at: number): boolean {
  const [columns, rows] = stack.dims;
  const c = at % columns;
  const r = ((at - c) / columns) % rows;
  const k = (at - c - r * columns) / (columns * rows);
  const [dc, dr] = [c - frame.column, r - frame.row];
  const along = dc * frame.tangent[0] + dr * frame.tangent[1];
  const across = dc * frame.tangent[1] - dr * frame.tangent[0];
  return (
    Math.abs(along) <= frame.halfLengthMm &&
    Math.abs(across) <= frame.halfDepthMm &&
    Math.abs(k - frame.slice) * stack.spacingMm[2] <= HALF_WIDTH_MM
  );
}

function grow(
  stack: ProbabilityStack,
  segments: readonly ChainSegment[],
  frames: readonly Frame[],
  tissue: Uint8Array,
  labels: Uint8Array,
  queue: number[],
): void {
  const box: VoxelBox = { nx: stack.dims[0], ny: stack.dims[1], nz: stack.dims[2] };
  const near = new Int32Array(6);
  for (let head = 0; head < queue.length; head++) {
    const at = queue[head]!;
    const label = labels[at]!;
    const wanted = wantedTissue(segments[label - 1]!);
    const count = faceNeighbours(box, at, near);
    for (let n = 0; n < count; n++) {
      const next = near[n]!;
      if (labels[next] !== NOTHING || tissue[next] !== wanted) continue;
      if (!insideFrame(stack, frames[label - 1]!, next)) continue;
      labels[next] = label;
      queue.push(next);
    }
  }
}

/** Gives voxels of two stretches of one tissue to their side of the border that the images show between them. */
function keepBorders(
  stack: ProbabilityStack,
  segments: readonly ChainSegment[],
  frames: readonly Frame[],
  labels: Uint8Array,
): void {
  const [columns, rows] = stack.dims;
  segments.forEach(({ upperBorder: border }, below) => {
    if (!border) return;
    for (let at = 0; at < labels.length; at++) {
      const label = labels[at]!;
      if (label !== below && label !== below + 1) continue;
      const c = at % columns;
      const r = ((at - c) / columns) % rows;
      const beyond = (c - border.column) * border.normal[0] + (r - border.row) * border.normal[1] >= 0;
      if (beyond) labels[at] = below + 1;
      else if (insideFrame(stack, frames[below - 1]!, at)) labels[at] = below;
    }
  });
}

/** Makes the probabilities agree where a hole was filled or a disc recovered, so that later interpolation does too. */
function settleProbabilities(
  stack: ProbabilityStack,
  segments: readonly ChainSegment[],
  labels: Uint8Array,
  tissue: Uint8Array,
): void {
  const fours = wordsOf(labels);
  for (let at = 0; at < labels.length; at++) {
    if ((at & 3) === 0 && fours[at >> 2] === 0) at += 3;
    const label = labels[at]!;
    if (label === NOTHING || tissue[at] === wantedTissue(segments[label - 1]!)) continue;
    for (const plane of stack.planes) plane[at] = 0;
    stack.planes[segments[label - 1]!.kind === 'disc' ? CLASS.disc : CLASS.body]![at] = 255;
  }
}

/** Where the network all but missed a disc, takes what it saw with less certainty between the two bodies. */
function recoverDisc(
  stack: ProbabilityStack,
  segment: ChainSegment,
  frame: Frame,
  label: number,
  labels: Uint8Array,
  voxels: number,
): void {
  const voxelMm3 = stack.spacingMm[0] * stack.spacingMm[1] * stack.spacingMm[2];
  if (voxels * voxelMm3 >= 2 * THRESHOLDS.level.minDiscVolumeMm3) return;
  const [columns, rows, slices] = stack.dims;
  const disc = stack.planes[CLASS.disc]!;
  const tight = { ...frame, halfLengthMm: (segment.to - segment.from) / 2 + 2, halfDepthMm: 18 };
  const reach = Math.ceil(tight.halfDepthMm + tight.halfLengthMm);
  for (let k = 0; k < slices; k++) {
    for (
      let r = Math.max(0, Math.round(frame.row) - reach);
      r <= Math.min(rows - 1, Math.round(frame.row) + reach);
      r++
    ) {
      for (
        let c = Math.max(0, Math.round(frame.column) - reach);
        c <= Math.min(columns - 1, Math.round(frame.column) + reach);
        c++
      ) {
        const at = (k * rows + r) * columns + c;
        if (labels[at] !== NOTHING || disc[at]! < RECOVER_PROBABILITY * 255) continue;
        if (insideFrame(stack, tight, at)) labels[at] = label;
      }
    }
  }
}

function describe(stack: ProbabilityStack, chain: SpineChain, labels: Uint8Array): SpineInstance[] {
  const [columns, rows, slices] = stack.dims;
  const sums = chain.segments.map(() => [0, 0, 0, 0]);
  const fours = wordsOf(labels);
  for (let k = 0, from = 0; k < slices; k++) {
    for (let r = 0; r < rows; r++, from += columns) {
      for (let c = 0; c < columns; c++) {
        const at = from + c;
        const label = labels[at]!;
        if (label === NOTHING) {
          if ((at & 3) === 0 && fours[at >> 2] === 0) c += 3;
          continue;
        }
        const sum = sums[label - 1]!;
        sum[0]! += 1;
        sum[1]! += c;
        sum[2]! += r;
        sum[3]! += k;
      }
    }
  }
  return chain.segments.map((segment, n) => {
    const [voxels, c, r, k] = sums[n] as [number, number, number, number];
    const norm = Math.max(voxels, 1);
    return { label: n + 1, kind: segment.kind, segment, voxels, centroid: [c / norm, r / norm, k / norm] };
  });
}
