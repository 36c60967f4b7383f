import { type UID, type Vec3 } from '@endplate/dicom';
import { type InstanceHeader } from './instance-header';

/** What is not as it should be in a series; the volume can be made all the same unless it says so. */
export interface SeriesProblem {
  readonly code:
    | 'no-geometry'
    | 'multi-frame-without-geometry'
    | 'duplicate-position'
    | 'missing-slices'
    | 'slices-dropped'
    | 'irregular-spacing'
    | 'gantry-tilt'
    | 'single-slice';
  /** One sentence for a reader, without patient data. */
  readonly text: string;
}

/**
 * Images of one series that lie on one stack of parallel planes; a DICOM series may give several (orientations of a
 * localiser, echoes, frames of reference).
 */
export interface Series {
  readonly seriesInstanceUID: UID;
  readonly modality: string;
  /** Sorted by position along `normal`; one header per frame of a multi-frame image. */
  readonly headers: readonly InstanceHeader[];
  /** Right-handed normal of the planes (row direction x column direction), unit vector, LPS; zero without geometry. */
  readonly normal: Vec3;
  /** Distance of neighbouring planes along the normal, mm; 0 without geometry. */
  readonly spacingMm: number;
  /** From one plane to the next, LPS mm; not along `normal` where the gantry was tilted. */
  readonly stepLps: Vec3;
  /** Index of the plane of each header, from 0, ascending; an index that is left out is a missing slice. */
  readonly planeIndices: readonly number[];
  readonly problems: readonly string[];
  /** The same as `problems`, with codes. */
  readonly problemList: readonly SeriesProblem[];
}
