import { decodeText, type CharacterSets } from '../charset/character-set';
import { Tag, type Vr } from './tag';

/** One data element as it was parsed; `bytes`, `items` or `fragments`, by kind. @standard PS3.5 7.1 */
export type DataElement =
  | { readonly kind: 'value'; readonly vr: Vr; readonly bytes: Buffer; readonly littleEndian: boolean }
  | { readonly kind: 'sequence'; readonly items: readonly DataSet[] }
  | { readonly kind: 'fragments'; readonly offsetTable: Buffer; readonly fragments: readonly Buffer[] };

/** Pixel data as it lies in the data set; the buffers are views of the parsed bytes. @standard PS3.5 8 */
export type PixelData =
  | { readonly kind: 'native'; readonly bytes: Buffer; readonly littleEndian: boolean }
  | { readonly kind: 'encapsulated'; readonly offsetTable: Buffer; readonly fragments: readonly Buffer[] };

const CHARACTER_SET_VRS = new Set(['SH', 'LO', 'ST', 'LT', 'PN', 'UC', 'UT', 'UN']);
const SINGLE_TEXT_VRS = new Set(['ST', 'LT', 'UT', 'UR']);

/** Bytes per value and reader of the binary number VRs. @standard PS3.5 6.2 */
const NUMBER_READERS: Readonly<Record<string, [number, (bytes: Buffer, at: number, little: boolean) => number]>> = {
  US: [2, (b, at, le) => (le ? b.readUInt16LE(at) : b.readUInt16BE(at))],
  SS: [2, (b, at, le) => (le ? b.readInt16LE(at) : b.readInt16BE(at))],
  UL: [4, (b, at, le) => (le ? b.readUInt32LE(at) : b.readUInt32BE(at))],
  SL: [4, (b, at, le) => (le ? b.readInt32LE(at) : b.readInt32BE(at))],
  FL: [4, (b, at, le) => (le ? b.readFloatLE(at) : b.readFloatBE(at))],
  OF: [4, (b, at, le) => (le ? b.readFloatLE(at) : b.readFloatBE(at))],
  FD: [8, (b, at, le) => (le ? b.readDoubleLE(at) : b.readDoubleBE(at))],
  OD: [8, (b, at, le) => (le ? b.readDoubleLE(at) : b.readDoubleBE(at))],
  UV: [8, (b, at, le) => Number(le ? b.readBigUInt64LE(at) : b.readBigUInt64BE(at))],
  SV: [8, (b, at, le) => Number(le ? b.readBigInt64LE(at) : b.readBigInt64BE(at))],
  AT: [
    4,
    (b, at, le) =>
      (le ? b.readUInt16LE(at) : b.readUInt16BE(at)) * 65536 + (le ? b.readUInt16LE(at + 2) : b.readUInt16BE(at + 2)),
  ],
};

/** A parsed data set (or item of a sequence). Values are views of the parsed bytes; nothing is copied or decoded early. */
export class DataSet {
  private characterSetsHere: CharacterSets | undefined;

  constructor(
    private readonly elements: ReadonlyMap<Tag, DataElement>,
    /** The data set around an item: its character set holds unless the item has one, its Pixel Representation too. */
    private readonly parent?: DataSet,
  ) {}

  /** Tags that are there, in the order in which they were met. */
  get tags(): readonly Tag[] {
    return [...this.elements.keys()];
  }

  /** True if the element is there, empty or not. */
  has(tag: Tag): boolean {
    return this.elements.has(tag);
  }

  /** VR of an element as written, or by the dictionary where the transfer syntax has none; `undefined` if absent. */
  vr(tag: Tag): Vr | undefined {
    const element = this.elements.get(tag);
    if (element === undefined) return undefined;
    if (element.kind === 'value') return this.resolveVr(element.vr);
    return element.kind === 'sequence' ? 'SQ' : 'OB';
  }

  /** The first value as text without padding; `undefined` if absent or empty. */
  string(tag: Tag): string | undefined {
    const first = this.strings(tag)[0];
    return first === '' ? undefined : first;
  }

  /** All values as text without padding; numbers of binary VRs as decimal text; empty array if absent or empty. */
  strings(tag: Tag): string[] {
    const element = this.elements.get(tag);
    if (element?.kind !== 'value' || element.bytes.length === 0) return [];
    const vr = this.resolveVr(element.vr);
    if (vr in NUMBER_READERS) return this.numbers(tag).map(String);
    const text = CHARACTER_SET_VRS.has(vr)
      ? decodeText(element.bytes, this.characterSets(), vr === 'PN')
      : element.bytes.toString('latin1');
    // Trailing padding is a blank, or NUL by mistake; leading blanks mean nothing except in texts.
    if (SINGLE_TEXT_VRS.has(vr)) return [trimEnd(text)];
    return text.split('\\').map((value) => trimEnd(value).trimStart());
  }

  /** The first value as number; `undefined` if absent, empty or not a number. */
  number(tag: Tag): number | undefined {
    return this.numbers(tag)[0];
  }

  /** All values as numbers (binary VRs, IS, DS); empty array if absent, or if any of them is not a finite number. */
  numbers(tag: Tag): number[] {
    const element = this.elements.get(tag);
    if (element?.kind !== 'value' || element.bytes.length === 0) return [];
    const reader = NUMBER_READERS[this.resolveVr(element.vr)];
    if (reader === undefined) {
      const values = this.strings(tag).map((text) => (text === '' ? Number.NaN : Number(text)));
      return values.every(Number.isFinite) ? values : [];
    }
    const [size, read] = reader;
    const values: number[] = [];
    for (let at = 0; at + size <= element.bytes.length; at += size) {
      values.push(read(element.bytes, at, element.littleEndian));
    }
    return values;
  }

  /** Items of a sequence; empty array if absent or no sequence. */
  sequence(tag: Tag): readonly DataSet[] {
    const element = this.elements.get(tag);
    return element?.kind === 'sequence' ? element.items : [];
  }

  /** Value as it lies there: a view, not a copy; `undefined` if absent or not a plain value. */
  bytes(tag: Tag): Buffer | undefined {
    const element = this.elements.get(tag);
    return element?.kind === 'value' ? element.bytes : undefined;
  }

  /** Pixel Data (7FE0,0010); `undefined` if absent. @standard PS3.5 8.2, PS3.5 A.4 */
  pixelData(): PixelData | undefined {
    const element = this.elements.get(Tag.PixelData);
    if (element?.kind === 'value') return { kind: 'native', bytes: element.bytes, littleEndian: element.littleEndian };
    if (element?.kind !== 'fragments') return undefined;
    return { kind: 'encapsulated', offsetTable: element.offsetTable, fragments: element.fragments };
  }

  /** Specific Character Set that holds here. @standard PS3.5 7.5.3 */
  characterSets(): CharacterSets {
    if (this.characterSetsHere === undefined) {
      const element = this.elements.get(Tag.SpecificCharacterSet);
      this.characterSetsHere =
        element?.kind === 'value'
          ? element.bytes
              .toString('latin1')
              .split('\\')
              .map((term) => trimEnd(term).trim())
          : (this.parent?.characterSets() ?? []);
    }
    return this.characterSetsHere;
  }

  /** Implicit VR leaves some VRs open. @standard PS3.5 A.1 */
  private resolveVr(vr: Vr): Vr {
    switch (vr) {
      case 'xs':
        return this.pixelRepresentation() === 1 ? 'SS' : 'US';
      case 'lt':
        return 'US';
      case 'up':
        return 'UL';
      case 'ox':
        return 'OW';
      default:
        return vr;
    }
  }

  private pixelRepresentation(): number | undefined {
    return this.number(Tag.PixelRepresentation) ?? this.parent?.pixelRepresentation();
  }
}

/** Padding blanks and NULs at the end; one loop, because a regular expression is quadratic on long runs. */
function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && (text.charCodeAt(end - 1) === 0x20 || text.charCodeAt(end - 1) === 0)) end--;
  return text.slice(0, end);
}
