import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deriveUid, encodePart10, readPart10, SopClass, type UID } from '@endplate/dicom';
import { assembleVolume, groupSeries, readInstanceHeader, type Volume } from '@endplate/imaging';
import { phantomStudy } from '@endplate/phantom';

/** Size of the studies of the bench. */
export interface BenchSize {
  /** Rows and columns, slices, and edge of the field, mm, of the CT at 1 mm. */
  readonly ct: { readonly matrix: number; readonly slices: number; readonly fieldMm: number };
  /** Rows and columns, slices of each of T1 and T2. */
  readonly mr: { readonly matrix: number; readonly slices: number };
}

/** What a hospital sends. */
export const FULL: BenchSize = {
  ct: { matrix: 512, slices: 600, fieldMm: 380 },
  mr: { matrix: 384, slices: 15 },
};
/** For a quick look. */
export const SMALL: BenchSize = { ct: { matrix: 192, slices: 160, fieldMm: 200 }, mr: { matrix: 192, slices: 5 } };

/** Draws T1 and T2 of a phantom into a folder. */
export async function writeMr(folder: string, { mr }: BenchSize): Promise<void> {
  const study = phantomStudy({ kind: 'mr', seed: 7, matrix: mr.matrix, pixelMm: 336 / mr.matrix, slices: mr.slices });
  for (const { sopInstanceUID, bytes } of study.instances())
    await writeFile(path.join(folder, `${sopInstanceUID}.dcm`), bytes);
}

/**
 * Draws a coarse phantom, then writes it slice after slice at the size of the bench: interpolated, with noise of its own,
 * mirrored upward where the phantom ends. One slice of the large study is in memory at a time.
 */
export async function writeCt(folder: string, { ct }: BenchSize): Promise<void> {
  const coarse = await coarsePhantom(ct.fieldMm);
  const [ni, nj, nk] = coarse.dims;
  const spacing = Math.abs(coarse.ijkToLps[10]!);
  const step = (ni * coarse.ijkToLps[0]!) / ct.matrix;
  const uid = (...parts: string[]): UID => deriveUid('endplate bench', JSON.stringify(ct), ...parts);
  const noise = noiseTable();
  for (let k = 0; k < ct.slices; k++) {
    const up = k / spacing;
    const turns = Math.floor(up / (nk - 1));
    const within = up - turns * (nk - 1);
    const z = turns % 2 === 0 ? within : nk - 1 - within;
    const pixels = new Uint16Array(ct.matrix * ct.matrix);
    for (let row = 0; row < ct.matrix; row++) {
      for (let column = 0; column < ct.matrix; column++) {
        const [i, j] = [(column * ni) / ct.matrix, (row * nj) / ct.matrix];
        const value = lerp(coarse, Math.min(i, ni - 2), Math.min(j, nj - 2), Math.min(z, nk - 1.001));
        pixels[row * ct.matrix + column] = Math.max(
          0,
          Math.round(value + noise[(k * 7919 + row * 613 + column) & 8191]!) + 1024,
        );
      }
    }
    const sop = uid('instance', String(k));
    const bytes = encodePart10({
      SOPClassUID: SopClass.CTImageStorage, SOPInstanceUID: sop, StudyInstanceUID: uid('study'), SeriesInstanceUID: uid('series'),
      FrameOfReferenceUID: uid('frame'), Modality: 'CT', PatientName: 'BENCH', PatientID: 'BENCH', ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
      InstanceNumber: k + 1, SeriesNumber: 1, Rows: ct.matrix, Columns: ct.matrix, PixelSpacing: [step, step], SliceThickness: 1,
      ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
      ImagePositionPatient: [coarse.ijkToLps[3]!, coarse.ijkToLps[7]!, coarse.ijkToLps[11]! + k], RescaleSlope: 1, RescaleIntercept: -1024,
      RescaleType: 'HU', ConvolutionKernel: 'Bf40', KVP: 120, SamplesPerPixel: 1, PhotometricInterpretation: 'MONOCHROME2', BitsAllocated: 16,
      BitsStored: 12, HighBit: 11, PixelRepresentation: 0, PixelData: Buffer.from(pixels.buffer),
    }); // prettier-ignore
    await writeFile(path.join(folder, `${sop}.dcm`), bytes);
  }
}

/** Headers of all instances of a folder, and their bytes by UID. */
export async function openFolder(folder: string): Promise<{
  readonly studyInstanceUID: string;
  readonly headers: ReturnType<typeof readInstanceHeader>[];
  readonly readInstance: (sopInstanceUID: UID) => Promise<Buffer>;
}> {
  const headers = [];
  for (const name of (await readdir(folder)).sort()) {
    const { dataSet } = readPart10(await readFile(path.join(folder, name)));
    headers.push(readInstanceHeader(dataSet));
  }
  const first = headers[0];
  if (!first) throw new Error(`${folder} is empty`);
  return {
    studyInstanceUID: first.studyInstanceUID,
    headers,
    readInstance: (uid) => readFile(path.join(folder, `${uid}.dcm`)),
  };
}

async function coarsePhantom(fieldMm: number): Promise<Volume> {
  const matrix = fieldMm >= 300 ? 192 : 128;
  const study = phantomStudy({
    kind: 'ct',
    seed: 7,
    matrix,
    pixelMm: fieldMm / matrix,
    sliceThicknessMm: 2,
    spacingMm: 2,
    noiseHU: 0,
    texture: false,
  });
  const instances = new Map([...study.instances()].map((instance) => [instance.sopInstanceUID, instance.bytes]));
  const headers = [...instances.values()].map((bytes) => readInstanceHeader(readPart10(bytes).dataSet));
  return assembleVolume(groupSeries(headers)[0]!, (uid) => Promise.resolve(instances.get(uid)!));
}

function lerp({ data, dims: [ni, nj, nk] }: Volume, i: number, j: number, k: number): number {
  const [i0, j0, k0] = [Math.floor(i), Math.floor(j), Math.min(Math.floor(k), nk - 2)];
  const [u, v, w] = [i - i0, j - j0, k - k0];
  const at = (k0 * nj + j0) * ni + i0;
  const plane = (from: number): number =>
    (data[from]! * (1 - u) + data[from + 1]! * u) * (1 - v) +
    (data[from + ni]! * (1 - u) + data[from + ni + 1]! * u) * v;
  return plane(at) * (1 - w) + plane(at + ni * nj) * w;
}

/** Noise of about 15 HU, the same in every run. */
function noiseTable(): Float32Array {
  let state = 12345;
  const next = (): number => (state = (state * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff;
  return Float32Array.from({ length: 8192 }, () => 15 * (next() + next() + next() + next() - 2) * 1.73);
}
