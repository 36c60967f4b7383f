import { DicomCodecError } from '../errors';
import { type PixelDescription } from './pixel-description';

/** What a compressed frame says of itself. */
export interface CodeStreamHeader {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  readonly precision: number;
}

/** JPEG markers that begin a frame: SOF0 to SOF15 without DHT, JPG, DAC; and SOF55 of JPEG-LS. */
function isStartOfFrame(marker: number): boolean {
  return (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) || marker === 0xf7;
}

/**
 * Reads the frame header of a JPEG or JPEG-LS stream.
 *
 * @returns the header, which SOF marker it was, and where its segment begins
 * @throws {@link DicomCodecError} `DICOM_CODEC_FAILED`
 * @standard ISO/IEC 10918-1 B.2.2, ISO/IEC 14495-1 C.2.2
 */
export function readJpegHeader(bytes: Buffer): CodeStreamHeader & { readonly marker: number } {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) throw broken('no SOI marker');
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes.readUInt8(at) !== 0xff) throw broken('no marker where one belongs');
    const marker = bytes.readUInt8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const length = bytes.readUInt16BE(at + 2);
    if (isStartOfFrame(marker)) {
      if (length < 8 || at + 2 + length > bytes.length) break;
      const precision = bytes.readUInt8(at + 4);
      const [height, width] = [bytes.readUInt16BE(at + 5), bytes.readUInt16BE(at + 7)];
      return { marker, precision, height, width, components: bytes.readUInt8(at + 9) };
    }
    if (length < 2) throw broken('a segment shorter than its length field');
    at += 2 + length;
  }
  throw broken('no frame header');
}

/**
 * Reads the SIZ segment of a JPEG 2000 or HTJ2K code stream, inside a JP2 box or bare.
 *
 * @throws {@link DicomCodecError} `DICOM_CODEC_FAILED`
 * @standard ISO/IEC 15444-1 A.5.1
 */
export function readJpeg2000Header(bytes: Buffer): CodeStreamHeader {
  // SOC FF4F is followed by SIZ FF51; a JP2 file has boxes in front.
  const start = bytes.subarray(0, 4096).indexOf(Buffer.from([0xff, 0x4f, 0xff, 0x51]));
  if (start < 0 || start + 46 > bytes.length) throw broken('no SIZ segment');
  const at = start + 4;
  const [xSize, ySize] = [bytes.readUInt32BE(at + 4), bytes.readUInt32BE(at + 8)];
  const [xOffset, yOffset] = [bytes.readUInt32BE(at + 12), bytes.readUInt32BE(at + 16)];
  const [tileWidth, tileHeight] = [bytes.readUInt32BE(at + 20), bytes.readUInt32BE(at + 24)];
  if (tileWidth === 0 || tileHeight === 0) throw broken('a tile without size');
  // A tile per few pixels makes a decoder allocate far more than the image.
  if (Math.ceil(xSize / tileWidth) * Math.ceil(ySize / tileHeight) > 4096) throw broken('too many tiles');
  const components = bytes.readUInt16BE(at + 36);
  const precision = (bytes.readUInt8(at + 38) & 0x7f) + 1;
  return { width: xSize - xOffset, height: ySize - yOffset, components, precision };
}

/**
 * Refuses a stream that is not of the size that the data set says, before a decoder allocates for it.
 *
 * @throws {@link DicomCodecError} `DICOM_CODEC_FAILED`
 */
export function checkCodeStream(header: CodeStreamHeader, pixel: PixelDescription): void {
  const { width, height, components, precision } = header;
  if (width !== pixel.columns || height !== pixel.rows || components !== pixel.samplesPerPixel) {
    throw new DicomCodecError(
      `The stream holds ${width} x ${height} x ${components}, the header says ${pixel.columns} x ${pixel.rows} x ${pixel.samplesPerPixel}`,
      { width, height, components, columns: pixel.columns, rows: pixel.rows, samplesPerPixel: pixel.samplesPerPixel },
    );
  }
  if (precision < 1 || precision > pixel.bitsAllocated) {
    throw new DicomCodecError(`The stream has ${precision} bits, ${pixel.bitsAllocated} are allocated`, {
      precision,
      bitsAllocated: pixel.bitsAllocated,
    });
  }
}

function broken(why: string): DicomCodecError {
  return new DicomCodecError(`The compressed frame is broken: ${why}`, { why });
}
