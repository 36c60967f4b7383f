import { type DicomCodecError } from '../errors';

const EOI = 0xd9;

/** One marker segment in front of the coded data. */
export interface JpegSegment {
  readonly marker: number;
  /** Without marker and length. */
  readonly bytes: Buffer;
  /** Where the next one begins; behind a scan header the coded data. */
  readonly end: number;
}

/**
 * The marker segments of a JPEG stream behind SOI, in order.
 *
 * @param broken - makes the error for what is wrong
 * @throws DicomCodecError `DICOM_CODEC_FAILED`
 * @standard ISO/IEC 10918-1 B.1.1.4
 */
export function* jpegSegments(bytes: Buffer, broken: (why: string) => DicomCodecError): Generator<JpegSegment> {
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes.readUInt8(at) !== 0xff) throw broken('no marker where one belongs');
    const marker = bytes.readUInt8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const length = bytes.readUInt16BE(at + 2);
    const end = at + 2 + length;
    if (length < 2 || end > bytes.length || marker === EOI) throw broken('a segment that reaches behind the end');
    yield { marker, bytes: bytes.subarray(at + 4, end), end };
    at = end;
  }
}
