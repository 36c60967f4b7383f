import { deriveUid, encodePart10, readFileMeta, SopClass, TransferSyntax, type UID } from '@endplate/dicom';

/** What is sent: a CT instance is 525 KB, an MR instance 132 KB. */
export type InstanceKind = 'ct' | 'mr';

/** Rows and columns. */
const SIZE = { ct: 512, mr: 256 };

/** SOP classes by kind. */
export const SOP_CLASS = { ct: SopClass.CTImageStorage, mr: SopClass.MRImageStorage };

/**
 * Makes instances of one study in explicit VR little endian; they share one buffer, so each must have been answered
 * before the next is made.
 */
export function instanceMaker(
  kind: InstanceKind,
  study: string,
): (index: number) => { sopInstanceUID: UID; dataSet: Buffer } {
  // prettier-ignore
  const dataSet = dataSetOf(kind, study);
  const prefix = prefixOf(study);
  const at = dataSet.indexOf(uidOf(prefix, 0));
  return (index) => {
    const sopInstanceUID = uidOf(prefix, index);
    dataSet.write(sopInstanceUID, at, 'latin1');
    return { sopInstanceUID, dataSet };
  };
}

/** Always as long, so that it can be written over in place. */
function uidOf(prefix: string, index: number): UID {
  return `2.25.1${prefix}${String(index).padStart(9, '0')}` as UID;
}

/** Twelve digits of the study's own UID. */
function prefixOf(study: string): string {
  return deriveUid('bench', study).slice(-12);
}

function dataSetOf(kind: InstanceKind, study: string): Buffer {
  const rows = SIZE[kind];
  const file = encodePart10(
    {
      SOPClassUID: SOP_CLASS[kind],
      SOPInstanceUID: uidOf(prefixOf(study), 0),
      StudyInstanceUID: deriveUid('bench', study),
      SeriesInstanceUID: deriveUid('bench', study, 'series'),
      PatientName: 'Bench^Ingest',
      PatientID: 'BENCH',
      StudyDate: '20260101',
      StudyTime: '120000',
      Modality: kind.toUpperCase(),
      SeriesNumber: 1,
      InstanceNumber: 1,
      ImagePositionPatient: [0, 0, 0],
      ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
      PixelSpacing: [0.5, 0.5],
      SamplesPerPixel: 1,
      PhotometricInterpretation: 'MONOCHROME2',
      Rows: rows,
      Columns: rows,
      BitsAllocated: 16,
      BitsStored: 12,
      HighBit: 11,
      PixelRepresentation: 0,
      PixelData: Uint16Array.from({ length: rows * rows }, (_, i) => (i * 37) % 4096),
    },
    TransferSyntax.ExplicitVRLittleEndian,
  );
  return Buffer.from(file.subarray(readFileMeta(file).dataSetOffset));
}
