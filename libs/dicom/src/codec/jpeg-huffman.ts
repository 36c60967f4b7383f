import { DicomCodecError } from '../errors';

/** A code by its next 16 bits: entry is value * 32 + length, 0 where no code is. */
export type HuffmanLookup = Uint16Array;

/**
 * Builds the lookup of a DHT table.
 *
 * @param counts - number of codes of length 1 to 16
 * @param values - values in order of their codes; for differences their number of bits, 0 to 16
 * @param largest - of the values that mean something
 * @throws {@link DicomCodecError} `DICOM_CODEC_FAILED` if the codes do not fit
 * @standard ISO/IEC 10918-1 C
 */
export function huffmanLookup(counts: Uint8Array, values: Uint8Array, largest = 16): HuffmanLookup {
  const lookup = new Uint16Array(65536);
  let code = 0;
  let used = 0;
  for (let length = 1; length <= 16; length++) {
    for (let n = 0; n < (counts[length - 1] ?? 0); n++) {
      const value = values[used++] ?? 0;
      const from = code << (16 - length);
      if (from + (1 << (16 - length)) > 65536) throw failed('Huffman codes overflow');
      if (value > largest) throw failed('a difference of more than 16 bits');
      lookup.fill(value * 32 + length, from, from + (1 << (16 - length)));
      code++;
    }
    code <<= 1;
  }
  return lookup;
}

/**
 * The tables of a DHT segment: class (0 DC, 1 AC) * 16 + identifier, and the lookup.
 *
 * @param broken - makes the error for what is wrong
 * @param largest - as of {@link huffmanLookup}
 * @throws {@link DicomCodecError} `DICOM_CODEC_FAILED`
 * @standard ISO/IEC 10918-1 B.2.4.2
 */
export function* huffmanTables(
  segment: Buffer,
  broken: (why: string) => DicomCodecError,
  largest?: number,
): Generator<readonly [classAndId: number, lookup: HuffmanLookup]> {
  for (let at = 0; at + 17 <= segment.length;) {
    const counts = segment.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (at + 17 + total > segment.length) throw broken('Huffman table too short');
    yield [segment.readUInt8(at), huffmanLookup(counts, segment.subarray(at + 17, at + 17 + total), largest)];
    at += 17 + total;
  }
}

/** Bits of an entropy-coded segment: stuffed zero bytes are taken out, markers end it. @standard ISO/IEC 10918-1 F.2.2.5 */
export class HuffmanBits {
  private buffer = 0;
  private count = 0;
  /** Bits read beyond the segment; a stream that needs many is broken, the last code may need some. */
  private missing = 0;

  constructor(
    private readonly bytes: Buffer,
    private at: number,
  ) {}

  /** Decodes one difference. @standard ISO/IEC 10918-1 H.1.2.2 */
  difference(table: HuffmanLookup): number {
    const bits = this.code(table);
    if (bits === 0) return 0;
    // 16 bits stand for 32768 and are followed by nothing.
    return bits === 16 ? 32768 : this.signed(bits);
  }

  /** Decodes the value of the next code. @standard ISO/IEC 10918-1 F.2.2.3 */
  symbol(table: HuffmanLookup): number {
    const value = this.code(table);
    if (this.missing > this.count) throw failed('the coded data ends early');
    return value;
  }

  /** The next bits, 1 to 15, as a number with sign. @standard ISO/IEC 10918-1 F.2.2.1 */
  signed(bits: number): number {
    this.fill(bits);
    this.count -= bits;
    const value = (this.buffer >>> this.count) & ((1 << bits) - 1);
    if (this.missing > this.count) throw failed('the coded data ends early');
    return value < 1 << (bits - 1) ? value - (1 << bits) + 1 : value;
  }

  /** Drops bits up to the next restart marker and begins behind it. */
  restart(): void {
    this.buffer = this.count = this.missing = 0;
    const [first, second] = [this.bytes[this.at], this.bytes[this.at + 1]];
    if (first !== 0xff || second === undefined || second < 0xd0 || second > 0xd7) throw failed('no restart marker');
    this.at += 2;
  }

  /** The value of the next code, which may lie behind the end in part. */
  private code(table: HuffmanLookup): number {
    this.fill(16);
    const entry = table[(this.buffer >>> (this.count - 16)) & 0xffff] as number;
    if (entry === 0) throw failed('no such Huffman code');
    this.count -= entry & 31;
    return entry >> 5;
  }

  /** Holds at least `bits` bits (16 at most) in the low `count` bits of the buffer; zeros behind the end. */
  private fill(bits: number): void {
    while (this.count < bits) {
      let byte = this.bytes[this.at];
      const next = this.bytes[this.at + 1];
      if (byte === undefined || (byte === 0xff && next !== 0)) {
        byte = 0;
        this.missing += 8;
        if (this.missing > 64) throw failed('the coded data ends early');
      } else {
        this.at += byte === 0xff ? 2 : 1;
      }
      this.buffer = ((this.buffer << 8) | byte) >>> 0;
      this.count += 8;
    }
  }
}

function failed(why: string): DicomCodecError {
  return new DicomCodecError(`JPEG: ${why}`, { why });
}
