import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { deriveUid, encodePart10, type NaturalDataset, SopClass, type UID } from '@endplate/dicom';
import { phantomStudy, type PhantomStudyOptions, type PhantomTruth } from '@endplate/phantom';

/** A study as files. */
export interface StudyFolder {
  readonly folder: string;
  readonly studyInstanceUID: string;
  readonly files: readonly string[];
}

/** A phantom that is quick to draw and to analyse: the whole lumbar spine in coarse slices. */
export const QUICK = {
  ct: { kind: 'ct', seed: 6, matrix: 192, pixelMm: 0.9, sliceThicknessMm: 2.5, spacingMm: 2.5 },
  mr: { kind: 'mr', seed: 3, matrix: 256, pixelMm: 1.1, slices: 11 },
} as const satisfies Record<string, PhantomStudyOptions>;

/** Writes the images of a phantom study. */
export async function phantomFolder(options: PhantomStudyOptions): Promise<StudyFolder & { truth: PhantomTruth }> {
  const study = phantomStudy(options);
  const folder = await newFolder();
  const files: string[] = [];
  for (const { sopInstanceUID, bytes } of study.instances()) {
    files.push(path.join(folder, `${sopInstanceUID}.dcm`));
    await writeFile(files.at(-1)!, bytes);
  }
  return { folder, files, studyInstanceUID: study.studyInstanceUID, truth: study.truth };
}

/** Writes images that the kernel can't use; `image` gets the number of the image from 1. */
export async function imageFolder(
  name: string,
  count: number,
  image: (n: number) => NaturalDataset & { SOPClassUID: UID },
): Promise<StudyFolder> {
  const folder = await newFolder();
  const studyInstanceUID = deriveUid('test', name, 'study');
  const files: string[] = [];
  for (let n = 1; n <= count; n += 1) {
    const bytes = encodePart10({ ...plainImage(name, studyInstanceUID, n), ...image(n) });
    files.push(path.join(folder, `${n}.dcm`));
    await writeFile(files.at(-1)!, bytes);
  }
  return { folder, files, studyInstanceUID };
}

/** Patient, study, series and a 64 x 64 image of 16 bits. */
function plainImage(name: string, studyInstanceUID: string, n: number): NaturalDataset {
  return {
    SOPClassUID: SopClass.SecondaryCaptureImageStorage,
    SOPInstanceUID: deriveUid('test', name, 'image', String(n)),
    StudyInstanceUID: studyInstanceUID,
    SeriesInstanceUID: deriveUid('test', name, 'series'),
    PatientName: 'Phantom^Test',
    PatientID: 'TEST-1',
    PatientBirthDate: '',
    PatientSex: 'O',
    StudyDate: '20260101',
    StudyTime: '120000',
    AccessionNumber: '',
    ReferringPhysicianName: '',
    StudyID: '1',
    Modality: 'OT',
    SeriesNumber: 1,
    InstanceNumber: n,
    Rows: 64,
    Columns: 64,
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    BitsAllocated: 16,
    BitsStored: 12,
    HighBit: 11,
    PixelRepresentation: 0,
    PixelData: Buffer.alloc(64 * 64 * 2, n),
  };
}

async function newFolder(): Promise<string> {
  const folder = path.join(await mkdtemp(path.join(os.tmpdir(), 'endplate-study-')), 'images');
  await mkdir(folder);
  return folder;
}
