import { type ModelIdentity } from '@endplate/findings';
import { type SagittalGrid } from './probability-stack';
import { type ModelBundle } from './model-bundle';

/** Where the slices of one call lie. */
export interface SlicePlace {
  /** The whole stack, rows and columns without padding. */
  readonly grid: SagittalGrid;
  /** Number of the first slice of the call in it. */
  readonly first: number;
}

/** Finds anatomy on sagittal slices. One per process: the runtime leaks when sessions come and go. */
export interface SpineSegmenter {
  readonly model: ModelIdentity;
  /** What the network wants to be fed with. */
  readonly input: ModelBundle['input'];
  /**
   * Runs the network on a few slices.
   *
   * @param slices - float32, row-major [n, c, h, w], normalised as {@link SpineSegmenter.input} says
   * @param shape - [n, c, h, w]; h and w are multiples of `input.multipleOf`
   * @param place - where the slices lie; a network has no need of it, a segmenter that knows the truth of a phantom has
   * @returns probabilities [n, 6, h, w] in the order of SPINE_CLASSES; owned by the caller
   */
  segment(
    slices: Float32Array,
    shape: readonly [number, number, number, number],
    place?: SlicePlace,
  ): Promise<Float32Array>;
  close(): Promise<void>;
}
