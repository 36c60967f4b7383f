import {
  deriveUid,
  encodeFileMeta,
  encodePart10,
  readFileMeta,
  SopClass,
  TransferSyntax,
  type UID,
} from '@endplate/dicom';

/** An instance for a spec: Part 10 file and dataset apart. */
export interface TestInstance {
  readonly sopClassUID: UID;
  readonly sopInstanceUID: UID;
  readonly studyInstanceUID: UID;
  readonly seriesInstanceUID: UID;
  readonly file: Buffer;
  readonly dataSet: Buffer;
}

/** What to vary. */
export interface InstanceOptions {
  readonly study?: string;
  readonly series?: string;
  readonly rows?: number;
  /** First value of the pixels: the same UIDs with other bytes. */
  readonly tone?: number;
  /** Elements to change; null empties one. */
  readonly elements?: Readonly<Record<string, string | null>>;
}

/** A small CT instance in explicit VR little endian; the same arguments give the same bytes. */
export function ctInstance(name: string, options: InstanceOptions = {}): TestInstance {
  const { study = 'study', series = 'series', rows = 32, tone = 0 } = options;
  const studyInstanceUID = deriveUid('listener-spec', study);
  const seriesInstanceUID = deriveUid('listener-spec', study, series);
  const sopInstanceUID = deriveUid('listener-spec', study, series, name);
  const sopClassUID = SopClass.CTImageStorage;
  const file = encodePart10(
    {
      SOPClassUID: sopClassUID,
      SOPInstanceUID: sopInstanceUID,
      StudyInstanceUID: studyInstanceUID,
      SeriesInstanceUID: seriesInstanceUID,
      PatientName: 'Spec^Listener',
      PatientID: 'SPEC',
      Modality: 'CT',
      SeriesNumber: 1,
      InstanceNumber: 1,
      SamplesPerPixel: 1,
      PhotometricInterpretation: 'MONOCHROME2',
      Rows: rows,
      Columns: rows,
      BitsAllocated: 16,
      BitsStored: 12,
      HighBit: 11,
      PixelRepresentation: 0,
      PixelData: Uint16Array.from({ length: rows * rows }, (_, i) => (i * 37 + tone) % 4096),
      ...options.elements,
    },
    TransferSyntax.ExplicitVRLittleEndian,
  );
  const dataSet = file.subarray(readFileMeta(file).dataSetOffset);
  return { sopClassUID, sopInstanceUID, studyInstanceUID, seriesInstanceUID, file, dataSet };
}

/** The file as a C-STORE of this sender leaves it: our group 2, then the dataset as it came. */
export function asStored({ sopClassUID, sopInstanceUID, dataSet }: TestInstance, sourceAETitle: string): Buffer {
  const transferSyntaxUID = TransferSyntax.ExplicitVRLittleEndian;
  return Buffer.concat([encodeFileMeta({ sopClassUID, sopInstanceUID, transferSyntaxUID, sourceAETitle }), dataSet]);
}
