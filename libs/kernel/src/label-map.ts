import { type Affine } from '@endplate/dicom';
import { type ImageReference, type KeyOutlineKind } from '@endplate/findings';

/** One instance of a label map. */
export interface LabelInstance {
  /** Value in {@link LabelMap.instances}. */
  readonly value: number;
  readonly kind: 'body' | 'disc' | 'sacrum';
  /** Id of the vertebra or disc in the findings. */
  readonly findingId: string;
  readonly voxels: number;
}

/** The voxels of one lesion. */
export interface LabelLesion {
  readonly kind: KeyOutlineKind;
  /** Id of the disc or endplate in the findings. */
  readonly findingId: string;
  /** Indices into the label map's box, ascending. */
  readonly voxels: Uint32Array;
}

/** Grey values of a series' planes: the rescale of all its images, and a window in rescaled units. */
export interface PlaneDisplay {
  /** Absent where stored values are shown as they are. */
  readonly rescale?: { readonly slope: number; readonly intercept: number };
  readonly window: { readonly centre: number; readonly width: number };
}

/**
 * Classes and instances on the native grid of one series, cropped to the box that holds the spine.
 *
 * Index `(k * nj + j) * ni + i` with [ni, nj, nk] = `dims`; voxel (i, j, k) is voxel (i, j, k) + `offset` of the series.
 */
export interface LabelMap {
  readonly seriesInstanceUID: string;
  readonly frameOfReferenceUID?: string;
  readonly dims: readonly [number, number, number];
  /** First voxel of the box in the series' own grid, [i, j, k]. */
  readonly offset: readonly [number, number, number];
  /** (i, j, k) of the box, zero-based, -\> LPS mm. */
  readonly ijkToLps: Affine;
  /** Index into the network's classes: 0 background, 1 body, 2 disc, 3 sacrum, 4 canal, 5 posterior elements. */
  readonly classes: Uint8Array;
  /** 0, or the value of one of `instanceList`. */
  readonly instances: Uint8Array;
  readonly instanceList: readonly LabelInstance[];
  /** Columns, rows and planes of the whole series. */
  readonly seriesDims: readonly [number, number, number];
  /** The image behind each plane of the whole series. */
  readonly images: readonly ImageReference[];
  /** How the planes are shown; absent where their grey values have no one meaning. */
  readonly display?: PlaneDisplay;
  /** What was found in structures; none on a series that was measured only with another. */
  readonly lesions: readonly LabelLesion[];
}
