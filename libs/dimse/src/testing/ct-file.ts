import { deriveUid, encodePart10, SopClass, TransferSyntax } from '@endplate/dicom';

/** A small CT instance as a Part 10 file, explicit VR little endian; the same `name` gives the same bytes. */
export function ctFile(name: string, rows = 64): Buffer {
  const pixels = Uint16Array.from({ length: rows * rows }, (_, i) => (i * 37 + name.length * 101) % 4096);
  return encodePart10(
    {
      SOPClassUID: SopClass.CTImageStorage,
      SOPInstanceUID: deriveUid('ct-file', name),
      StudyInstanceUID: deriveUid('ct-file', 'study'),
      SeriesInstanceUID: deriveUid('ct-file', 'series'),
      PatientName: 'Spec^Dimse',
      PatientID: 'SPEC',
      PatientBirthDate: null,
      PatientSex: null,
      StudyDate: '20260101',
      StudyTime: '120000',
      StudyID: '1',
      AccessionNumber: null,
      ReferringPhysicianName: null,
      Modality: 'CT',
      Manufacturer: 'Endplate',
      ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
      SeriesNumber: 1,
      InstanceNumber: 1,
      FrameOfReferenceUID: deriveUid('ct-file', 'frame'),
      ImagePositionPatient: [0, 0, 0],
      ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
      PixelSpacing: [1, 1],
      SamplesPerPixel: 1,
      PhotometricInterpretation: 'MONOCHROME2',
      Rows: rows,
      Columns: rows,
      BitsAllocated: 16,
      BitsStored: 12,
      HighBit: 11,
      PixelRepresentation: 0,
      RescaleIntercept: -1024,
      RescaleSlope: 1,
      PixelData: pixels,
    },
    TransferSyntax.ExplicitVRLittleEndian,
  );
}
