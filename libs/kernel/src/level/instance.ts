import { type SagittalGrid } from '../segment/probability-stack';
import { type ChainSegment } from './chain';

/** One vertebral body, disc or sacrum found on a sagittal grid. */
export interface SpineInstance {
  /** Value in {@link InstanceMap.labels}. */
  readonly label: number;
  readonly kind: ChainSegment['kind'];
  /** Stretch of the centreline that it came from. */
  readonly segment: ChainSegment;
  readonly voxels: number;
  /** Centroid in grid units, [column, row, slice]. */
  readonly centroid: readonly [number, number, number];
}

/** Instances on a sagittal grid; `labels` has one byte per voxel, index `(slice * rows + row) * columns + column`, 0 outside. */
export interface InstanceMap extends SagittalGrid {
  readonly labels: Uint8Array;
  /** Cranial to caudal, bodies, discs and the sacrum in turn. */
  readonly instances: readonly SpineInstance[];
}
