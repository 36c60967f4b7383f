import { deriveUid, type NaturalDataset, type UID } from '@endplate/dicom';

/** Date and UIDs of a phantom study; a pure function of what was asked for. */
export interface StudyIdentity {
  readonly kind: 'ct' | 'mr';
  readonly seed: number;
  readonly studyInstanceUID: UID;
  readonly frameOfReferenceUID: UID;
  readonly uid: (...parts: string[]) => UID;
  /** YYYYMMDD. */
  readonly studyDate: string;
}

/** UIDs derived from kind, seed and every option, so that the same request makes the same study and another one does not. */
export function studyIdentity(kind: 'ct' | 'mr', seed: number, studyDate: string, options: object): StudyIdentity {
  const facts = JSON.stringify(Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1)));
  const uid = (...parts: string[]): UID =>
    deriveUid('endplate phantom', kind, String(seed), studyDate, facts, ...parts);
  return { kind, seed, studyDate, uid, studyInstanceUID: uid('study'), frameOfReferenceUID: uid('frame of reference') };
}

/**
 * Attributes that all instances of a phantom study share: Patient, General Study, Frame of Reference, General Equipment.
 *
 * @standard PS3.3 C.7.1.1, C.7.2.1, C.7.4.1, C.7.5.1
 */
export function sharedModules(identity: StudyIdentity): NaturalDataset {
  const { kind, seed, studyDate } = identity;
  const modality = kind.toUpperCase();
  return {
    PatientName: `PHANTOM^SEED ${seed}`,
    PatientID: `PHANTOM-${seed}`,
    PatientBirthDate: null,
    PatientSex: 'O',
    PatientComments: 'Drawn by Endplate; no patient',
    StudyInstanceUID: identity.studyInstanceUID,
    StudyDate: studyDate,
    StudyTime: '120000',
    StudyID: `${modality}${seed}`,
    AccessionNumber: `PH${modality}${seed}`,
    ReferringPhysicianName: null,
    StudyDescription: `${modality} LUMBAR SPINE PHANTOM`,
    FrameOfReferenceUID: identity.frameOfReferenceUID,
    PositionReferenceIndicator: null,
    Manufacturer: 'Endplate',
    ManufacturerModelName: 'Phantom',
    SoftwareVersions: '0.1',
    BodyPartExamined: 'LSPINE',
    PatientPosition: 'HFS',
    Modality: modality,
  };
}

/** General Image, Image Plane and Image Pixel attributes of one slice of 16-bit grey values. @standard PS3.3 C.7.6 */
export function imageModules(image: {
  readonly identity: StudyIdentity;
  readonly series: string;
  readonly seriesNumber: number;
  readonly seriesDescription: string;
  readonly instanceNumber: number;
  readonly rows: number;
  readonly columns: number;
  readonly pixelMm: number;
  readonly sliceThicknessMm: number;
  readonly orientation: readonly number[];
  readonly position: readonly number[];
  readonly patientOrientation: readonly [string, string];
  readonly pixels: Uint16Array;
}): NaturalDataset {
  const { identity, series, instanceNumber } = image;
  return {
    ...sharedModules(identity),
    SOPInstanceUID: identity.uid('instance', series, String(instanceNumber)),
    SeriesInstanceUID: identity.uid('series', series),
    SeriesNumber: image.seriesNumber,
    SeriesDescription: image.seriesDescription,
    SeriesDate: identity.studyDate,
    SeriesTime: '120000',
    InstanceNumber: instanceNumber,
    AcquisitionNumber: 1,
    AcquisitionDate: identity.studyDate,
    AcquisitionTime: '120000',
    ContentDate: identity.studyDate,
    ContentTime: '120000',
    PatientOrientation: [...image.patientOrientation],
    BurnedInAnnotation: 'NO',
    PixelSpacing: [image.pixelMm, image.pixelMm],
    ImageOrientationPatient: [...image.orientation],
    ImagePositionPatient: image.position.map((v) => Math.round(v * 1e4) / 1e4),
    SliceThickness: image.sliceThicknessMm,
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: image.rows,
    Columns: image.columns,
    BitsAllocated: 16,
    BitsStored: 12,
    HighBit: 11,
    PixelRepresentation: 0,
    PixelData: image.pixels,
  };
}
