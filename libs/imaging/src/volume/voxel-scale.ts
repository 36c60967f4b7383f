import { type FramePixels } from '@endplate/dicom';
import { type InstanceHeader } from '../series/instance-header';

/** How stored values become voxels: HU on CT, stored values elsewhere. */
export interface VoxelScale {
  readonly unit: 'HU' | 'signal';
  /** True if every voxel of the series is a whole number of 16 bits. */
  readonly wholeNumbers: boolean;
}

/** HU of air and of what lies outside the field of view. */
const PADDING_HU = -1024;

/** Decides unit and storage of a series from its headers. @standard PS3.3 C.11.1, PS3.3 C.8.2.1 */
export function voxelScale(headers: readonly InstanceHeader[]): VoxelScale {
  const unit = headers.every(isHounsfield) ? 'HU' : 'signal';
  const wholeNumbers = headers.every((header) => {
    if (unit === 'HU') {
      const { slope, intercept } = header.rescale ?? { slope: 1, intercept: 0 };
      return Number.isInteger(slope) && Number.isInteger(intercept);
    }
    return header.pixelRepresentation === 1 || header.bitsStored <= 15;
  });
  return { unit, wholeNumbers };
}

function isHounsfield(header: InstanceHeader): boolean {
  if (header.modality !== 'CT' || header.rescale === undefined) return false;
  const type = header.rescale.type?.toUpperCase();
  // Absent means HU unless the image is a localiser or derived in another unit (PS3.3 C.11.1.1.2).
  return type === undefined || type === '' || type === 'HU';
}

/**
 * Writes the voxels of one frame: rescale (HU only), padding, and MONOCHROME1 turned over so that white is high.
 *
 * Whole-number HU are kept within 16 bits.
 *
 * @param offset - index of the frame's first voxel in `target`
 */
export function writeVoxels(
  pixels: FramePixels,
  header: InstanceHeader,
  scale: VoxelScale,
  target: Int16Array | Float32Array,
  offset: number,
): void {
  const [low, high] = paddingRange(header);
  const hounsfield = scale.unit === 'HU';
  const { slope, intercept } = hounsfield && header.rescale !== undefined ? header.rescale : { slope: 1, intercept: 0 };
  const inverted = !hounsfield && header.photometricInterpretation === 'MONOCHROME1';
  // Sum of the lowest and the highest stored value.
  const mirror = header.pixelRepresentation === 1 ? -1 : 2 ** header.bitsStored - 1;
  const padding = hounsfield ? PADDING_HU : 0;
  const clamp = target instanceof Int16Array;
  if (clamp && !inverted && slope === 1 && low > high) {
    // Neither the lowest nor the highest stored value leaves the 16 bits.
    const fits = header.pixelRepresentation === 0 && header.bitsStored < 16 && intercept <= 0 && intercept >= -32768;
    if (fits) addIntercept(pixels, intercept, target, offset);
    else shiftVoxels(pixels, intercept, target, offset);
    return;
  }
  for (let n = 0; n < pixels.length; n++) {
    const stored = pixels[n] as number;
    let value = inverted ? mirror - stored : stored * slope + intercept;
    if (stored >= low && stored <= high) value = padding;
    else if (clamp) value = value > 32767 ? 32767 : value < -32768 ? -32768 : value;
    target[offset + n] = value;
  }
}

/** What nearly every CT is: whole HU that differ from the stored values by the intercept, all within 16 bits. */
function addIntercept(pixels: FramePixels, intercept: number, target: Int16Array, offset: number): void {
  const from = pixels instanceof Uint16Array && pairsOf(pixels, 0, pixels.length);
  const to = pairsOf(target, offset, pixels.length);
  if (from && to) addToPairs(from, intercept, to);
  else for (let n = 0; n < pixels.length; n++) target[offset + n] = (pixels[n] as number) + intercept;
}

/** Words of 16 bits two at a time; undefined where they are not even in number or do not lie so. */
function pairsOf(words: Int16Array | Uint16Array, first: number, count: number): Int32Array | undefined {
  const at = words.byteOffset + 2 * first;
  return at % 4 === 0 && count % 2 === 0 ? new Int32Array(words.buffer, at, count / 2) : undefined;
}

/** Adds a number to two words at a time: the sum of the lower 15 bits can't run into the next word, the highest is added by itself. */
function addToPairs(from: Int32Array, intercept: number, to: Int32Array): void {
  const both = (intercept & 0xffff) * 0x10001;
  const low = both & 0x7fff7fff;
  for (let n = 0; n < from.length; n++) {
    const pair = from[n]!;
    to[n] = ((pair & 0x7fff7fff) + low) ^ ((pair ^ both) & 0x80008000);
  }
}

/** The same where they may not fit: kept within 16 bits. */
function shiftVoxels(pixels: FramePixels, intercept: number, target: Int16Array, offset: number): void {
  for (let n = 0; n < pixels.length; n++) {
    const value = (pixels[n] as number) + intercept;
    target[offset + n] = value > 32767 ? 32767 : value < -32768 ? -32768 : value;
  }
}

/** Stored values that are no measurement; an empty range if there are none. @standard PS3.3 C.7.5.1.1.2 */
function paddingRange(header: InstanceHeader): [number, number] {
  const { pixelPaddingValue: value, pixelPaddingRangeLimit: limit } = header;
  if (value === undefined) return [Infinity, -Infinity];
  return limit === undefined ? [value, value] : [Math.min(value, limit), Math.max(value, limit)];
}
