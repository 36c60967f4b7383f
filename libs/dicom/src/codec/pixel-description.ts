import { type DataSet } from '../element/data-set';
import { Tag } from '../element/tag';
import { DicomCodecUnsupportedError } from '../errors';
import { type UID } from '../uid/uid';

/** How the pixels of one frame are stored. @standard PS3.3 C.7.6.3 */
export interface PixelDescription {
  readonly transferSyntaxUID: UID;
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: number;
  /** 8 or 16. */
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  /** 0 unsigned, 1 two's complement. */
  readonly pixelRepresentation: 0 | 1;
  /** 0 colour by pixel, 1 colour by plane; meaningless with one sample. */
  readonly planarConfiguration: 0 | 1;
  readonly photometricInterpretation: string;
}

/** Stored values of one frame, row by row; the samples of a colour pixel lie side by side. */
export type FramePixels = Int16Array | Uint16Array | Uint8Array | Int8Array;

/** More samples than any frame of a spine study has; bounds what a header can make us allocate. */
const MAX_FRAME_SAMPLES = 2 ** 28;

/**
 * Reads the Image Pixel Module.
 *
 * @throws {@link DicomCodecUnsupportedError} `DICOM_CODEC_UNSUPPORTED` for pixels that are not 8 or 16 bits of 1 or 3 samples
 * @standard PS3.3 C.7.6.3
 */
export function readPixelDescription(dataSet: DataSet, transferSyntaxUID: UID): PixelDescription {
  const bitsAllocated = dataSet.number(Tag.BitsAllocated) ?? 0;
  const bitsStored = dataSet.number(Tag.BitsStored) ?? bitsAllocated;
  const pixel: PixelDescription = {
    transferSyntaxUID,
    rows: dataSet.number(Tag.Rows) ?? 0,
    columns: dataSet.number(Tag.Columns) ?? 0,
    samplesPerPixel: dataSet.number(Tag.SamplesPerPixel) ?? 1,
    bitsAllocated,
    bitsStored,
    highBit: dataSet.number(Tag.HighBit) ?? bitsStored - 1,
    pixelRepresentation: dataSet.number(Tag.PixelRepresentation) === 1 ? 1 : 0,
    planarConfiguration: dataSet.number(Tag.PlanarConfiguration) === 1 ? 1 : 0,
    photometricInterpretation: dataSet.string(Tag.PhotometricInterpretation) ?? 'MONOCHROME2',
  };
  checkPixelDescription(pixel);
  return pixel;
}

/**
 * Refuses what no decoder here handles, before anything is allocated.
 *
 * @throws {@link DicomCodecUnsupportedError} `DICOM_CODEC_UNSUPPORTED`
 */
export function checkPixelDescription(pixel: PixelDescription): void {
  const { rows, columns, samplesPerPixel, bitsAllocated, bitsStored, highBit } = pixel;
  const facts = { rows, columns, samplesPerPixel, bitsAllocated, bitsStored, highBit };
  const refuse = (why: string): never => {
    throw new DicomCodecUnsupportedError(`Pixel data cannot be decoded: ${why}`, facts);
  };
  if (!(rows >= 1 && columns >= 1)) refuse('Rows or Columns is missing');
  if (samplesPerPixel !== 1 && samplesPerPixel !== 3) refuse(`${samplesPerPixel} samples per pixel`);
  if (bitsAllocated !== 8 && bitsAllocated !== 16) refuse(`${bitsAllocated} bits allocated`);
  if (!(bitsStored >= 1 && bitsStored <= bitsAllocated)) refuse(`${bitsStored} bits stored`);
  if (!(highBit >= bitsStored - 1 && highBit < bitsAllocated)) refuse(`high bit ${highBit}`);
  if (rows * columns * samplesPerPixel > MAX_FRAME_SAMPLES) refuse('the frame is too large');
}

/** Samples of one frame. */
export function frameSamples(pixel: PixelDescription): number {
  return pixel.rows * pixel.columns * pixel.samplesPerPixel;
}

/** Bytes of one frame when it is not compressed. */
export function nativeFrameBytes(pixel: PixelDescription): number {
  return frameSamples(pixel) * (pixel.bitsAllocated / 8);
}
