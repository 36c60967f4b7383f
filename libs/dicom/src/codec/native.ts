import { DicomCodecError } from '../errors';
import { frameSamples, nativeFrameBytes, type FramePixels, type PixelDescription } from './pixel-description';

/**
 * Reads uncompressed pixels: byte order, position of the stored bits, sign. The answer may be a view of the frame's bytes.
 *
 * @throws {@link DicomCodecError} `DICOM_CODEC_FAILED` if the frame is shorter than Rows x Columns
 * @standard PS3.5 8.1.1
 */
export function decodeNative(pixel: PixelDescription, frame: Buffer, littleEndian: boolean): FramePixels {
  const expected = nativeFrameBytes(pixel);
  if (frame.length < expected) {
    throw new DicomCodecError(`The frame has ${frame.length} bytes, ${expected} are needed`, {
      length: frame.length,
      expected,
    });
  }
  const bytes = byPixel(pixel, frame.subarray(0, expected));
  if (pixel.bitsAllocated === 8) return normaliseBits(pixel, Uint8Array.from(bytes));
  if (littleEndian && bytes.byteOffset % 2 === 0 && pixel.bitsStored < 16) {
    const stored = new Uint16Array(bytes.buffer, bytes.byteOffset, frameSamples(pixel));
    return isClean(pixel, stored) ? stored : storedBits(pixel, stored);
  }
  const words = new Uint16Array(frameSamples(pixel));
  // Copied byte by byte into an aligned buffer: a view of the file may begin at an odd address.
  const target = Buffer.from(words.buffer);
  bytes.copy(target);
  if (!littleEndian) target.swap16();
  return normaliseBits(pixel, words);
}

/** Whether unsigned words hold the stored bits at their bottom and nothing above them. */
function isClean({ bitsStored, highBit, pixelRepresentation }: PixelDescription, words: Uint16Array): boolean {
  if (pixelRepresentation === 1 || highBit !== bitsStored - 1) return false;
  let bits = 0;
  if (words.byteOffset % 4 === 0 && words.length % 8 === 0) {
    // Two words at a time, in four chains that do not wait for one another.
    const pairs = new Uint32Array(words.buffer, words.byteOffset, words.length / 2);
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let n = 0; n < pairs.length; n += 4) {
      a |= pairs[n]!;
      b |= pairs[n + 1]!;
      c |= pairs[n + 2]!;
      d |= pairs[n + 3]!;
    }
    const both = a | b | c | d;
    bits = (both & 0xffff) | (both >>> 16);
  } else for (let n = 0; n < words.length; n++) bits |= words[n]!;
  return bits >> bitsStored === 0;
}

/**
 * Moves the stored bits to the bottom, clears what lies above them (old overlays), and extends the sign.
 *
 * @param words - unsigned words in the platform's order (little endian); used as storage of the result
 * @standard PS3.5 8.1.1
 */
export function normaliseBits(pixel: PixelDescription, words: Uint8Array | Uint16Array): FramePixels {
  return storedBits(pixel, words, words);
}

/** The stored bits of some words, which are left as they are unless they are the target too. */
function storedBits<Words extends Uint8Array | Uint16Array>(
  pixel: PixelDescription,
  from: Words,
  words: Uint8Array | Uint16Array = new Uint16Array(from.length),
): FramePixels {
  const { bitsAllocated, bitsStored, highBit, pixelRepresentation } = pixel;
  const shift = highBit - bitsStored + 1;
  if (shift > 0 || bitsStored < bitsAllocated) {
    const mask = (1 << bitsStored) - 1;
    const sign = pixelRepresentation === 1 ? 1 << (bitsStored - 1) : 0;
    for (let n = 0; n < words.length; n++) {
      const value = ((from[n] as number) >> shift) & mask;
      words[n] = sign !== 0 && (value & sign) !== 0 ? value - (mask + 1) : value;
    }
  }
  if (pixelRepresentation === 0) return words;
  return words instanceof Uint8Array
    ? new Int8Array(words.buffer, words.byteOffset, words.length)
    : new Int16Array(words.buffer, words.byteOffset, words.length);
}

/** Colour by plane to colour by pixel. @standard PS3.3 C.7.6.3.1.3 */
function byPixel(pixel: PixelDescription, bytes: Buffer): Buffer {
  if (pixel.samplesPerPixel === 1 || pixel.planarConfiguration === 0) return bytes;
  const size = pixel.bitsAllocated / 8;
  const plane = pixel.rows * pixel.columns;
  const mixed = Buffer.alloc(bytes.length);
  for (let sample = 0; sample < pixel.samplesPerPixel; sample++) {
    for (let n = 0; n < plane; n++) {
      const from = (sample * plane + n) * size;
      bytes.copy(mixed, (n * pixel.samplesPerPixel + sample) * size, from, from + size);
    }
  }
  return mixed;
}
