import { Tag, type DataSet } from '@endplate/dicom';
import { defined, exactly, pair, rescaleOf, triple } from './attribute';
import { type FrameHeader, type InstanceHeader } from './instance-header';

/** First item of a sequence inside a functional groups item. */
function group(dataSet: DataSet | undefined, tag: number): DataSet | undefined {
  return dataSet?.sequence(tag)[0];
}

/**
 * Attributes of the Shared Functional Groups that stand at the top level of a single-frame image; empty for other images.
 *
 * @standard PS3.3 C.7.6.16, PS3.3 C.8.13.5, PS3.3 C.8.15.3
 */
export function readSharedGroups(dataSet: DataSet): Partial<InstanceHeader> {
  const shared = group(dataSet, Tag.SharedFunctionalGroupsSequence);
  if (shared === undefined) return {};
  const { frameType: _type, stackId: _stack, ...plane } = readFrame(shared, undefined);
  const first = group(dataSet, Tag.PerFrameFunctionalGroupsSequence);
  const timing = group(shared, Tag.MRTimingAndRelatedParametersSequence);
  const modifier = group(shared, Tag.MRModifierSequence) ?? group(first, Tag.MRModifierSequence);
  const reconstruction = group(shared, Tag.CTReconstructionSequence) ?? group(first, Tag.CTReconstructionSequence);
  const exposure = group(shared, Tag.CTXRayDetailsSequence) ?? group(first, Tag.CTXRayDetailsSequence);
  const sequence = enhancedSequence(dataSet, modifier);
  return defined({
    ...plane,
    repetitionTimeMs: timing?.number(Tag.RepetitionTime),
    flipAngleDeg: timing?.number(Tag.FlipAngle),
    inversionTimeMs: modifier?.number(Tag.InversionTimes),
    convolutionKernel: reconstruction?.string(Tag.ConvolutionKernel),
    kvp: exposure?.number(Tag.KVP),
    scanningSequence: sequence.length > 0 ? sequence : undefined,
    scanOptions: modifier?.string(Tag.SpectrallySelectedSuppression) === 'FAT' ? ['FS'] : undefined,
  });
}

/** Echo pulse sequence and inversion in the terms of Scanning Sequence (0018,0020). @standard PS3.3 C.8.13.4 */
function enhancedSequence(dataSet: DataSet, modifier: DataSet | undefined): string[] {
  const pulse = dataSet.string(Tag.EchoPulseSequence);
  const terms: string[] = [];
  if (pulse === 'SPIN' || pulse === 'BOTH') terms.push('SE');
  if (pulse === 'GRADIENT' || pulse === 'BOTH') terms.push('GR');
  if (modifier?.string(Tag.InversionRecovery) === 'YES') terms.push('IR');
  return terms;
}

/**
 * Per-frame attributes of an enhanced multi-frame image, shared ones filled in; `undefined` if the image has none, or not
 * as many as it has frames.
 *
 * @standard PS3.3 C.7.6.16
 */
export function readFrameHeaders(dataSet: DataSet): readonly FrameHeader[] | undefined {
  const items = dataSet.sequence(Tag.PerFrameFunctionalGroupsSequence);
  if (items.length === 0 || items.length !== (dataSet.number(Tag.NumberOfFrames) ?? 1)) return undefined;
  const shared = group(dataSet, Tag.SharedFunctionalGroupsSequence);
  return items.map((item) => readFrame(item, shared));
}

function readFrame(item: DataSet, shared: DataSet | undefined): FrameHeader {
  const either = (tag: number): DataSet | undefined => group(item, tag) ?? group(shared, tag);
  const measures = either(Tag.PixelMeasuresSequence);
  const transformation = either(Tag.PixelValueTransformationSequence);
  const content = group(item, Tag.FrameContentSequence);
  const type = either(Tag.CTImageFrameTypeSequence) ?? either(Tag.MRImageFrameTypeSequence);
  return defined({
    pixelSpacing: pair(measures?.numbers(Tag.PixelSpacing) ?? []),
    sliceThicknessMm: measures?.number(Tag.SliceThickness),
    spacingBetweenSlicesMm: measures?.number(Tag.SpacingBetweenSlices),
    imageOrientationPatient: exactly(
      either(Tag.PlaneOrientationSequence)?.numbers(Tag.ImageOrientationPatient) ?? [],
      6,
    ),
    imagePositionPatient: triple(either(Tag.PlanePositionSequence)?.numbers(Tag.ImagePositionPatient) ?? []),
    rescale: transformation === undefined ? undefined : rescaleOf(transformation),
    frameType: type?.strings(Tag.FrameType),
    stackId: content?.string(Tag.StackID),
    temporalPosition: content?.number(Tag.TemporalPositionIndex),
    echoTimeMs: either(Tag.MREchoSequence)?.number(Tag.EffectiveEchoTime),
  });
}

/**
 * One header per frame of an enhanced multi-frame image, or the header itself where there is nothing to expand.
 *
 * @standard PS3.3 C.7.6.16
 */
export function expandFrames(header: InstanceHeader): readonly InstanceHeader[] {
  const { frames, ...image } = header;
  if (frames === undefined) return [header];
  return frames.map(({ frameType, ...frame }, index) => ({
    ...image,
    ...frame,
    imageType: frameType ?? image.imageType,
    frameNumber: index + 1,
  }));
}
