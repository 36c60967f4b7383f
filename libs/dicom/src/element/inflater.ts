import { DicomDataSetError, DicomLimitError, DicomTruncatedError } from '../errors';

/** A decoding table: index by the next `bits` bits, entry is symbol * 16 + code length, 0 where no code is. */
interface HuffmanTable {
  readonly bits: number;
  readonly entries: Uint16Array;
}

const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
];
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

const WINDOW = 32768;
const OUTPUT = WINDOW * 4;

type State = 'block' | 'stored-header' | 'stored' | 'tables' | 'symbols' | 'done';

/**
 * Inflates a raw deflate stream that arrives in chunks, without waiting: node:zlib's streams answer asynchronously and its
 * synchronous calls want the whole input. Holds 128 KiB of output and less than 1 KiB of input, whatever goes by.
 *
 * @standard PS3.5 A.5 (RFC 1951)
 */
export class Inflater {
  private state: State = 'block';
  private input: Buffer = Buffer.alloc(0);
  private at = 0;
  private bitBuffer = 0;
  private bitCount = 0;
  private lastBlock = false;
  private storedLeft = 0;
  private literals: HuffmanTable = FIXED_LITERALS;
  private distances: HuffmanTable = FIXED_DISTANCES;
  private readonly output = Buffer.alloc(OUTPUT);
  private filled = 0;
  private emitted = 0;
  private total = 0;

  constructor(
    private readonly maxBytes: number,
    /** Takes a run of inflated bytes; the view is valid until the call returns. */
    private readonly emit: (bytes: Buffer) => void,
  ) {}

  /** True after the last block. */
  get done(): boolean {
    return this.state === 'done';
  }

  /**
   * @throws {@link DicomDataSetError} `DICOM_DATASET_INVALID` if it is no deflate stream
   * @throws {@link DicomLimitError} `DICOM_LIMIT_EXCEEDED` after more than `maxBytes` of output
   */
  push(chunk: Buffer): void {
    if (this.state === 'done') return;
    this.input = this.at < this.input.length ? Buffer.concat([this.input.subarray(this.at), chunk]) : chunk;
    this.at = 0;
    while (!this.done && this.step());
    // The leftover is a copy: the chunk belongs to the caller again.
    this.input = Buffer.from(this.input.subarray(this.at));
    this.at = 0;
    this.flush();
  }

  /** @throws {@link DicomTruncatedError} `DICOM_DATASET_TRUNCATED` if the last block did not end */
  end(): void {
    if (!this.done) throw new DicomTruncatedError('The deflated data set ends early', { offset: this.total });
  }

  /** One step that is done whole or not at all; false if it needs more input. */
  private step(): boolean {
    const { at, bitBuffer, bitCount } = this;
    if (this.tryStep()) return true;
    if (this.state !== 'stored') Object.assign(this, { at, bitBuffer, bitCount });
    return false;
  }

  private tryStep(): boolean {
    switch (this.state) {
      case 'block':
        return this.blockHeader();
      case 'stored-header':
        return this.storedHeader();
      case 'stored':
        return this.storedBytes();
      case 'tables':
        return this.dynamicTables();
      case 'symbols':
        return this.symbols();
      case 'done':
        return false;
    }
  }

  private blockHeader(): boolean {
    if (!this.need(3)) return false;
    this.lastBlock = this.take(1) === 1;
    const type = this.take(2);
    if (type === 3) throw invalid('block type');
    if (type === 1) [this.literals, this.distances] = [FIXED_LITERALS, FIXED_DISTANCES];
    this.state = type === 0 ? 'stored-header' : type === 1 ? 'symbols' : 'tables';
    return true;
  }

  private storedHeader(): boolean {
    this.take(this.bitCount & 7);
    if (!this.need(16)) return false;
    const length = this.take(16);
    if (!this.need(16)) return false;
    if ((this.take(16) ^ 0xffff) !== length) throw invalid('length of a stored block');
    this.storedLeft = length;
    this.state = 'stored';
    return true;
  }

  private storedBytes(): boolean {
    while (this.storedLeft > 0) {
      if (!this.need(8)) return false;
      this.put(this.take(8));
      this.storedLeft--;
    }
    this.endBlock();
    return true;
  }

  private endBlock(): void {
    this.state = this.lastBlock ? 'done' : 'block';
  }

  private dynamicTables(): boolean {
    if (!this.need(14)) return false;
    const literalCount = this.take(5) + 257;
    const distanceCount = this.take(5) + 1;
    const codeCount = this.take(4) + 4;
    if (literalCount > 286 || distanceCount > 30) throw invalid('number of codes');
    const codeLengths = new Uint8Array(19);
    for (let n = 0; n < codeCount; n++) {
      if (!this.need(3)) return false;
      codeLengths[CODE_LENGTH_ORDER[n] ?? 0] = this.take(3);
    }
    const table = huffmanTable(codeLengths);
    const lengths = new Uint8Array(literalCount + distanceCount);
    for (let n = 0; n < lengths.length;) {
      const symbol = this.decode(table);
      if (symbol < 0) return false;
      if (symbol < 16) {
        lengths[n++] = symbol;
        continue;
      }
      const [base, extra] = symbol === 16 ? [3, 2] : symbol === 17 ? [3, 3] : [11, 7];
      if (!this.need(extra)) return false;
      const repeat = base + this.take(extra);
      if ((symbol === 16 && n === 0) || n + repeat > lengths.length) throw invalid('repeat of a code length');
      lengths.fill(symbol === 16 ? (lengths[n - 1] ?? 0) : 0, n, n + repeat);
      n += repeat;
    }
    if (lengths[256] === 0) throw invalid('no code for the end of a block');
    this.literals = huffmanTable(lengths.subarray(0, literalCount));
    this.distances = huffmanTable(lengths.subarray(literalCount));
    this.state = 'symbols';
    return true;
  }

  /** One literal, or one match of length and distance. */
  private symbols(): boolean {
    const symbol = this.decode(this.literals);
    if (symbol < 0) return false;
    if (symbol < 256) {
      this.put(symbol);
      return true;
    }
    if (symbol === 256) {
      this.endBlock();
      return true;
    }
    const extra = LENGTH_EXTRA[symbol - 257];
    const base = LENGTH_BASE[symbol - 257];
    if (extra === undefined || base === undefined) throw invalid('length code');
    if (!this.need(extra)) return false;
    const length = base + this.take(extra);
    const code = this.decode(this.distances);
    if (code < 0) return false;
    const distanceBase = DISTANCE_BASE[code];
    if (distanceBase === undefined) throw invalid('distance code');
    const distanceExtra = code < 2 ? 0 : (code >> 1) - 1;
    if (!this.need(distanceExtra)) return false;
    this.copy(length, distanceBase + this.take(distanceExtra));
    return true;
  }

  private copy(length: number, distance: number): void {
    if (distance > this.total || distance > WINDOW) throw invalid('distance');
    for (let n = 0; n < length; n++) this.put(this.output[(this.filled - distance) | 0] as number);
  }

  private put(byte: number): void {
    if (this.total >= this.maxBytes) {
      throw new DicomLimitError(`The deflated data set is larger than ${this.maxBytes} bytes`, {
        maxBytes: this.maxBytes,
      });
    }
    if (this.filled === OUTPUT) this.slide();
    this.output[this.filled++] = byte;
    this.total++;
  }

  /** Hands out what is there and keeps the last 32 KiB as window. */
  private slide(): void {
    this.flush();
    this.output.copyWithin(0, OUTPUT - WINDOW, OUTPUT);
    this.filled = this.emitted = WINDOW;
  }

  private flush(): void {
    if (this.filled > this.emitted) this.emit(this.output.subarray(this.emitted, this.filled));
    this.emitted = this.filled;
  }

  private need(bits: number): boolean {
    while (this.bitCount < bits) {
      const byte = this.input[this.at];
      if (byte === undefined) return false;
      this.at++;
      this.bitBuffer |= byte << this.bitCount;
      this.bitCount += 8;
    }
    return true;
  }

  private take(bits: number): number {
    const value = this.bitBuffer & ((1 << bits) - 1);
    this.bitBuffer >>>= bits;
    this.bitCount -= bits;
    return value;
  }

  /** The next symbol, or -1 if more input is needed. */
  private decode(table: HuffmanTable): number {
    const enough = this.need(table.bits);
    const entry = table.entries[this.bitBuffer & ((1 << table.bits) - 1)] ?? 0;
    const length = entry & 15;
    if (length === 0 && enough) throw invalid('code');
    if (length === 0 || length > this.bitCount) return -1;
    this.take(length);
    return entry >> 4;
  }
}

function invalid(what: string): DicomDataSetError {
  return new DicomDataSetError(`The data set cannot be inflated: wrong ${what}`, { what });
}

/** Canonical code of RFC 1951 3.2.2, as a table over the longest code; codes are stored bit-reversed. */
function huffmanTable(lengths: Uint8Array): HuffmanTable {
  const counts = new Uint16Array(16);
  for (const length of lengths) if (length > 0) counts[length] = (counts[length] ?? 0) + 1;
  const nextCode = new Uint16Array(16);
  let bits = 0;
  let left = 1;
  for (let length = 1, code = 0; length < 16; length++) {
    const count = counts[length] ?? 0;
    left = left * 2 - count;
    if (left < 0) throw invalid('code lengths');
    nextCode[length] = code;
    code = (code + count) << 1;
    if (count > 0) bits = length;
  }
  const entries = new Uint16Array(1 << bits);
  lengths.forEach((length, symbol) => {
    if (length === 0) return;
    const code = nextCode[length] ?? 0;
    nextCode[length] = code + 1;
    let reversed = 0;
    for (let n = 0; n < length; n++) reversed |= ((code >> n) & 1) << (length - 1 - n);
    for (let index = reversed; index < entries.length; index += 1 << length) entries[index] = symbol * 16 + length;
  });
  return { bits, entries };
}

const FIXED_LITERALS = huffmanTable(
  Uint8Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8)),
);
const FIXED_DISTANCES = huffmanTable(new Uint8Array(30).fill(5));
