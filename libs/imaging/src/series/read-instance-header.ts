import { parseUid, Tag, type DataSet, type UID } from '@endplate/dicom';
import { defined, exactly, pair, rescaleOf, triple } from './attribute';
import { readFrameHeaders, readSharedGroups } from './functional-groups';
import { type InstanceHeader } from './instance-header';

/**
 * Reads what this room and the kernel need to know of an image; pixels are not touched, so a data set that was parsed up
 * to the pixel data will do, with `hasPixelData` given.
 *
 * @param options - `hasPixelData` where the data set was cut before it; the transfer syntax of the file
 * @throws DicomUidError `DICOM_UID_INVALID` if a UID of the instance is missing or wrong
 * @standard PS3.3 C.7.6, PS3.3 C.8.2.1, PS3.3 C.8.3.1
 */
export function readInstanceHeader(
  dataSet: DataSet,
  options: { readonly hasPixelData?: boolean; readonly transferSyntaxUID?: UID } = {},
): InstanceHeader {
  const uid = (tag: number): UID => parseUid(dataSet.string(tag) ?? '');
  const shared = readSharedGroups(dataSet);
  const frames = readFrameHeaders(dataSet);
  return {
    sopClassUID: uid(Tag.SOPClassUID),
    sopInstanceUID: uid(Tag.SOPInstanceUID),
    seriesInstanceUID: uid(Tag.SeriesInstanceUID),
    studyInstanceUID: uid(Tag.StudyInstanceUID),
    modality: dataSet.string(Tag.Modality) ?? '',
    rows: dataSet.number(Tag.Rows) ?? 0,
    columns: dataSet.number(Tag.Columns) ?? 0,
    imageType: dataSet.strings(Tag.ImageType),
    numberOfFrames: Math.max(1, dataSet.number(Tag.NumberOfFrames) ?? 1),
    hasPixelData: options.hasPixelData ?? dataSet.pixelData() !== undefined,
    samplesPerPixel: dataSet.number(Tag.SamplesPerPixel) ?? 1,
    bitsAllocated: dataSet.number(Tag.BitsAllocated) ?? 16,
    bitsStored: dataSet.number(Tag.BitsStored) ?? dataSet.number(Tag.BitsAllocated) ?? 16,
    pixelRepresentation: dataSet.number(Tag.PixelRepresentation) === 1 ? 1 : 0,
    scanningSequence: dataSet.strings(Tag.ScanningSequence),
    sequenceVariant: dataSet.strings(Tag.SequenceVariant),
    scanOptions: dataSet.strings(Tag.ScanOptions),
    ...defined({
      frameOfReferenceUID: dataSet.string(Tag.FrameOfReferenceUID),
      ...planeOf(dataSet),
      transferSyntaxUID: options.transferSyntaxUID,
      ...identityOf(dataSet),
      ...pixelsOf(dataSet),
      ...acquisitionOf(dataSet),
    }),
    ...shared,
    ...(frames === undefined ? {} : { frames }),
  };
}

/** Attributes that fix the image in space and its values on a scale. */
function planeOf(dataSet: DataSet) {
  return {
    pixelSpacing: pair(dataSet.numbers(Tag.PixelSpacing)),
    imageOrientationPatient: exactly(dataSet.numbers(Tag.ImageOrientationPatient), 6),
    imagePositionPatient: triple(dataSet.numbers(Tag.ImagePositionPatient)),
    sliceThicknessMm: dataSet.number(Tag.SliceThickness),
    spacingBetweenSlicesMm: dataSet.number(Tag.SpacingBetweenSlices),
    rescale: rescaleOf(dataSet),
    gantryTiltDeg: dataSet.number(Tag.GantryDetectorTilt),
  };
}

function identityOf(dataSet: DataSet) {
  return {
    seriesDescription: dataSet.string(Tag.SeriesDescription),
    protocolName: dataSet.string(Tag.ProtocolName),
    seriesNumber: dataSet.number(Tag.SeriesNumber),
    instanceNumber: dataSet.number(Tag.InstanceNumber),
    acquisitionNumber: dataSet.number(Tag.AcquisitionNumber),
    temporalPosition: dataSet.number(Tag.TemporalPositionIdentifier),
    bodyPart: dataSet.string(Tag.BodyPartExamined),
    patientPosition: dataSet.string(Tag.PatientPosition),
    manufacturer: dataSet.string(Tag.Manufacturer),
    manufacturerModelName: dataSet.string(Tag.ManufacturerModelName),
    acquisitionDateTime: acquisitionTime(dataSet),
  };
}

function pixelsOf(dataSet: DataSet) {
  const burnedIn = dataSet.string(Tag.BurnedInAnnotation);
  return {
    photometricInterpretation: dataSet.string(Tag.PhotometricInterpretation),
    pixelPaddingValue: storedValue(dataSet, Tag.PixelPaddingValue),
    pixelPaddingRangeLimit: storedValue(dataSet, Tag.PixelPaddingRangeLimit),
    burnedInAnnotation: burnedIn === undefined ? undefined : burnedIn === 'YES',
  };
}

/** A stored value; of signed pixels it is sometimes written as unsigned 16 bits. */
function storedValue(dataSet: DataSet, tag: number): number | undefined {
  const value = dataSet.number(tag);
  const signed = dataSet.number(Tag.PixelRepresentation) === 1;
  return value !== undefined && signed && value > 32767 ? value - 65536 : value;
}

function acquisitionOf(dataSet: DataSet) {
  return {
    kvp: dataSet.number(Tag.KVP),
    convolutionKernel: dataSet.string(Tag.ConvolutionKernel),
    contrastBolusAgent: dataSet.string(Tag.ContrastBolusAgent),
    repetitionTimeMs: dataSet.number(Tag.RepetitionTime),
    echoTimeMs: dataSet.number(Tag.EchoTime),
    inversionTimeMs: dataSet.number(Tag.InversionTime),
    flipAngleDeg: dataSet.number(Tag.FlipAngle),
    magneticFieldStrengthT: dataSet.number(Tag.MagneticFieldStrength),
  };
}

function acquisitionTime(dataSet: DataSet): string | undefined {
  const dateTime = dataSet.string(Tag.AcquisitionDateTime);
  if (dateTime !== undefined) return dateTime;
  const date = dataSet.string(Tag.AcquisitionDate);
  return date === undefined ? undefined : `${date}${dataSet.string(Tag.AcquisitionTime) ?? ''}`;
}
