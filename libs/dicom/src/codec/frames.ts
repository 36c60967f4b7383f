import { type DataSet, type PixelData } from '../element/data-set';
import { Tag } from '../element/tag';
import { DicomCodecError } from '../errors';
import { nativeFrameBytes, type PixelDescription } from './pixel-description';

/**
 * The bytes of each frame, compressed as they are; views where a frame is one fragment, otherwise joined on demand.
 *
 * @returns a function from the frame's zero-based index to its bytes, and how many frames there are
 * @throws {@link DicomCodecError} `DICOM_CODEC_FAILED` if there is no pixel data or its frames cannot be told apart
 * @standard PS3.5 A.4
 */
export function framesOf(
  dataSet: DataSet,
  pixel: PixelDescription,
): { count: number; frame: (index: number) => Buffer; littleEndian: boolean } {
  const count = Math.max(1, dataSet.number(Tag.NumberOfFrames) ?? 1);
  const pixelData = dataSet.pixelData();
  if (pixelData === undefined) throw new DicomCodecError('There is no pixel data', {});
  if (pixelData.kind === 'native') {
    const size = nativeFrameBytes(pixel);
    if (size * count > pixelData.bytes.length) {
      throw new DicomCodecError(
        `Pixel data has ${pixelData.bytes.length} bytes, ${count} frames need ${size * count}`,
        {
          length: pixelData.bytes.length,
          count,
        },
      );
    }
    const { bytes, littleEndian } = pixelData;
    return { count, frame: (index) => bytes.subarray(index * size, (index + 1) * size), littleEndian };
  }
  const groups = groupFragments(dataSet, pixelData, count);
  return { count, frame: (index) => joined(groups[index] ?? [], index), littleEndian: true };
}

function joined(fragments: readonly Buffer[], index: number): Buffer {
  const [first, second] = fragments;
  if (first === undefined) throw new DicomCodecError(`Frame ${index + 1} has no fragment`, { frame: index + 1 });
  return second === undefined ? first : Buffer.concat(fragments);
}

type Encapsulated = Extract<PixelData, { kind: 'encapsulated' }>;

/** Which fragments make which frame: all, one each, by offset table, or by the start of a code stream. */
function groupFragments(dataSet: DataSet, pixelData: Encapsulated, count: number): Buffer[][] {
  const fragments = [...pixelData.fragments];
  if (count === 1) return [fragments];
  if (fragments.length === count) return fragments.map((fragment) => [fragment]);
  const starts = frameOffsets(dataSet, pixelData.offsetTable);
  if (starts.length === count) return groupByOffsets(fragments, starts);
  const groups: Buffer[][] = [];
  for (const fragment of fragments) {
    if (startsCodeStream(fragment) || groups.length === 0) groups.push([]);
    groups[groups.length - 1]?.push(fragment);
  }
  if (groups.length !== count) {
    throw new DicomCodecError(`${fragments.length} fragments cannot be shared among ${count} frames`, {
      fragments: fragments.length,
      count,
    });
  }
  return groups;
}

/** Offsets of frames from the first byte behind the offset table. @standard PS3.5 A.4, PS3.3 C.7.6.3.1.8 */
function frameOffsets(dataSet: DataSet, basic: Buffer): number[] {
  const extended = dataSet.bytes(Tag.ExtendedOffsetTable);
  const offsets: number[] = [];
  if (extended !== undefined) {
    for (let at = 0; at + 8 <= extended.length; at += 8) offsets.push(Number(extended.readBigUInt64LE(at)));
    return offsets;
  }
  for (let at = 0; at + 4 <= basic.length; at += 4) offsets.push(basic.readUInt32LE(at));
  return offsets;
}

function groupByOffsets(fragments: readonly Buffer[], starts: readonly number[]): Buffer[][] {
  const groups: Buffer[][] = starts.map(() => []);
  let position = 0;
  let frame = 0;
  for (const fragment of fragments) {
    while (frame + 1 < starts.length && position >= (starts[frame + 1] as number)) frame++;
    groups[frame]?.push(fragment);
    position += 8 + fragment.length;
  }
  return groups;
}

/** JPEG and JPEG-LS begin with SOI (FFD8), JPEG 2000 with SOC (FF4F). */
function startsCodeStream(fragment: Buffer): boolean {
  return fragment[0] === 0xff && (fragment[1] === 0xd8 || fragment[1] === 0x4f);
}
