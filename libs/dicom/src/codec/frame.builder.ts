import {
  decodeFrame,
  deriveUid,
  framesOf,
  readPart10,
  readPixelDescription,
  SopClass,
  type FramePixels,
  type NaturalDataset,
  type PixelDescription,
} from '../index';

/** Rows of the image: no multiple of 8. */
export const ROWS = 37;
/** Columns of the image. */
export const COLUMNS = 53;

/** A smooth image with edges and noise, reaching both ends of the range. */
export function image(bits: number, signed: boolean): Int16Array | Uint16Array {
  const low = signed ? -(2 ** (bits - 1)) : 0;
  const pixels = signed ? new Int16Array(ROWS * COLUMNS) : new Uint16Array(ROWS * COLUMNS);
  let seed = 7;
  for (let n = 0; n < pixels.length; n++) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const wave = Math.sin(n / 40) * Math.cos(n / COLUMNS / 3) * 0.4 + 0.5 + (seed / 2 ** 32) * 0.05;
    pixels[n] = low + Math.min(2 ** bits - 1, Math.floor(wave * 2 ** bits));
  }
  pixels.set([low, low + 2 ** bits - 1, low, low + 2 ** bits - 1], 500);
  return pixels;
}

/** The image as a CT instance. */
export function dataset(bits: number, signed: boolean, pixels: ArrayBufferView): NaturalDataset {
  return {
    SOPClassUID: SopClass.CTImageStorage,
    SOPInstanceUID: deriveUid('codec', String(bits), String(signed)),
    StudyInstanceUID: deriveUid('codec', 'study'),
    SeriesInstanceUID: deriveUid('codec', 'series'),
    Modality: 'CT',
    ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
    PhotometricInterpretation: 'MONOCHROME2',
    RescaleIntercept: -1024,
    RescaleSlope: 1,
    SamplesPerPixel: 1,
    Rows: ROWS,
    Columns: COLUMNS,
    BitsAllocated: bits > 8 ? 16 : 8,
    BitsStored: bits,
    HighBit: bits - 1,
    PixelRepresentation: signed ? 1 : 0,
    PixelData: pixels,
  };
}

/** The first frame of a Part 10 file. */
export async function decodeFile(bytes: Buffer): Promise<{ pixels: FramePixels; pixel: PixelDescription }> {
  const { meta, dataSet } = readPart10(bytes);
  const pixel = readPixelDescription(dataSet, meta.transferSyntaxUID);
  return { pixels: await decodeFrame(pixel, framesOf(dataSet, pixel).frame(0)), pixel };
}
