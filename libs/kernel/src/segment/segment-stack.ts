import { type SagittalStack } from '@endplate/imaging';
import { THRESHOLDS } from '../thresholds';
import { callsInOrder } from './calls-in-order';
import { neighbourSlice } from './neighbour';
import { networkPlan } from './network-plan';
import { type GreyScale, greyScales, rescaled } from './normalise';
import { emptyProbabilityStack, type ProbabilityStack } from './probability-stack';
import { segmentWindows } from './segment-windows';
import { type Normalisation } from './model-bundle';
import { type SpineSegmenter } from './segmenter.port';
import { SPINE_CLASSES } from './spine-class';

/**
 * Runs the network over a stack: whole slices, a few at a time, padded at the bottom and right with their darkest value to
 * the network's multiple; or overlapping windows where the bundle asks for them or for axes of another order.
 *
 * @param stack - sagittal slices at the network's spacing
 * @param onProgress - called with slices done and slices in all
 * @param meanwhile - other work, done once, while the network runs on the first slices where it has threads of its own
 * @throws KernelModelShapeError `KERNEL_MODEL_SHAPE` when the network answers in another shape
 */
export async function segmentStack(
  stack: SagittalStack,
  segmenter: SpineSegmenter,
  onProgress?: (done: number, total: number) => void,
  meanwhile?: () => void,
): Promise<ProbabilityStack> {
  const [columns, rows, slices] = stack.dims;
  const { channels, multipleOf } = segmenter.input;
  const plan = networkPlan(segmenter.input);
  if (plan.window || plan.axes.some((axis, n) => axis.flipped || axis.stack !== n + 1)) {
    return segmentWindows(
      stack,
      segmenter,
      { ...plan, window: plan.window ?? wholeSlice(stack, multipleOf) },
      onProgress,
    );
  }
  const w = Math.ceil(columns / multipleOf) * multipleOf;
  const h = Math.ceil(rows / multipleOf) * multipleOf;
  const planeOf = normalisedPlanes(stack, plan.normalisation, w, h);
  const result = emptyProbabilityStack(stack);
  const countFrom = (first: number): number => Math.min(THRESHOLDS.segment.batch, slices - first);
  const inputFrom = (first: number): Float32Array => {
    const input = new Float32Array(countFrom(first) * channels * h * w);
    for (let s = 0; s < countFrom(first); s++) {
      for (let channel = 0; channel < channels; channel++) {
        const own = first + s;
        const k = plan.neighbours ? neighbourSlice(own, channel, segmenter.input, stack.spacingMm[2], slices) : own;
        input.set(planeOf(k, channel), (s * channels + channel) * h * w);
      }
    }
    return input;
  };
  const store = (output: Float32Array, first: number): void => {
    for (let s = 0; s < countFrom(first); s++) storeSlice(output, s, h, w, result, first + s);
    onProgress?.(first + countFrom(first), slices);
  };
  const firsts = Array.from(
    { length: Math.ceil(slices / THRESHOLDS.segment.batch) },
    (_, n) => n * THRESHOLDS.segment.batch,
  );
  await callsInOrder(
    segmenter,
    firsts,
    (first) => segmenter.segment(inputFrom(first), [countFrom(first), channels, h, w], { grid: stack, first }),
    store,
    meanwhile,
  );
  return result;
}

function wholeSlice(stack: SagittalStack, multipleOf: number): readonly [number, number, number] {
  const [columns, rows] = stack.dims.map((size) => Math.ceil(size / multipleOf) * multipleOf) as [number, number];
  return [1, rows, columns];
}

/** Planes kept for the channels of the slices after: a slice is its own middle channel and a neighbour of few others. */
const KEPT_PLANES = 12;

/** Slices as the network is fed with them, each worked out once for the channels of one normalisation. */
function normalisedPlanes(
  { slices, dims: [columns, rows] }: SagittalStack,
  normalisation: readonly Normalisation[],
  w: number,
  h: number,
): (slice: number, channel: number) => Float32Array {
  const kinds = [...new Set(normalisation)];
  const scales = kinds.map((kind) => greyScales(slices, kind));
  const kept = new Map<number, Float32Array>();
  return (slice, channel) => {
    const kind = kinds.indexOf(normalisation[channel]!);
    const key = slice * kinds.length + kind;
    let plane = kept.get(key);
    if (!plane) {
      const oldest = kept.size < KEPT_PLANES * kinds.length ? undefined : kept.keys().next().value;
      plane = (oldest !== undefined && kept.get(oldest)) || new Float32Array(w * h);
      if (oldest !== undefined) kept.delete(oldest);
      writeSlice(slices[slice]!, [columns, rows, w], scales[kind]![slice]!, plane);
      kept.set(key, plane);
    }
    return plane;
  };
}

function writeSlice(
  slice: Float32Array,
  [columns, rows, w]: readonly [number, number, number],
  scale: GreyScale,
  to: Float32Array,
): void {
  let darkest = Infinity;
  for (let p = 0; p < slice.length; p++) if (slice[p]! < darkest) darkest = slice[p]!;
  to.fill(rescaled(darkest, scale));
  const { low, high, shift, factor, offset } = scale;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const value = slice[r * columns + c]!;
      to[r * w + c] = ((value < low ? low : value > high ? high : value) - shift) * factor + offset;
    }
  }
}

function storeSlice(
  output: Float32Array,
  s: number,
  h: number,
  w: number,
  result: ProbabilityStack,
  slice: number,
): void {
  const [columns, rows] = result.dims;
  for (let n = 0; n < SPINE_CLASSES.length; n++) {
    const plane = result.planes[n]!;
    for (let r = 0; r < rows; r++) {
      const from = ((s * SPINE_CLASSES.length + n) * h + r) * w;
      const to = (slice * rows + r) * columns;
      // Rounded: probabilities are not negative.
      for (let c = 0; c < columns; c++) plane[to + c] = output[from + c]! * 255 + 0.5;
    }
  }
}
