import { DicomCodecUnsupportedError } from '../errors';
import { TransferSyntax } from '../uid/transfer-syntax';
import { checkCodeStream, readJpeg2000Header, readJpegHeader, type CodeStreamHeader } from './code-stream';
import { decodeJpegExtended } from './jpeg-extended';
import { decodeJpegLossless } from './jpeg-lossless';
import { decodeNative } from './native';
import { checkPixelDescription, type FramePixels, type PixelDescription } from './pixel-description';
import { decodeRle } from './rle';
import { decodeWasm, type WasmCodec } from './wasm';

/** Frame of the extended sequential process. */
const SOF1 = 0xc1;

/** CharLS looks for the next marker far behind the end of a stream that was cut; this one stops it. */
const END_OF_IMAGE = Buffer.from([0xff, 0xd9]);

/**
 * Decodes one frame to stored values, row by row.
 *
 * What is allocated is bounded by Rows x Columns of `pixel`: a compressed stream that claims another size is refused
 * before a decoder sees it. Uncompressed values may be a view of `frame`, to be read and not written.
 *
 * @param frame - bytes of the frame as they lie in the data set
 * @throws {@link DicomCodecUnsupportedError} `DICOM_CODEC_UNSUPPORTED`
 * @throws {@link DicomCodecError} `DICOM_CODEC_FAILED`
 * @standard PS3.5 8.2
 */
export async function decodeFrame(pixel: PixelDescription, frame: Buffer): Promise<FramePixels> {
  checkPixelDescription(pixel);
  switch (pixel.transferSyntaxUID) {
    case TransferSyntax.ImplicitVRLittleEndian:
    case TransferSyntax.ExplicitVRLittleEndian:
    case TransferSyntax.DeflatedExplicitVRLittleEndian:
    case TransferSyntax.EncapsulatedUncompressedExplicitVRLittleEndian:
      return decodeNative(pixel, frame, true);
    case TransferSyntax.ExplicitVRBigEndian:
      return decodeNative(pixel, frame, false);
    case TransferSyntax.RLELossless:
      return decodeRle(pixel, frame);
    case TransferSyntax.JPEGLossless:
    case TransferSyntax.JPEGLosslessSV1:
      return decodeJpegLossless(pixel, frame);
    case TransferSyntax.JPEGBaseline8Bit:
    case TransferSyntax.JPEGExtended12Bit:
      return decodeLossyJpeg(pixel, frame);
    case TransferSyntax.JPEGLSLossless:
    case TransferSyntax.JPEGLSNearLossless:
      return checked('jpeg-ls', pixel, Buffer.concat([frame, END_OF_IMAGE]), readJpegHeader(frame));
    case TransferSyntax.JPEG2000Lossless:
    case TransferSyntax.JPEG2000:
      return checked('jpeg-2000', pixel, frame, readJpeg2000Header(frame));
    case TransferSyntax.HTJ2KLossless:
    case TransferSyntax.HTJ2KLosslessRPCL:
    case TransferSyntax.HTJ2K:
      return checked('htj2k', pixel, frame, readJpeg2000Header(frame));
    default:
      throw unsupported(pixel, 'no decoder');
  }
}

async function decodeLossyJpeg(pixel: PixelDescription, frame: Buffer): Promise<FramePixels> {
  const header = readJpegHeader(frame);
  // The WASM codec reads 8 bits alone; Extended of 12 bits is read by our own.
  if (header.precision === 8) return checked('jpeg', pixel, frame, header);
  if (header.marker !== SOF1 || header.components !== 1) {
    throw unsupported(pixel, `JPEG of ${header.precision} bits, frame 0x${header.marker.toString(16)}`);
  }
  return decodeJpegExtended(pixel, frame);
}

async function checked(
  codec: WasmCodec,
  pixel: PixelDescription,
  frame: Buffer,
  header: CodeStreamHeader,
): Promise<FramePixels> {
  checkCodeStream(header, pixel);
  return decodeWasm(codec, pixel, frame, header);
}

function unsupported(pixel: PixelDescription, why: string): DicomCodecUnsupportedError {
  const { transferSyntaxUID } = pixel;
  return new DicomCodecUnsupportedError(`Transfer syntax ${transferSyntaxUID}: ${why}`, { transferSyntaxUID, why });
}
