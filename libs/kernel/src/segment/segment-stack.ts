import { type SagittalStack } from '@endplate/imaging';
import { THRESHOLDS } from '../thresholds';
import { emptyProbabilityStack, type ProbabilityStack } from './probability-stack';
import { type SpineSegmenter } from './segmenter.port';
import { SPINE_CLASSES } from './spine-class';

/**
 * Runs the network over every slice of a stack, a few at a time.
 *
 * Slices are z-normalised and padded at the bottom and right with their darkest value to the network's multiple.
 *
 * @param stack - sagittal slices at the network's in-plane spacing
 * @param onProgress - called with slices done and slices in all
 * @throws KernelModelShapeError `KERNEL_MODEL_SHAPE` when the network answers in another shape
 */
export async function segmentStack(
  stack: SagittalStack,
  segmenter: SpineSegmenter,
  onProgress?: (done: number, total: number) => void,
): Promise<ProbabilityStack> {
  const [columns, rows, slices] = stack.dims;
  const { channels, multipleOf } = segmenter.input;
  const w = Math.ceil(columns / multipleOf) * multipleOf;
  const h = Math.ceil(rows / multipleOf) * multipleOf;
  const normalised = stack.slices.map((slice) => normaliseSlice(slice, columns, rows, w, h));
  const result = emptyProbabilityStack(stack);
  for (let first = 0; first < slices; first += THRESHOLDS.segment.batch) {
    const n = Math.min(THRESHOLDS.segment.batch, slices - first);
    const input = new Float32Array(n * channels * h * w);
    for (let s = 0; s < n; s++) {
      for (let channel = 0; channel < channels; channel++) {
        const source = normalised[channelSlice(first + s, channel, segmenter.input, stack.spacingMm[2], slices)]!;
        input.set(source, (s * channels + channel) * h * w);
      }
    }
    const output = await segmenter.segment(input, [n, channels, h, w], { grid: stack, first });
    for (let s = 0; s < n; s++) storeSlice(output, s, h, w, result, first + s);
    onProgress?.(first + n, slices);
  }
  return result;
}

function channelSlice(
  slice: number,
  channel: number,
  input: SpineSegmenter['input'],
  spacingMm: number,
  slices: number,
): number {
  const step = channel - (input.channels - 1) / 2;
  if (step === 0) return slice;
  const offset = Math.sign(step) * Math.max(1, Math.round((Math.abs(step) * input.channelOffsetMm) / spacingMm));
  return Math.min(Math.max(slice + offset, 0), slices - 1);
}

function normaliseSlice(slice: Float32Array, columns: number, rows: number, w: number, h: number): Float32Array {
  let sum = 0;
  let squares = 0;
  let low = Infinity;
  for (const value of slice) {
    sum += value;
    squares += value * value;
    if (value < low) low = value;
  }
  const mean = sum / slice.length;
  const deviation = Math.sqrt(Math.max(squares / slice.length - mean * mean, 0)) + 1e-3;
  const out = new Float32Array(w * h).fill((low - mean) / deviation);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) out[r * w + c] = (slice[r * columns + c]! - mean) / deviation;
  }
  return out;
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
  SPINE_CLASSES.forEach((_, n) => {
    const plane = result.planes[n]!;
    const from = (s * SPINE_CLASSES.length + n) * h * w;
    for (let r = 0; r < rows; r++) {
      const to = (slice * rows + r) * columns;
      for (let c = 0; c < columns; c++) plane[to + c] = Math.round(output[from + r * w + c]! * 255);
    }
  });
}
