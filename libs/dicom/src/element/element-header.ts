import { DicomDataSetError } from '../errors';
import { dictionaryVr, formatTag, type Tag, type Vr } from './tag';

/** Length that says "until a delimitation item". @standard PS3.5 7.1.2 */
export const UNDEFINED_LENGTH = 0xffffffff;

/** Item tags, which have no VR in any transfer syntax. @standard PS3.5 7.5 */
export const ITEM = 0xfffee000;
/** Ends an item of undefined length. */
export const ITEM_DELIMITATION = 0xfffee00d;
/** Ends a sequence of undefined length. */
export const SEQUENCE_DELIMITATION = 0xfffee0dd;

/** How elements are written at one place of the stream: UN of undefined length switches to implicit little endian. */
export interface ElementEncoding {
  readonly explicitVr: boolean;
  readonly littleEndian: boolean;
}

/** Items of an element of VR UN and undefined length are implicit VR little endian. @standard PS3.5 6.2.2 */
export const IMPLICIT_LITTLE_ENDIAN: ElementEncoding = { explicitVr: false, littleEndian: true };

/** Tag, VR and length in front of a value. */
export interface ElementHeader {
  readonly tag: Tag;
  /** Empty for item tags. */
  readonly vr: Vr;
  /** Bytes of the value, or {@link UNDEFINED_LENGTH}. */
  readonly length: number;
  /** Bytes of the header itself: 8 or 12. */
  readonly size: number;
}

const SHORT_VRS = new Set(
  'AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US'
    .split(' ')
    .map((vr) => vr.charCodeAt(0) * 256 + vr.charCodeAt(1)),
);
const VR_NAMES = new Map(
  'AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US OB OD OF OL OV OW SQ SV UC UN UR UT UV'
    .split(' ')
    .map((vr) => [vr.charCodeAt(0) * 256 + vr.charCodeAt(1), vr]),
);

/**
 * Reads one element header at `at`.
 *
 * @param available - bytes that may be read from `at`
 * @param offset - position in the whole stream, for messages
 * @returns the header, or how many bytes it needs where `available` is too few
 * @throws {@link DicomDataSetError} `DICOM_DATASET_INVALID` if the VR is no pair of capital letters
 * @standard PS3.5 7.1.2, PS3.5 7.1.3
 */
export function readElementHeader(
  bytes: Buffer,
  at: number,
  available: number,
  encoding: ElementEncoding,
  offset: number,
): ElementHeader | number {
  if (available < 8) return 8;
  const { littleEndian } = encoding;
  const group = littleEndian ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
  const element = littleEndian ? bytes.readUInt16LE(at + 2) : bytes.readUInt16BE(at + 2);
  const tag = group * 65536 + element;
  if (!encoding.explicitVr || group === 0xfffe) {
    const length = littleEndian ? bytes.readUInt32LE(at + 4) : bytes.readUInt32BE(at + 4);
    return { tag, vr: group === 0xfffe ? '' : dictionaryVr(tag), length, size: 8 };
  }
  const first = bytes.readUInt8(at + 4);
  const second = bytes.readUInt8(at + 5);
  const code = first * 256 + second;
  if (SHORT_VRS.has(code)) {
    const length = littleEndian ? bytes.readUInt16LE(at + 6) : bytes.readUInt16BE(at + 6);
    return { tag, vr: VR_NAMES.get(code) ?? 'UN', length, size: 8 };
  }
  // 0x41-0x5A: capital letters. A VR of a later edition has the long form (PS3.5 6.2.2 note).
  if (first < 0x41 || first > 0x5a || second < 0x41 || second > 0x5a) {
    throw new DicomDataSetError(`No VR behind tag ${formatTag(tag)} at byte ${offset}`, {
      tag: formatTag(tag),
      offset,
    });
  }
  if (available < 12) return 12;
  const length = littleEndian ? bytes.readUInt32LE(at + 8) : bytes.readUInt32BE(at + 8);
  return { tag, vr: VR_NAMES.get(code) ?? 'UN', length, size: 12 };
}

/** What the value behind a header is, or `undefined` where an undefined length makes no sense. */
export function valueKind(
  header: ElementHeader,
  pixelDataTag: Tag,
): 'value' | 'sequence' | 'unknown-sequence' | 'fragments' | undefined {
  const { vr, length } = header;
  if (vr === 'SQ') return 'sequence';
  if (length !== UNDEFINED_LENGTH) return 'value';
  if (header.tag === pixelDataTag && (vr === 'OB' || vr === 'OW' || vr === 'ox' || vr === 'UN')) return 'fragments';
  return vr === 'UN' ? 'unknown-sequence' : undefined;
}
