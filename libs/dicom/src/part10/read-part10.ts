import { type DataSet } from '../element/data-set';
import { readElementHeader, UNDEFINED_LENGTH } from '../element/element-header';
import { parseDataSet, type ParseOptions } from '../element/parse-data-set';
import { Tag } from '../element/tag';
import { DicomPart10Error } from '../errors';
import { TransferSyntax } from '../uid/transfer-syntax';
import { isUid, type UID } from '../uid/uid';
import { PREAMBLE_LENGTH, type FileMeta } from './file-meta';

/** File meta information as read. @standard PS3.10 7.1 */
export interface ReadFileMeta extends FileMeta {
  readonly transferSyntaxUID: UID;
  readonly implementationClassUID?: string;
  readonly implementationVersionName?: string;
}

/** More group 2 bytes than any file has. */
const MAX_META_BYTES = 1 << 20;

/**
 * Reads the preamble and group 2 of a DICOM file.
 *
 * @returns the file meta information and where the data set begins
 * @throws {@link DicomPart10Error} `DICOM_PART10_INVALID` if it is no DICOM file or names no transfer syntax
 * @standard PS3.10 7.1
 */
export function readFileMeta(bytes: Buffer): { meta: ReadFileMeta; dataSetOffset: number } {
  if (bytes.length < PREAMBLE_LENGTH || bytes.toString('latin1', 128, PREAMBLE_LENGTH) !== 'DICM') {
    throw new DicomPart10Error('No DICM prefix behind a preamble of 128 bytes', { length: bytes.length });
  }
  const dataSetOffset = endOfMeta(bytes);
  const group2 = parseDataSet(bytes.subarray(PREAMBLE_LENGTH, dataSetOffset), TransferSyntax.ExplicitVRLittleEndian);
  const transferSyntaxUID = group2.string(Tag.TransferSyntaxUID) ?? '';
  if (!isUid(transferSyntaxUID)) throw new DicomPart10Error('The file meta information names no transfer syntax');
  const sourceAETitle = group2.string(Tag.SourceApplicationEntityTitle);
  const implementationClassUID = group2.string(Tag.ImplementationClassUID);
  const implementationVersionName = group2.string(Tag.ImplementationVersionName);
  const meta: ReadFileMeta = {
    sopClassUID: group2.string(Tag.MediaStorageSOPClassUID) ?? '',
    sopInstanceUID: group2.string(Tag.MediaStorageSOPInstanceUID) ?? '',
    transferSyntaxUID,
    ...(sourceAETitle === undefined ? {} : { sourceAETitle }),
    ...(implementationClassUID === undefined ? {} : { implementationClassUID }),
    ...(implementationVersionName === undefined ? {} : { implementationVersionName }),
  };
  return { meta, dataSetOffset };
}

/** Walks the elements of group 2: their group length is wrong in some files. */
function endOfMeta(bytes: Buffer): number {
  const encoding = { explicitVr: true, littleEndian: true };
  let at = PREAMBLE_LENGTH;
  while (at + 2 <= bytes.length && bytes.readUInt16LE(at) === 0x0002) {
    const header = readElementHeader(bytes, at, bytes.length - at, encoding, at);
    if (typeof header === 'number' || header.length === UNDEFINED_LENGTH) {
      throw new DicomPart10Error('The file meta information is broken', { offset: at });
    }
    at += header.size + header.length;
    if (at > bytes.length || at > MAX_META_BYTES) {
      throw new DicomPart10Error('The file meta information reaches behind the end', { offset: at });
    }
  }
  return at;
}

/**
 * Reads a DICOM file; values of the data set are views of `bytes`.
 *
 * @throws {@link DicomPart10Error} `DICOM_PART10_INVALID`, and all that {@link parseDataSet} throws
 * @standard PS3.10 7
 */
export function readPart10(
  bytes: Buffer,
  options: ParseOptions = {},
): { meta: ReadFileMeta; dataSet: DataSet; dataSetOffset: number } {
  const { meta, dataSetOffset } = readFileMeta(bytes);
  return { meta, dataSet: parseDataSet(bytes.subarray(dataSetOffset), meta.transferSyntaxUID, options), dataSetOffset };
}
