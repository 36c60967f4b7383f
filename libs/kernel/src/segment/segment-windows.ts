import { type SagittalStack } from '@endplate/imaging';
import { callsInOrder } from './calls-in-order';
import { neighbourSlice } from './neighbour';
import { type NetworkPlan, type StackTriple } from './network-plan';
import { type GreyScale, greyScales, rescaled } from './normalise';
import { emptyProbabilityStack, type ProbabilityStack } from './probability-stack';
import { type SegmenterShape, type SpineSegmenter } from './segmenter.port';
import { WindowAverage, windowStarts } from './sliding-window';
import { SPINE_CLASSES } from './spine-class';

/** Runs a network of two or three dimensions over a stack in overlapping windows. */
export async function segmentWindows(
  stack: SagittalStack,
  segmenter: SpineSegmenter,
  plan: NetworkPlan,
  onProgress?: (done: number, total: number) => void,
): Promise<ProbabilityStack> {
  const [columns, rows, slices] = stack.dims;
  const dims = [slices, rows, columns] as const;
  const window = plan.window ?? dims;
  const scales = plan.normalisation.map((kind) => greyScales(stack.slices, kind));
  const darkest = stack.slices.reduce((low, slice) => slice.reduce((a, b) => Math.min(a, b), low), Infinity);
  const result = emptyProbabilityStack(stack);
  const average = new WindowAverage(dims, window, plan.gaussian, ([k, r, c], p) => {
    const at = (k * rows + r) * columns + c;
    for (let n = 0; n < p.length; n++) result.planes[n]![at] = Math.round(Math.min(Math.max(p[n]!, 0), 1) * 255);
  });
  const starts = orderedStarts(dims, window, plan.overlap, average.march);
  const shape = [1, plan.channels, ...tensorSizes(plan, window)] as unknown as SegmenterShape;
  let done = 0;
  await callsInOrder(
    segmenter,
    starts,
    (start) => {
      const input = cutWindow({ stack, segmenter, plan, scales, darkest, window }, start);
      return segmenter.segment(input, shape, { grid: stack, first: start[0] });
    },
    (output, start) => {
      average.add(start, toStackOrder(output, plan, window));
      onProgress?.(++done, starts.length);
    },
  );
  average.finish();
  return result;
}

/** Windows in the order in which the average wants them. */
function orderedStarts(dims: StackTriple, window: StackTriple, overlap: number, march: 0 | 1 | 2): StackTriple[] {
  const along = dims.map((length, axis) =>
    windowStarts(length, window[axis]!, axis === 0 && window[0] === 1 ? 0 : overlap),
  );
  return along[0]!
    .flatMap((a) => along[1]!.flatMap((b) => along[2]!.map((c): StackTriple => [a, b, c])))
    .sort((a, b) => a[march] - b[march]);
}

interface Cutting {
  readonly stack: SagittalStack;
  readonly segmenter: SpineSegmenter;
  readonly plan: NetworkPlan;
  /** Per channel and slice. */
  readonly scales: readonly (readonly GreyScale[])[];
  readonly darkest: number;
  readonly window: StackTriple;
}

function tensorSizes(plan: NetworkPlan, window: StackTriple): number[] {
  return plan.axes.map(({ stack }) => window[stack]);
}

/** Step through a tensor of the plan's axes for one step along slice, row and column, and where the first voxel lies. */
function tensorSteps(plan: NetworkPlan, window: StackTriple): { steps: [number, number, number]; first: number } {
  const steps: [number, number, number] = [0, 0, 0];
  let first = 0;
  let stride = 1;
  for (const { stack, flipped } of [...plan.axes].reverse()) {
    steps[stack] = flipped ? -stride : stride;
    if (flipped) first += (window[stack] - 1) * stride;
    stride *= window[stack];
  }
  return { steps, first };
}

function cutWindow({ stack, segmenter, plan, scales, darkest, window }: Cutting, start: StackTriple): Float32Array {
  const [columns, rows, slices] = stack.dims;
  const { steps, first } = tensorSteps(plan, window);
  const voxels = window[0] * window[1] * window[2];
  const input = new Float32Array(plan.channels * voxels);
  for (let channel = 0; channel < plan.channels; channel++) {
    for (let a = 0; a < window[0]; a++) {
      const inside = start[0] + a < slices;
      const own = Math.min(start[0] + a, slices - 1);
      const k = plan.neighbours ? neighbourSlice(own, channel, segmenter.input, stack.spacingMm[2], slices) : own;
      const slice = stack.slices[k]!;
      const scale = scales[channel]![k]!;
      const dark = rescaled(darkest, scale);
      for (let b = 0; b < window[1]; b++) {
        const row = start[1] + b;
        let to = channel * voxels + first + a * steps[0] + b * steps[1];
        for (let c = 0; c < window[2]; c++, to += steps[2]) {
          const column = start[2] + c;
          input[to] = inside && row < rows && column < columns ? rescaled(slice[row * columns + column]!, scale) : dark;
        }
      }
    }
  }
  return input;
}

/** Class after class, each slice-major over the window. */
function toStackOrder(output: Float32Array, plan: NetworkPlan, window: StackTriple): Float32Array {
  const { steps, first } = tensorSteps(plan, window);
  const voxels = window[0] * window[1] * window[2];
  const ordered = new Float32Array(output.length);
  for (let n = 0; n < SPINE_CLASSES.length; n++) {
    let to = n * voxels;
    for (let a = 0; a < window[0]; a++) {
      for (let b = 0; b < window[1]; b++) {
        let from = n * voxels + first + a * steps[0] + b * steps[1];
        for (let c = 0; c < window[2]; c++, from += steps[2]) ordered[to++] = output[from]!;
      }
    }
  }
  return ordered;
}
