import { type Affine } from '@endplate/dicom';
import { type ImageReference, type KeyOutlineKind } from '@endplate/findings';

/** A lesion as voxels. */
export interface LesionMask {
  readonly kind: KeyOutlineKind;
  /** Id of the disc or endplate in the findings. */
  readonly findingId: string;
  /** Indices into the masks' box, ascending. */
  readonly voxels: Uint32Array;
}

/**
 * Structures and lesions of one series on its native grid, cropped to a box; the kernel's label map is one.
 *
 * Index `(k * nj + j) * ni + i` with [ni, nj, nk] = `dims`; voxel (i, j, k) is voxel (i, j, k) + `offset` of the series.
 */
export interface SegmentationSource {
  readonly seriesInstanceUID: string;
  readonly frameOfReferenceUID?: string;
  readonly dims: readonly [number, number, number];
  readonly offset: readonly [number, number, number];
  /** (i, j, k) of the box, zero-based, -\> LPS mm. */
  readonly ijkToLps: Affine;
  /** Columns, rows and planes of the series. */
  readonly seriesDims: readonly [number, number, number];
  /** The image behind each plane of the series. */
  readonly images: readonly ImageReference[];
  /** 0, or the value of one of `instanceList`. */
  readonly instances: Uint8Array;
  readonly instanceList: readonly { readonly value: number; readonly kind: 'body' | 'disc' | 'sacrum'; readonly findingId: string }[]; // prettier-ignore
  readonly lesions: readonly LesionMask[];
  /** Rescale of all images and a window in rescaled units; absent where grey values have no one meaning. */
  readonly display?: {
    readonly rescale?: { readonly slope: number; readonly intercept: number };
    readonly window: { readonly centre: number; readonly width: number };
  };
}
