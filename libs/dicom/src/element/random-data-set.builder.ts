import { type TransferSyntaxEncoding } from '../uid/transfer-syntax';
import { dictionaryVr, Tag } from './tag';

/** A seeded generator of numbers in [0, 1), for specs (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Tags and texts that random items are made of; their VRs are those of the dictionary. */
const ITEM_ELEMENTS: readonly [number, string][] = [
  [Tag.CodeValue, '121071'],
  [Tag.CodingSchemeDesignator, 'DCM'],
  [Tag.CodeMeaning, 'Finding'],
  [Tag.RelationshipType, 'CONTAINS'],
  [Tag.TextValue, 'text with a blank at the end '],
];
const LONG_VRS = new Set(['OB', 'OW', 'SQ', 'UN', 'UT']);

/** Writes random but valid data sets in any encoding, byte by byte, without the room's own writer. */
export class RandomDataSetBuilder {
  /** Offset of every element header that was written at the top level. */
  readonly topLevelOffsets: number[] = [];

  constructor(
    private readonly encoding: TransferSyntaxEncoding,
    private readonly random: () => number,
  ) {}

  /** A data set with UIDs, random sequences and pixel data. */
  build(uids: { sopClass: string; sopInstance: string; study: string; series: string }): Buffer {
    const parts: Buffer[] = [];
    const put = (bytes: Buffer): void => {
      this.topLevelOffsets.push(parts.reduce((sum, part) => sum + part.length, 0));
      parts.push(bytes);
    };
    put(this.element(Tag.ImageType, Buffer.from('ORIGINAL\\PRIMARY')));
    put(this.element(Tag.SOPClassUID, this.uid(uids.sopClass)));
    put(this.element(Tag.SOPInstanceUID, this.uid(uids.sopInstance)));
    put(this.element(Tag.Modality, Buffer.from('CT')));
    if (this.random() < 0.7) put(this.sequence(Tag.ReferencedStudySequence, 0));
    put(this.element(0x00091001, Buffer.alloc(2 * Math.floor(this.random() * 3000)), 'UN'));
    put(this.element(Tag.StudyInstanceUID, this.uid(uids.study)));
    put(this.element(Tag.SeriesInstanceUID, this.uid(uids.series)));
    put(this.element(Tag.Rows, this.word(16)));
    put(this.element(Tag.Columns, this.word(16)));
    if (this.random() < 0.5) put(this.sequence(Tag.ContentSequence, 0));
    if (this.random() < 0.7) put(this.pixels());
    return Buffer.concat(parts);
  }

  private pixels(): Buffer {
    if (!this.encoding.encapsulated) return this.element(Tag.PixelData, Buffer.alloc(512, 7), 'OW');
    const fragments = Array.from({ length: 1 + Math.floor(this.random() * 3) }, () =>
      this.header(Tag.Item, '', 64, Buffer.alloc(64, 9)),
    );
    return Buffer.concat([
      this.header(Tag.PixelData, 'OB', 0xffffffff, Buffer.alloc(0)),
      this.header(Tag.Item, '', 0, Buffer.alloc(0)),
      ...fragments,
      this.header(Tag.SequenceDelimitationItem, '', 0, Buffer.alloc(0)),
    ]);
  }

  private sequence(tag: number, depth: number): Buffer {
    const items: Buffer[] = [];
    for (let n = Math.floor(this.random() * 4); n > 0; n--) {
      const elements = ITEM_ELEMENTS.filter(() => this.random() < 0.6).map(([key, text]) =>
        this.element(key, Buffer.from(text)),
      );
      if (depth < 4 && this.random() < 0.4) elements.push(this.sequence(Tag.ContentSequence, depth + 1));
      const body = Buffer.concat(elements);
      items.push(
        this.random() < 0.5
          ? this.header(Tag.Item, '', body.length, body)
          : Buffer.concat([
              this.header(Tag.Item, '', 0xffffffff, body),
              this.header(Tag.ItemDelimitationItem, '', 0, Buffer.alloc(0)),
            ]),
      );
    }
    const body = Buffer.concat(items);
    if (this.random() < 0.5) return this.header(tag, 'SQ', body.length, body);
    const end = this.header(Tag.SequenceDelimitationItem, '', 0, Buffer.alloc(0));
    return Buffer.concat([this.header(tag, 'SQ', 0xffffffff, body), end]);
  }

  private element(tag: number, value: Buffer, vr = dictionaryVr(tag)): Buffer {
    const even = value.length & 1 ? Buffer.concat([value, Buffer.from(vr === 'UI' ? '\0' : ' ')]) : value;
    return this.header(tag, vr, even.length, even);
  }

  private uid(text: string): Buffer {
    return Buffer.from(text);
  }

  private word(value: number): Buffer {
    const bytes = Buffer.alloc(2);
    if (this.encoding.littleEndian) bytes.writeUInt16LE(value);
    else bytes.writeUInt16BE(value);
    return bytes;
  }

  private header(tag: number, vr: string, length: number, value: Buffer): Buffer {
    const short = this.encoding.explicitVr && vr !== '' && !LONG_VRS.has(vr);
    const long = this.encoding.explicitVr && LONG_VRS.has(vr);
    const head = Buffer.alloc(long ? 12 : 8);
    const write16 = (n: number, at: number): number =>
      this.encoding.littleEndian ? head.writeUInt16LE(n, at) : head.writeUInt16BE(n, at);
    const write32 = (n: number, at: number): number =>
      this.encoding.littleEndian ? head.writeUInt32LE(n, at) : head.writeUInt32BE(n, at);
    write16(Math.floor(tag / 65536), 0);
    write16(tag & 0xffff, 2);
    if (short || long) head.write(vr, 4, 'latin1');
    if (short) write16(length, 6);
    else write32(length, long ? 8 : 4);
    return Buffer.concat([head, value]);
  }
}
