import { type UID, type Vec3 } from '@endplate/dicom';

/** Modality LUT of an image. @standard PS3.3 C.11.1 */
export interface Rescale {
  readonly slope: number;
  readonly intercept: number;
  /** Rescale Type, e.g. HU. */
  readonly type?: string;
}

/** What differs from frame to frame of an enhanced multi-frame image. @standard PS3.3 C.7.6.16 */
export interface FrameHeader {
  readonly pixelSpacing?: readonly [number, number];
  readonly imageOrientationPatient?: readonly number[];
  readonly imagePositionPatient?: Vec3;
  readonly sliceThicknessMm?: number;
  readonly spacingBetweenSlicesMm?: number;
  readonly rescale?: Rescale;
  readonly frameType?: readonly string[];
  readonly stackId?: string;
  readonly temporalPosition?: number;
  readonly echoTimeMs?: number;
}

/**
 * What is known of one image without its pixels; plain values, so that it can be kept as JSON.
 *
 * A frame of an enhanced multi-frame image gets an instance header of its own with `frameNumber`, see `expandFrames`.
 */
export interface InstanceHeader {
  readonly sopClassUID: UID;
  readonly sopInstanceUID: UID;
  readonly seriesInstanceUID: UID;
  readonly studyInstanceUID: UID;
  readonly frameOfReferenceUID?: string;
  readonly modality: string;
  readonly rows: number;
  readonly columns: number;
  /** Distance between rows, then between columns, mm. */
  readonly pixelSpacing?: readonly [rowMm: number, columnMm: number];
  /** Direction cosines of a row (increasing column), then of a column (increasing row), LPS; six numbers. */
  readonly imageOrientationPatient?: readonly number[];
  /** Centre of the first pixel, LPS mm. */
  readonly imagePositionPatient?: Vec3;
  readonly sliceThicknessMm?: number;
  readonly spacingBetweenSlicesMm?: number;
  readonly rescale?: Rescale;
  readonly imageType: readonly string[];
  readonly seriesDescription?: string;
  readonly protocolName?: string;
  readonly seriesNumber?: number;
  readonly instanceNumber?: number;
  readonly acquisitionNumber?: number;
  readonly temporalPosition?: number;
  readonly numberOfFrames: number;
  /** Counts from 1; only on the header of one frame of a multi-frame image. */
  readonly frameNumber?: number;
  /** Stack of the frame, where the image has stacks. */
  readonly stackId?: string;
  /** Per-frame attributes of an enhanced multi-frame image, in frame order. */
  readonly frames?: readonly FrameHeader[];
  readonly hasPixelData: boolean;
  readonly transferSyntaxUID?: UID;
  readonly photometricInterpretation?: string;
  readonly samplesPerPixel: number;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly pixelRepresentation: 0 | 1;
  /** Stored value of pixels outside the image. */
  readonly pixelPaddingValue?: number;
  /** Other end of a range of such values. */
  readonly pixelPaddingRangeLimit?: number;
  readonly kvp?: number;
  readonly convolutionKernel?: string;
  readonly contrastBolusAgent?: string;
  readonly gantryTiltDeg?: number;
  readonly repetitionTimeMs?: number;
  readonly echoTimeMs?: number;
  readonly inversionTimeMs?: number;
  readonly flipAngleDeg?: number;
  readonly scanningSequence: readonly string[];
  readonly sequenceVariant: readonly string[];
  readonly scanOptions: readonly string[];
  readonly magneticFieldStrengthT?: number;
  readonly bodyPart?: string;
  readonly patientPosition?: string;
  readonly manufacturer?: string;
  readonly manufacturerModelName?: string;
  /** DICOM DT or DA + TM, as it stands in the image. */
  readonly acquisitionDateTime?: string;
  readonly burnedInAnnotation?: boolean;
}
