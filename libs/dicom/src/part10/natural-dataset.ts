import { dictionaryVr, formatTag, tagOfKeyword, type Tag, type Vr } from '../element/tag';
import { DicomValueError } from '../errors';

/** A value of one element: text, number, bytes, an item of a sequence. `null` and `undefined` items are left empty. */
export type NaturalValue =
  | string
  | number
  | bigint
  | ArrayBuffer
  | ArrayBufferView
  | NaturalDataset
  | null
  | undefined
  | readonly NaturalValue[];

/**
 * A data set as keyword -\> value, as dcmjs' naturalized data sets are.
 *
 * One value or an array of values; a sequence is an array of data sets (or one data set); `null` writes the element
 * empty, `undefined` leaves it out. `_vrMap` gives the VR where the dictionary leaves it open.
 */
export interface NaturalDataset {
  readonly [keyword: string]: NaturalValue;
}

/** An element as dcmjs writes it: VR and list of values. */
export interface WritableElement {
  readonly vr: Vr;
  readonly Value: unknown[];
}

/** What the VR of an element may depend on, inherited by items of sequences. */
interface PixelContext {
  readonly bitsAllocated: number;
  readonly signed: boolean;
}

/** VRs whose text is encoded by Specific Character Set. @standard PS3.5 6.1.2.3 */
const CHARACTER_SET_VRS = new Set(['SH', 'LO', 'ST', 'LT', 'PN', 'UC', 'UT']);
const ASCII_VRS = new Set(['AE', 'AS', 'CS', 'DA', 'DT', 'TM', 'UI', 'UR']);
const BINARY_VRS = new Set(['OB', 'OW', 'OF', 'OD', 'OL', 'OV', 'UN']);
const MAX_DEPTH = 32;

/**
 * Translates a natural data set into elements with VRs and values in the form that the writer takes.
 *
 * @returns the elements by tag (eight hexadecimal digits), and whether any text needs ISO_IR 192
 * @throws {@link DicomValueError} `DICOM_VALUE_INVALID`
 */
export function toWritableElements(dataset: NaturalDataset): {
  elements: Record<string, WritableElement>;
  needsUnicode: boolean;
} {
  const state = { needsUnicode: false };
  const elements = convertItem(dataset, pixelContext(dataset, { bitsAllocated: 16, signed: false }), state, 0);
  if (state.needsUnicode) elements['00080005'] = { vr: 'CS', Value: ['ISO_IR 192'] };
  return { elements, needsUnicode: state.needsUnicode };
}

function convertItem(
  dataset: NaturalDataset,
  context: PixelContext,
  state: { needsUnicode: boolean },
  depth: number,
): Record<string, WritableElement> {
  if (depth > MAX_DEPTH) throw new DicomValueError('sequence', `nested deeper than ${MAX_DEPTH}`);
  const vrMap = dataset['_vrMap'] as Readonly<Record<string, string>> | null | undefined;
  const elements: Record<string, WritableElement> = {};
  for (const [keyword, value] of Object.entries(dataset)) {
    // Written by us from the content: plain ASCII needs no character set, everything else is ISO_IR 192.
    if (value === undefined || keyword === '_vrMap' || keyword === '_meta' || keyword === 'SpecificCharacterSet')
      continue;
    const tag = tagOfKeyword(keyword);
    if (tag === undefined) throw new DicomValueError(keyword, 'not a keyword of the data dictionary');
    const vr = vrMap?.[keyword] ?? contextVr(tag, dictionaryVr(tag), context, value);
    const values = value === null ? [] : Array.isArray(value) ? (value as readonly NaturalValue[]) : [value];
    const written =
      vr === 'SQ'
        ? values.map((item) =>
            convertItem(asItem(keyword, item), pixelContext(asItem(keyword, item), context), state, depth + 1),
          )
        : values.map((one) => convertValue(keyword, vr, one, state));
    elements[tag.toString(16).padStart(8, '0')] = { vr, Value: written };
  }
  return elements;
}

function asItem(keyword: string, value: NaturalValue): NaturalDataset {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    throw new DicomValueError(keyword, 'a sequence takes data sets');
  }
  return value as NaturalDataset;
}

function pixelContext(dataset: NaturalDataset, outer: PixelContext): PixelContext {
  const bits = dataset['BitsAllocated'];
  const representation = dataset['PixelRepresentation'];
  return {
    bitsAllocated: typeof bits === 'number' ? bits : outer.bitsAllocated,
    signed: representation === undefined ? outer.signed : Number(representation) === 1,
  };
}

/** Resolves the dictionary's open VRs. @standard PS3.5 A.1, PS3.5 8.2 */
function contextVr(tag: Tag, vr: Vr, context: PixelContext, value: NaturalValue): Vr {
  switch (vr) {
    case 'ox':
      // Encapsulated pixel data (one entry per frame) is OB, native pixel data OB up to 8 bits and OW above.
      return Array.isArray(value) && value.length > 1 ? 'OB' : context.bitsAllocated > 8 ? 'OW' : 'OB';
    case 'xs':
      return context.signed ? 'SS' : 'US';
    case 'lt':
      return value !== null && typeof value === 'object' && !Array.isArray(value) ? 'OW' : 'US';
    case 'up':
      return 'UL';
    case 'UN':
      throw new DicomValueError(formatTag(tag), 'no VR in the data dictionary');
    default:
      return vr;
  }
}

function convertValue(keyword: string, vr: Vr, value: NaturalValue, state: { needsUnicode: boolean }): unknown {
  if (BINARY_VRS.has(vr)) return toArrayBuffer(keyword, value);
  if (value === null || value === undefined) return '';
  if (CHARACTER_SET_VRS.has(vr)) {
    const text = plainText(keyword, value);
    if (/[^\x00-\x7f]/.test(text)) state.needsUnicode = true;
    return text;
  }
  if (ASCII_VRS.has(vr)) {
    const text = plainText(keyword, value);
    if (!/^[\x20-\x7e]*$/.test(text)) throw new DicomValueError(keyword, `VR ${vr} takes ASCII only`);
    return text;
  }
  if (vr === 'DS') return typeof value === 'string' ? value : formatDecimalString(keyword, Number(value));
  if (vr === 'IS') return typeof value === 'string' ? value : formatIntegerString(keyword, Number(value));
  if (vr === 'SV' || vr === 'UV') return BigInt(value as bigint | number | string);
  const number = Number(value);
  if (typeof value === 'object' || Number.isNaN(number)) throw new DicomValueError(keyword, `VR ${vr} takes a number`);
  return number;
}

function plainText(keyword: string, value: NaturalValue): string {
  if (typeof value === 'object') throw new DicomValueError(keyword, 'takes text');
  return String(value);
}

/**
 * A number as Decimal String: the shortest of at most 16 characters that is nearest to it.
 *
 * @throws {@link DicomValueError} `DICOM_VALUE_INVALID` for NaN and infinities
 * @standard PS3.5 6.2
 */
export function formatDecimalString(keyword: string, value: number): string {
  if (!Number.isFinite(value)) throw new DicomValueError(keyword, 'a Decimal String takes a finite number');
  const exact = String(value);
  if (exact.length <= 16) return exact;
  for (let digits = 16; digits > 0; digits--) {
    const shorter = String(Number(value.toPrecision(digits)));
    if (shorter.length <= 16) return shorter;
  }
  return '0';
}

function formatIntegerString(keyword: string, value: number): string {
  if (!Number.isInteger(value) || Math.abs(value) > 2147483648) {
    throw new DicomValueError(keyword, 'an Integer String takes an integer of 32 bits');
  }
  return String(value);
}

function toArrayBuffer(keyword: string, value: NaturalValue): ArrayBuffer {
  if (value instanceof ArrayBuffer) return value;
  if (ArrayBuffer.isView(value)) {
    // A copy of exactly this view: the buffer of a Node Buffer may be a shared pool.
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice().buffer;
  }
  throw new DicomValueError(keyword, 'takes bytes');
}
