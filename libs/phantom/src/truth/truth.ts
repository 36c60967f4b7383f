import { type Vec3 } from '@endplate/dicom';
import { type DiscLevel, type VertebraLevel } from '@endplate/findings';
import { type CalcificationSite } from '../anatomy/disc-lesion';
import { type EndplateSide, type ModicType } from '../anatomy/endplate-change';
import { type Transition } from '../anatomy/spine-plan';

/** One vertebra in the field of view. */
export interface VertebraTruth {
  readonly level: VertebraLevel;
  /** Value in the label files. */
  readonly instance: number;
  readonly centreLps: Vec3;
  readonly anteriorHeightMm: number;
  readonly posteriorHeightMm: number;
  readonly fractured: boolean;
  /** Tilt in the coronal plane, degrees, positive when its left side is higher. */
  readonly tiltDeg: number;
}

/** One calcification: what the drawing really put there, after the disc has cut it. */
export interface CalcificationTruth {
  readonly site: CalcificationSite;
  readonly centroidLps: Vec3;
  readonly volumeMm3: number;
  /** Density of the material before any blur, HU. */
  readonly densityHU: number;
}

/** One disc in the field of view. */
export interface DiscTruth {
  readonly level: DiscLevel;
  readonly instance: number;
  readonly centreLps: Vec3;
  /** Distances between the endplates along the disc's axis in its sagittal midplane, at -0.8, 0 and 0.8 of its half depth. */
  readonly anteriorHeightMm: number;
  readonly middleHeightMm: number;
  readonly posteriorHeightMm: number;
  /** Forward displacement of the vertebra above, mm; negative backwards. */
  readonly slipMm: number;
  /** Share of a young nucleus' T2 signal, 0 to 1. */
  readonly hydration: number;
  readonly calcificationMm3: number;
  readonly calcifications: readonly CalcificationTruth[];
  readonly vacuumMm3: number;
}

/** One endplate in the field of view. */
export interface EndplateTruth {
  readonly disc: DiscLevel;
  /** `above`: the lower endplate of the vertebra above the disc. */
  readonly side: EndplateSide;
  readonly vertebra: VertebraLevel;
  readonly modic: ModicType;
  /** How far the change reaches from the endplate, and its length from front to back, mm. */
  readonly depthMm: number;
  readonly lengthMm: number;
  /** How deep a Schmorl node reaches into the body, mm; 0 without one. */
  readonly nodeDepthMm: number;
}

/** Everything that is known of a phantom study. */
export interface PhantomTruth {
  readonly format: 'endplate-phantom-truth-1';
  readonly kind: 'ct' | 'mr';
  readonly seed: number;
  readonly studyInstanceUID: string;
  readonly lumbarVertebrae: number;
  readonly transition: Transition;
  readonly metal: boolean;
  readonly vertebrae: readonly VertebraTruth[];
  readonly discs: readonly DiscTruth[];
  readonly endplates: readonly EndplateTruth[];
}
