import { type ImageReference } from './geometry.schema';

/** What an outline on a key slice encloses. */
export type KeyOutlineKind =
  | 'vertebral-body'
  | 'disc'
  | 'sacrum'
  | 'canal'
  | 'calcification'
  | 'vacuum'
  | 'modic-1'
  | 'modic-2'
  | 'modic-3-possible'
  | 'modic-mixed';

/** One outline to draw: `points` are [x, y] in pixels of the key slice (top left corner of the top left pixel is 0, 0). */
export interface KeyOutline {
  readonly kind: KeyOutlineKind;
  /** Id of the vertebra, disc or endplate in the findings. */
  readonly findingId: string;
  /** Text beside the outline, for example `L4/L5`. */
  readonly label?: string;
  readonly points: readonly (readonly [number, number])[];
}

/** An 8-bit grey slice with outlines, from which a key image is drawn. Pixels are square. */
export interface KeySlice {
  readonly kind: 'overview' | 'disc';
  /** Disc shown, for `disc`. */
  readonly discId?: string;
  readonly seriesInstanceUID: string;
  /** Source image nearest to the slice's plane. */
  readonly reference: ImageReference;
  /** All source images that the slice was sampled from, where it is a reformat. */
  readonly sources: readonly ImageReference[];
  readonly width: number;
  readonly height: number;
  /** Row-major, `width * height` bytes. */
  readonly grey: Uint8Array;
  readonly spacingMm: number;
  readonly outlines: readonly KeyOutline[];
  /** One line under the picture, without patient data: series role, window, side. */
  readonly caption: string;
}
