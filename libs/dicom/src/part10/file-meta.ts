import { DicomPart10Error } from '../errors';
import { ENDPLATE_IMPLEMENTATION_CLASS_UID, ENDPLATE_IMPLEMENTATION_VERSION_NAME } from '../uid/implementation';

/** What the file meta information says of the data set behind it. @standard PS3.10 7.1 */
export interface FileMeta {
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  readonly transferSyntaxUID: string;
  /** AE title of the sender, at most 16 characters. */
  readonly sourceAETitle?: string;
}

/** Bytes before the group 2 elements: preamble of 128 bytes and "DICM". */
export const PREAMBLE_LENGTH = 132;

const LONG_FORM = new Set(['OB']);

/**
 * Preamble, "DICM" and group 2 in explicit VR little endian, to be written in front of a data set as it was received.
 *
 * @throws {@link DicomPart10Error} `DICOM_PART10_INVALID` if a value is longer than its VR allows or not ASCII
 * @standard PS3.10 7.1
 */
export function encodeFileMeta(meta: FileMeta): Buffer {
  const elements = [
    element(0x0001, 'OB', Buffer.from([0x00, 0x01])),
    element(0x0002, 'UI', text('MediaStorageSOPClassUID', meta.sopClassUID, 64, 0x00)),
    element(0x0003, 'UI', text('MediaStorageSOPInstanceUID', meta.sopInstanceUID, 64, 0x00)),
    element(0x0010, 'UI', text('TransferSyntaxUID', meta.transferSyntaxUID, 64, 0x00)),
    element(0x0012, 'UI', text('ImplementationClassUID', ENDPLATE_IMPLEMENTATION_CLASS_UID, 64, 0x00)),
    element(0x0013, 'SH', text('ImplementationVersionName', ENDPLATE_IMPLEMENTATION_VERSION_NAME, 16, 0x20)),
  ];
  if (meta.sourceAETitle !== undefined && meta.sourceAETitle !== '') {
    elements.push(element(0x0016, 'AE', text('SourceApplicationEntityTitle', meta.sourceAETitle, 16, 0x20)));
  }
  const groupLength = Buffer.alloc(4);
  groupLength.writeUInt32LE(elements.reduce((sum, bytes) => sum + bytes.length, 0));
  const preamble = Buffer.alloc(PREAMBLE_LENGTH);
  preamble.write('DICM', 128, 'latin1');
  return Buffer.concat([preamble, element(0x0000, 'UL', groupLength), ...elements]);
}

function text(keyword: string, value: string, maxLength: number, pad: number): Buffer {
  if (value.length > maxLength || !/^[\x20-\x7e]+$/.test(value)) {
    throw new DicomPart10Error(`${keyword}: 1 to ${maxLength} ASCII characters are allowed`, { keyword });
  }
  const bytes = Buffer.alloc(value.length + (value.length & 1), pad);
  bytes.write(value, 'latin1');
  return bytes;
}

function element(number: number, vr: string, value: Buffer): Buffer {
  const long = LONG_FORM.has(vr);
  const head = Buffer.alloc(long ? 12 : 8);
  head.writeUInt16LE(0x0002, 0);
  head.writeUInt16LE(number, 2);
  head.write(vr, 4, 'latin1');
  if (long) head.writeUInt32LE(value.length, 8);
  else head.writeUInt16LE(value.length, 6);
  return Buffer.concat([head, value]);
}
