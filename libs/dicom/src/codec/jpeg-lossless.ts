import { DicomCodecError } from '../errors';
import { checkCodeStream, type CodeStreamHeader } from './code-stream';
import { HuffmanBits, type HuffmanLookup, huffmanTables } from './jpeg-huffman';
import { jpegSegments } from './jpeg-segments';
import { normaliseBits } from './native';
import { frameSamples, type FramePixels, type PixelDescription } from './pixel-description';

const SOF3 = 0xc3;
const DHT = 0xc4;
const SOS = 0xda;
const DRI = 0xdd;

/** Everything in front of the coded data. */
interface LosslessScan {
  readonly header: CodeStreamHeader;
  /** One table per component of the scan. */
  readonly tables: readonly HuffmanLookup[];
  /** 1 to 7. */
  readonly predictor: number;
  readonly pointTransform: number;
  /** Samples (of all components) between restart markers, in rows; 0 for none. */
  readonly restartInterval: number;
  readonly dataAt: number;
}

/**
 * Decodes JPEG lossless, process 14: Huffman coded differences to a predictor, one interleaved scan.
 *
 * @throws {@link DicomCodecError} `DICOM_CODEC_FAILED`
 * @standard ISO/IEC 10918-1 H, PS3.5 A.4.1
 */
export function decodeJpegLossless(pixel: PixelDescription, frame: Buffer): FramePixels {
  const scan = readScan(frame);
  checkCodeStream(scan.header, pixel);
  const samples = frameSamples(pixel);
  const words = pixel.bitsAllocated === 8 ? new Uint8Array(samples) : new Uint16Array(samples);
  decodeScan(scan, frame, words);
  return normaliseBits({ ...pixel, highBit: pixel.bitsStored - 1 }, words);
}

function readScan(bytes: Buffer): LosslessScan {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) throw broken('no SOI marker');
  let header: CodeStreamHeader | undefined;
  const componentIds: number[] = [];
  const tables = new Map<number, HuffmanLookup>();
  let restartInterval = 0;
  for (const { marker, bytes: segment, end } of jpegSegments(bytes, broken)) {
    if (marker === SOF3) header = readFrameHeader(segment, componentIds);
    else if (marker >= 0xc0 && marker <= 0xcf && marker !== DHT && marker !== 0xcc)
      throw broken('another process than 14');
    else if (marker === DHT) for (const [id, table] of huffmanTables(segment, broken)) tables.set(id & 0x0f, table);
    else if (marker === DRI && segment.length >= 2) restartInterval = segment.readUInt16BE(0);
    else if (marker === SOS) {
      if (header === undefined) throw broken('a scan without frame header');
      return { ...readScanHeader(segment, componentIds, tables), header, restartInterval, dataAt: end };
    }
  }
  throw broken('no scan');
}

function readFrameHeader(segment: Buffer, componentIds: number[]): CodeStreamHeader {
  const components = segment.length >= 6 ? segment.readUInt8(5) : 0;
  if (components < 1 || segment.length < 6 + 3 * components) throw broken('frame header too short');
  componentIds.length = 0;
  for (let n = 0; n < components; n++) {
    componentIds.push(segment.readUInt8(6 + 3 * n));
    if (components > 1 && segment.readUInt8(7 + 3 * n) !== 0x11) throw broken('subsampled components');
  }
  return {
    precision: segment.readUInt8(0),
    height: segment.readUInt16BE(1),
    width: segment.readUInt16BE(3),
    components,
  };
}

function readScanHeader(
  segment: Buffer,
  componentIds: readonly number[],
  tables: ReadonlyMap<number, HuffmanLookup>,
): Pick<LosslessScan, 'tables' | 'predictor' | 'pointTransform'> {
  const count = segment.length >= 1 ? segment.readUInt8(0) : 0;
  if (count !== componentIds.length || segment.length < 4 + 2 * count) throw broken('components in several scans');
  const used = componentIds.map((id, n) => {
    const table = tables.get(segment.readUInt8(2 + 2 * n) >> 4);
    if (segment.readUInt8(1 + 2 * n) !== id || table === undefined) throw broken('component without Huffman table');
    return table;
  });
  const predictor = segment.readUInt8(1 + 2 * count);
  const pointTransform = segment.readUInt8(3 + 2 * count) & 0x0f;
  if (predictor < 1 || predictor > 7) throw broken(`predictor ${predictor}`);
  return { tables: used, predictor, pointTransform };
}

/** Rows of differences; the first sample after a start or restart is predicted by half of the range. */
function decodeScan(scan: LosslessScan, bytes: Buffer, words: Uint8Array | Uint16Array): void {
  const { header, tables, predictor, pointTransform: shift } = scan;
  const { width, height, components } = header;
  const stride = width * components;
  const half = 2 ** (header.precision - shift - 1);
  const mask = header.precision - shift >= 16 ? 0xffff : 2 ** (header.precision - shift) - 1;
  const bits = new HuffmanBits(bytes, scan.dataAt);
  // Values are kept unshifted while rows are predicted from rows.
  let above = new Int32Array(stride);
  let row = new Int32Array(stride);
  let untilRestart = scan.restartInterval;
  let topRow = true;
  for (let y = 0; y < height; y++) {
    let first = topRow;
    for (let x = 0; x < width; x++) {
      if (scan.restartInterval > 0 && untilRestart === 0) {
        bits.restart();
        untilRestart = scan.restartInterval;
        // Restart intervals are whole rows (H.1.1), so the prediction begins anew here.
        first = topRow = true;
      }
      untilRestart--;
      for (let c = 0; c < components; c++) {
        const at = x * components + c;
        const predicted = predict(predictor, row, above, at, x, components, first, half);
        row[at] = (predicted + bits.difference(tables[c] as HuffmanLookup)) & mask;
      }
    }
    for (let n = 0; n < stride; n++) words[y * stride + n] = (row[n] as number) << shift;
    [above, row] = [row, above];
    topRow = false;
  }
}

/** Table H.1; the first row uses the left neighbour, the first column the one above. */
function predict(
  predictor: number,
  row: Int32Array,
  above: Int32Array,
  at: number,
  x: number,
  components: number,
  first: boolean,
  half: number,
): number {
  if (x === 0) return first ? half : (above[at] as number);
  const a = row[at - components] as number;
  if (first) return a;
  const b = above[at] as number;
  const c = above[at - components] as number;
  switch (predictor) {
    case 1:
      return a;
    case 2:
      return b;
    case 3:
      return c;
    case 4:
      return a + b - c;
    case 5:
      return a + ((b - c) >> 1);
    case 6:
      return b + ((a - c) >> 1);
    default:
      return (a + b) >> 1;
  }
}

function broken(why: string): DicomCodecError {
  return new DicomCodecError(`JPEG Lossless: ${why}`, { why });
}
