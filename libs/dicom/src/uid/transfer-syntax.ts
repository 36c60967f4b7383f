import { type UID } from './uid';

const uid = (text: string): UID => text as UID;

/** Transfer syntaxes by keyword. @standard PS3.6 A.1 */
export const TransferSyntax = {
  ImplicitVRLittleEndian: uid('1.2.840.10008.1.2'),
  ExplicitVRLittleEndian: uid('1.2.840.10008.1.2.1'),
  DeflatedExplicitVRLittleEndian: uid('1.2.840.10008.1.2.1.99'),
  ExplicitVRBigEndian: uid('1.2.840.10008.1.2.2'),
  EncapsulatedUncompressedExplicitVRLittleEndian: uid('1.2.840.10008.1.2.1.98'),
  RLELossless: uid('1.2.840.10008.1.2.5'),
  JPEGBaseline8Bit: uid('1.2.840.10008.1.2.4.50'),
  JPEGExtended12Bit: uid('1.2.840.10008.1.2.4.51'),
  JPEGLossless: uid('1.2.840.10008.1.2.4.57'),
  JPEGLosslessSV1: uid('1.2.840.10008.1.2.4.70'),
  JPEGLSLossless: uid('1.2.840.10008.1.2.4.80'),
  JPEGLSNearLossless: uid('1.2.840.10008.1.2.4.81'),
  JPEG2000Lossless: uid('1.2.840.10008.1.2.4.90'),
  JPEG2000: uid('1.2.840.10008.1.2.4.91'),
  HTJ2KLossless: uid('1.2.840.10008.1.2.4.201'),
  HTJ2KLosslessRPCL: uid('1.2.840.10008.1.2.4.202'),
  HTJ2K: uid('1.2.840.10008.1.2.4.203'),
} as const;

/** Every transfer syntax that is taken as it comes, the uncompressed ones first. */
export const ALL_TRANSFER_SYNTAXES: readonly UID[] = [
  TransferSyntax.ExplicitVRLittleEndian,
  TransferSyntax.ImplicitVRLittleEndian,
  ...Object.values(TransferSyntax).filter((syntax) => !/\.1\.2(\.1)?$/.test(syntax)),
];

/** How the elements of a data set are written: VR explicit or not, byte order, deflated or not. */
export interface TransferSyntaxEncoding {
  readonly explicitVr: boolean;
  readonly littleEndian: boolean;
  readonly deflated: boolean;
  /** Pixel data is a sequence of fragments. */
  readonly encapsulated: boolean;
}

/**
 * The element encoding of a transfer syntax; every syntax that is not named otherwise is explicit VR little endian with
 * encapsulated pixel data, as PS3.5 A.4 rules for all compressed ones.
 *
 * @standard PS3.5 A
 */
export function transferSyntaxEncoding(transferSyntaxUID: string): TransferSyntaxEncoding {
  switch (transferSyntaxUID) {
    case TransferSyntax.ImplicitVRLittleEndian:
      return { explicitVr: false, littleEndian: true, deflated: false, encapsulated: false };
    case TransferSyntax.ExplicitVRLittleEndian:
      return { explicitVr: true, littleEndian: true, deflated: false, encapsulated: false };
    case TransferSyntax.DeflatedExplicitVRLittleEndian:
      return { explicitVr: true, littleEndian: true, deflated: true, encapsulated: false };
    case TransferSyntax.ExplicitVRBigEndian:
      return { explicitVr: true, littleEndian: false, deflated: false, encapsulated: false };
    default:
      return { explicitVr: true, littleEndian: true, deflated: false, encapsulated: true };
  }
}
