import { type ModelIdentity } from '@endplate/findings';
import { type ModelBundle } from './model-bundle';

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
   * @returns probabilities [n, 6, h, w] in the order of SPINE_CLASSES; owned by the caller
   */
  segment(slices: Float32Array, shape: readonly [number, number, number, number]): Promise<Float32Array>;
  close(): Promise<void>;
}
