import { type UID } from '@endplate/dicom';
import { type LabelGrid } from '../truth/nifti';
import { type PhantomTruth } from '../truth/truth';

/** One DICOM file of a phantom study. */
export interface PhantomInstance {
  readonly sopInstanceUID: UID;
  /** Folder and stem of its series, for example `t1`. */
  readonly series: string;
  /** 1-based number in its series. */
  readonly instanceNumber: number;
  /** Part 10 file. */
  readonly bytes: Buffer;
}

/** Labels of one series on its own grid. */
export interface PhantomLabels {
  readonly series: string;
  /** Vertebral bodies, one value per vertebra, on the grid of the series. */
  readonly bodies: LabelGrid;
  /** Discs, one value per disc. */
  readonly discs: LabelGrid;
  /** Classes of the network. */
  readonly classes: LabelGrid;
}

/** A study that is drawn while it is read. */
export interface PhantomStudy {
  readonly kind: 'ct' | 'mr';
  readonly seed: number;
  readonly studyInstanceUID: UID;
  readonly instanceCount: number;
  readonly truth: PhantomTruth;
  /** Draws instance after instance; one slice is in memory at a time. Each call begins anew and gives the same bytes. */
  instances(): Generator<PhantomInstance>;
  /** Labels of every series; draws the anatomy only, no images. */
  labels(): Generator<PhantomLabels>;
}
