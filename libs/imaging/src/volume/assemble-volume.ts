import {
  decodeFrame,
  framesOf,
  imagePlaneAffine,
  readPart10,
  readPixelDescription,
  Tag,
  type Affine,
  type FramePixels,
  type UID,
} from '@endplate/dicom';
import { ImagingInstanceError, ImagingSeriesError, ImagingSizeError } from '../errors';
import { type InstanceHeader } from '../series/instance-header';
import { type Series } from '../series/series';
import { type Volume, type VolumeSlice } from './volume';
import { voxelScale, writeVoxels } from './voxel-scale';

/** Gives the Part 10 bytes of one instance. */
export type ReadInstance = (sopInstanceUID: UID) => Promise<Buffer>;

/** Told after each image: images done, images in all. */
export type VolumeProgress = (done: number, total: number) => void;

/** 512 x 512 x 2048: no spine study has more, and it is what a worker can hold. */
const DEFAULT_MAX_VOXELS = 2 ** 29;

/**
 * Reads the voxels of a series. Besides the volume, one instance is in memory and the next one on its way.
 *
 * @param readInstance - called once per instance, in slice order
 * @throws {@link ImagingSeriesError} `IMAGING_SERIES_UNUSABLE` without geometry, images or pixel data, or for colour images
 * @throws {@link ImagingInstanceError} `IMAGING_INSTANCE_MISMATCH` if an instance is not the one of its header
 * @throws {@link ImagingSizeError} `IMAGING_VOLUME_TOO_LARGE`
 * @throws DicomError `DICOM_*` for instances that cannot be parsed or decoded
 */
export async function assembleVolume(
  series: Series,
  readInstance: ReadInstance,
  onProgress?: VolumeProgress,
  options: { readonly maxVoxels?: number } = {},
): Promise<Volume> {
  const first = checkSeries(series);
  const nk = (series.planeIndices[series.planeIndices.length - 1] ?? 0) + 1;
  const { columns: ni, rows: nj } = first;
  const maxVoxels = options.maxVoxels ?? DEFAULT_MAX_VOXELS;
  if (ni * nj * nk > maxVoxels) {
    throw new ImagingSizeError(`${ni} x ${nj} x ${nk} voxels, ${maxVoxels} are allowed`, { ni, nj, nk, maxVoxels });
  }
  const scale = voxelScale(series.headers);
  let data: Int16Array | Float32Array | undefined;
  let done = 0;
  for await (const { images, bytes } of instancesAhead(series, readInstance)) {
    const frames = framesOfInstance(images, bytes);
    // Allocated when the first image has proved that there are pixels of this size.
    data ??= scale.wholeNumbers ? new Int16Array(ni * nj * nk) : new Float32Array(ni * nj * nk);
    for (const { header, k } of images) {
      writeVoxels(await frames(header), header, scale, data, k * ni * nj);
      onProgress?.(++done, series.headers.length);
    }
  }
  if (data === undefined) throw new ImagingSeriesError('The series has no images');
  fillMissing(data, ni * nj, series.planeIndices);
  return {
    seriesInstanceUID: series.seriesInstanceUID,
    ...(first.frameOfReferenceUID === undefined ? {} : { frameOfReferenceUID: first.frameOfReferenceUID }),
    modality: series.modality,
    unit: scale.unit,
    dims: [ni, nj, nk],
    data,
    ijkToLps: seriesAffine(series),
    slices: slicesOf(series, nk),
    headers: series.headers,
    problems: series.problems,
  };
}

/**
 * The affine of the volume that a series would give: (column i, row j, slice k) -\> LPS mm.
 *
 * @throws DicomGeometryError `DICOM_GEOMETRY_INVALID` without geometry
 */
export function seriesAffine(series: Series): Affine {
  const first = series.headers[0];
  return imagePlaneAffine(
    {
      ImagePositionPatient: first?.imagePositionPatient ?? [],
      ImageOrientationPatient: first?.imageOrientationPatient ?? [],
      PixelSpacing: first?.pixelSpacing ?? [],
    },
    series.stepLps,
  );
}

function checkSeries(series: Series): InstanceHeader {
  const first = series.headers[0];
  if (first === undefined) throw new ImagingSeriesError('The series has no images');
  if (series.spacingMm <= 0) throw new ImagingSeriesError('The series has no usable geometry');
  if (!series.headers.every((header) => header.hasPixelData)) throw new ImagingSeriesError('Images without pixel data');
  if (!series.headers.every((header) => header.samplesPerPixel === 1)) throw new ImagingSeriesError('Colour images');
  return first;
}

interface PlacedImage {
  readonly header: InstanceHeader;
  readonly k: number;
}

/** Headers of one instance together (frames of a multi-frame image), in order of their first plane. */
function instancesOf(series: Series): Iterable<readonly PlacedImage[]> {
  const byInstance = new Map<UID, PlacedImage[]>();
  series.headers.forEach((header, n) => {
    const image = { header, k: series.planeIndices[n] ?? n };
    const images = byInstance.get(header.sopInstanceUID);
    if (images === undefined) byInstance.set(header.sopInstanceUID, [image]);
    else images.push(image);
  });
  return byInstance.values();
}

/** The instances in order, each asked for while the one before is decoded: an object store answers late. */
async function* instancesAhead(
  series: Series,
  readInstance: ReadInstance,
): AsyncGenerator<{ readonly images: readonly PlacedImage[]; readonly bytes: Buffer }> {
  const all = [...instancesOf(series)];
  const ask = (n: number): Promise<Buffer> | undefined => {
    const image = all[n]?.[0];
    if (!image) return undefined;
    const asked = readInstance(image.header.sopInstanceUID);
    // Its failure counts when its turn has come.
    asked.catch(() => undefined);
    return asked;
  };
  let next = ask(0);
  for (const [n, images] of all.entries()) {
    const bytes = await next!;
    next = ask(n + 1);
    yield { images, bytes };
  }
}

function framesOfInstance(
  images: readonly PlacedImage[],
  bytes: Buffer,
): (header: InstanceHeader) => Promise<FramePixels> {
  const { header: expected } = images[0] as PlacedImage;
  const { sopInstanceUID } = expected;
  const { meta, dataSet } = readPart10(bytes);
  const mismatch = (what: string): ImagingInstanceError =>
    new ImagingInstanceError(`Instance ${sopInstanceUID}: ${what}`, { sopInstanceUID, what });
  if (dataSet.string(Tag.SOPInstanceUID) !== sopInstanceUID) throw mismatch('another SOP Instance UID');
  const pixel = readPixelDescription(dataSet, meta.transferSyntaxUID);
  if (pixel.rows !== expected.rows || pixel.columns !== expected.columns) throw mismatch('another size');
  if (pixel.bitsStored !== expected.bitsStored || pixel.pixelRepresentation !== expected.pixelRepresentation) {
    throw mismatch('another pixel representation');
  }
  const frames = framesOf(dataSet, pixel);
  return (header) => {
    const index = (header.frameNumber ?? 1) - 1;
    if (index >= frames.count) throw mismatch(`no frame ${index + 1}`);
    return decodeFrame(pixel, frames.frame(index));
  };
}

/** Linear interpolation between the neighbours of missing slices. */
function fillMissing(data: Int16Array | Float32Array, plane: number, planeIndices: readonly number[]): void {
  for (let n = 1; n < planeIndices.length; n++) {
    const [below, above] = [planeIndices[n - 1] as number, planeIndices[n] as number];
    for (let k = below + 1; k < above; k++) {
      const t = (k - below) / (above - below);
      for (let at = 0; at < plane; at++) {
        const value = (data[below * plane + at] as number) * (1 - t) + (data[above * plane + at] as number) * t;
        data[k * plane + at] = data instanceof Int16Array ? Math.round(value) : value;
      }
    }
  }
}

function slicesOf(series: Series, nk: number): VolumeSlice[] {
  const slices: VolumeSlice[] = [];
  let n = 0;
  for (let k = 0; k < nk; k++) {
    while (n + 1 < series.planeIndices.length && nearer(series.planeIndices, n + 1, n, k)) n++;
    const header = series.headers[n] as InstanceHeader;
    slices.push({
      sopClassUID: header.sopClassUID,
      sopInstanceUID: header.sopInstanceUID,
      ...(header.frameNumber === undefined ? {} : { frameNumber: header.frameNumber }),
      ...(series.planeIndices[n] === k ? {} : { interpolated: true }),
    });
  }
  return slices;
}

function nearer(planeIndices: readonly number[], candidate: number, current: number, k: number): boolean {
  return Math.abs((planeIndices[candidate] as number) - k) <= Math.abs((planeIndices[current] as number) - k);
}
