import { data } from 'dcmjs';
import { deflateRawSync } from 'node:zlib';
import { DicomTransferSyntaxError, DicomValueError } from '../errors';
import { TransferSyntax, transferSyntaxEncoding } from '../uid/transfer-syntax';
import { parseUid, type UID } from '../uid/uid';
import { withDefinedLengths } from './defined-lengths';
import { encodeFileMeta } from './file-meta';
import { toWritableElements, type NaturalDataset, type WritableElement } from './natural-dataset';

const PIXEL_DATA = '7fe00010';

/**
 * Writes a natural data set as bytes of a data set, without file meta information; the same input gives the same bytes.
 *
 * Text is written as ASCII, or as ISO_IR 192 where it needs more; a SpecificCharacterSet given is replaced accordingly.
 * Sequences and items have defined lengths. Encapsulated pixel data is given as an array with the bytes of one frame each, and written with one fragment per frame
 * behind a basic offset table.
 *
 * @throws {@link DicomValueError} `DICOM_VALUE_INVALID`
 * @throws {@link DicomTransferSyntaxError} `DICOM_TRANSFER_SYNTAX_UNSUPPORTED` for big endian
 * @standard PS3.5 7
 */
export function encodeDataSet(
  dataset: NaturalDataset,
  transferSyntaxUID: UID = TransferSyntax.ExplicitVRLittleEndian,
): Buffer {
  const encoding = transferSyntaxEncoding(transferSyntaxUID);
  if (!encoding.littleEndian) throw new DicomTransferSyntaxError(transferSyntaxUID, 'written');
  const { elements } = toWritableElements(dataset);
  const pixels = elements[PIXEL_DATA];
  if (encoding.encapsulated && pixels !== undefined) elements[PIXEL_DATA] = { vr: 'OB', Value: pixels.Value };
  const tail = encoding.encapsulated ? Buffer.alloc(0) : takeNativePixels(elements, encoding.explicitVr);
  const stream = new data.WriteBufferStream(4096, true);
  const written = encoding.deflated ? TransferSyntax.ExplicitVRLittleEndian : transferSyntaxUID;
  data.DicomMessage.write(elements, stream, written, { allowInvalidVRLength: true, fragmentMultiframe: false });
  const head = withDefinedLengths(Buffer.from(stream.getBuffer()), {
    explicitVr: encoding.explicitVr,
    littleEndian: true,
  });
  const bytes = Buffer.concat([head, tail]);
  if (!encoding.deflated) return bytes;
  const deflated = deflateRawSync(bytes);
  // PS3.5 A.5: padded to even length with one zero byte.
  return deflated.length & 1 ? Buffer.concat([deflated, Buffer.alloc(1)]) : deflated;
}

/**
 * Writes a natural data set as a DICOM file: preamble, file meta information from SOPClassUID and SOPInstanceUID, data
 * set. The same input gives the same bytes.
 *
 * @throws {@link DicomValueError} `DICOM_VALUE_INVALID`
 * @throws {@link DicomUidError} `DICOM_UID_INVALID` for SOPClassUID and SOPInstanceUID
 * @standard PS3.10 7
 */
export function encodePart10(
  dataset: NaturalDataset,
  transferSyntaxUID: UID = TransferSyntax.ExplicitVRLittleEndian,
): Buffer {
  const meta = encodeFileMeta({
    sopClassUID: parseUid(requiredText(dataset, 'SOPClassUID')),
    sopInstanceUID: parseUid(requiredText(dataset, 'SOPInstanceUID')),
    transferSyntaxUID,
  });
  return Buffer.concat([meta, encodeDataSet(dataset, transferSyntaxUID)]);
}

/**
 * Takes native pixel data out of the elements and writes it here: it is the last element, and the writer would copy it
 * several times.
 */
function takeNativePixels(elements: Record<string, WritableElement>, explicitVr: boolean): Buffer {
  const pixels = elements[PIXEL_DATA];
  const bytes: unknown = pixels?.Value[0];
  if (
    pixels === undefined ||
    !(bytes instanceof ArrayBuffer) ||
    Object.keys(elements).some((tag) => tag > PIXEL_DATA)
  ) {
    return Buffer.alloc(0);
  }
  delete elements[PIXEL_DATA];
  const head = Buffer.from('e07f1000', 'hex');
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.byteLength + (bytes.byteLength & 1));
  const vr = explicitVr ? Buffer.from(`${pixels.vr}\0\0`, 'latin1') : Buffer.alloc(0);
  return Buffer.concat([head, vr, length, Buffer.from(bytes), Buffer.alloc(bytes.byteLength & 1)]);
}

function requiredText(dataset: NaturalDataset, keyword: string): string {
  const value = dataset[keyword];
  if (typeof value !== 'string') throw new DicomValueError(keyword, 'is required');
  return value;
}
