import { DicomCodecUnsupportedError } from '../errors';
import { TransferSyntax } from '../uid/transfer-syntax';
import { decodeNative } from './native';
import { checkPixelDescription, type FramePixels, type PixelDescription } from './pixel-description';
import { decodeRle } from './rle';

/**
 * Decodes one frame to stored values, row by row.
 *
 * What is allocated is bounded by Rows x Columns of `pixel`, whatever the compressed stream claims.
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
    default:
      throw new DicomCodecUnsupportedError(`No decoder for transfer syntax ${pixel.transferSyntaxUID}`, {
        transferSyntaxUID: pixel.transferSyntaxUID,
      });
  }
}
