import { type ModelIdentity } from '@endplate/findings';
import { type SagittalGrid } from './probability-stack';
import { type TaskRunner } from '../task/task-runner.port';
import { type ModelInput } from './model-bundle';

/** Where the slices of one call lie. */
export interface SlicePlace {
  /** The whole stack, rows and columns without padding. */
  readonly grid: SagittalGrid;
  /** Number of the first slice of the call in it. */
  readonly first: number;
}

/** Sizes of a tensor: images, channels, then two or three of space. */
export type SegmenterShape = readonly [number, number, number, number, ...number[]];

/** Finds anatomy on sagittal slices. One per process: the runtime leaks when sessions come and go. */
export interface SpineSegmenter {
  readonly model: ModelIdentity;
  /** What the network wants to be fed with. */
  readonly input: ModelInput;
  /** Threads beside it, where there are any: as many calls of {@link SpineSegmenter.segment} as these run at the same time. */
  readonly tasks?: TaskRunner;
  /**
   * Runs the network on a few slices, or on one window of two or three dimensions.
   *
   * @param slices - float32, row-major [n, c, h, w] or [n, c, d, h, w], normalised as {@link SpineSegmenter.input} says;
   *   given away: with threads it goes over to one of them
   * @param shape - its sizes; h and w of whole slices are multiples of `input.multipleOf`
   * @param place - where the slices lie; a network has no need of it, a segmenter that knows the truth of a phantom has
   * @returns probabilities [n, 6, ...] in the order of SPINE_CLASSES; owned by the caller
   */
  segment(slices: Float32Array, shape: SegmenterShape, place?: SlicePlace): Promise<Float32Array>;
  close(): Promise<void>;
}
