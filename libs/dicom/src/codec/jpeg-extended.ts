import { DicomCodecError } from '../errors';
import { checkCodeStream, type CodeStreamHeader } from './code-stream';
import { BLOCK, inverseDct, ZIGZAG } from './inverse-dct';
import { HuffmanBits, type HuffmanLookup, huffmanTables } from './jpeg-huffman';
import { jpegSegments } from './jpeg-segments';
import { normaliseBits } from './native';
import { frameSamples, type FramePixels, type PixelDescription } from './pixel-description';

const SOF1 = 0xc1;
const DHT = 0xc4;
const SOS = 0xda;
const DQT = 0xdb;
const DRI = 0xdd;

/** Everything in front of the coded data. */
interface ExtendedScan {
  readonly header: CodeStreamHeader;
  /** 64 steps, in zigzag order. */
  readonly quantisation: Uint16Array;
  readonly dc: HuffmanLookup;
  readonly ac: HuffmanLookup;
  /** Blocks between restart markers; 0 for none. */
  readonly restartInterval: number;
  readonly dataAt: number;
}

interface Tables {
  readonly quantisation: Map<number, Uint16Array>;
  /** By class (0 DC, 1 AC) * 16 + identifier. */
  readonly huffman: Map<number, HuffmanLookup>;
}

/**
 * Decodes JPEG Extended, process 4: sequential DCT of 12 bits, Huffman coded, one component.
 *
 * @throws {@link DicomCodecError} `DICOM_CODEC_FAILED`
 * @standard ISO/IEC 10918-1 F, PS3.5 A.4.1
 */
export function decodeJpegExtended(pixel: PixelDescription, frame: Buffer): FramePixels {
  const scan = readScan(frame);
  checkCodeStream(scan.header, pixel);
  const words = new Uint16Array(frameSamples(pixel));
  decodeScan(scan, frame, words);
  return normaliseBits({ ...pixel, highBit: pixel.bitsStored - 1 }, words);
}

function readScan(bytes: Buffer): ExtendedScan {
  const tables: Tables = { quantisation: new Map(), huffman: new Map() };
  let frame: { readonly header: CodeStreamHeader; readonly id: number; readonly table: number } | undefined;
  let restartInterval = 0;
  for (const { marker, bytes: segment, end } of jpegSegments(bytes, broken)) {
    if (marker === SOF1) frame = readFrameHeader(segment);
    else if (marker === DQT) readQuantisation(segment, tables.quantisation);
    else if (marker === DHT)
      for (const [id, table] of huffmanTables(segment, broken, 255)) tables.huffman.set(id, table);
    else if (marker === DRI && segment.length >= 2) restartInterval = segment.readUInt16BE(0);
    else if (marker === SOS) {
      if (frame === undefined) throw broken('a scan without frame header');
      return { ...usedTables(segment, frame, tables), header: frame.header, restartInterval, dataAt: end };
    }
  }
  throw broken('no scan');
}

function readFrameHeader(segment: Buffer) {
  if (segment.length < 9 || segment.readUInt8(5) !== 1) throw broken('frame header');
  const header = {
    precision: segment.readUInt8(0),
    height: segment.readUInt16BE(1),
    width: segment.readUInt16BE(3),
    components: 1,
  };
  return { header, id: segment.readUInt8(6), table: segment.readUInt8(8) };
}

/** Tables of 8 or 16 bits. @standard ISO/IEC 10918-1 B.2.4.1 */
function readQuantisation(segment: Buffer, tables: Map<number, Uint16Array>): void {
  for (let at = 0; at < segment.length;) {
    const wide = segment.readUInt8(at) >> 4 === 1;
    const length = 64 * (wide ? 2 : 1);
    if (at + 1 + length > segment.length) throw broken('quantisation table too short');
    const steps = Uint16Array.from({ length: 64 }, (_, k) =>
      wide ? segment.readUInt16BE(at + 1 + 2 * k) : segment.readUInt8(at + 1 + k),
    );
    tables.set(segment.readUInt8(at) & 0x0f, steps);
    at += 1 + length;
  }
}

function usedTables(segment: Buffer, frame: { readonly id: number; readonly table: number }, tables: Tables) {
  if (segment.length < 6 || segment.readUInt8(0) !== 1 || segment.readUInt8(1) !== frame.id) {
    throw broken('a scan of another component');
  }
  const quantisation = tables.quantisation.get(frame.table);
  const dc = tables.huffman.get(segment.readUInt8(2) >> 4);
  const ac = tables.huffman.get(16 + (segment.readUInt8(2) & 0x0f));
  if (!quantisation || !dc || !ac) throw broken('a table that is not there');
  return { quantisation, dc, ac };
}

/** Blocks of 8 x 8, row by row; those at the right and lower edge reach beyond the image. */
function decodeScan(scan: ExtendedScan, bytes: Buffer, words: Uint16Array): void {
  const { width, height, precision } = scan.header;
  const bits = new HuffmanBits(bytes, scan.dataAt);
  const [across, down] = [Math.ceil(width / BLOCK), Math.ceil(height / BLOCK)];
  const coefficients = new Float64Array(BLOCK * BLOCK);
  const middle = 2 ** (precision - 1);
  const highest = 2 ** precision - 1;
  let dc = 0;
  for (let block = 0; block < across * down; block++) {
    if (scan.restartInterval > 0 && block > 0 && block % scan.restartInterval === 0) {
      bits.restart();
      dc = 0;
    }
    dc = readBlock(scan, bits, dc, coefficients);
    inverseDct(coefficients);
    const [left, top] = [(block % across) * BLOCK, Math.floor(block / across) * BLOCK];
    for (let y = 0; y < Math.min(BLOCK, height - top); y++) {
      for (let x = 0; x < Math.min(BLOCK, width - left); x++) {
        const value = Math.round((coefficients[y * BLOCK + x] as number) + middle);
        words[(top + y) * width + left + x] = Math.min(highest, Math.max(0, value));
      }
    }
  }
}

/** Coefficients of one block, times their steps, row by row. @returns the DC value @standard ISO/IEC 10918-1 F.2.2 */
function readBlock({ quantisation, dc, ac }: ExtendedScan, bits: HuffmanBits, before: number, into: Float64Array) {
  into.fill(0);
  const size = bits.symbol(dc);
  if (size > 15) throw broken('a DC difference of more than 15 bits');
  const value = before + (size === 0 ? 0 : bits.signed(size));
  into[0] = value * (quantisation[0] as number);
  for (let k = 1; k < 64; k++) {
    const symbol = bits.symbol(ac);
    const [run, length] = [symbol >> 4, symbol & 0x0f];
    if (length === 0) {
      // Fifteen zeros and one more, or the end of the block.
      if (run !== 15) break;
      k += 15;
      continue;
    }
    k += run;
    if (k > 63) throw broken('more than 64 coefficients');
    into[ZIGZAG[k] as number] = bits.signed(length) * (quantisation[k] as number);
  }
  return value;
}

function broken(why: string): DicomCodecError {
  return new DicomCodecError(`JPEG Extended: ${why}`, { why });
}
