import { DicomCodecError } from '../errors';
import { normaliseBits } from './native';
import { frameSamples, type FramePixels, type PixelDescription } from './pixel-description';

const HEADER_BYTES = 64;
const MAX_SEGMENTS = 15;

/**
 * Decodes an RLE Lossless frame: one PackBits segment per byte of a sample, most significant byte first, samples as planes.
 *
 * @throws {@link DicomCodecError} `DICOM_CODEC_FAILED` if a segment does not give exactly Rows x Columns bytes
 * @standard PS3.5 G
 */
export function decodeRle(pixel: PixelDescription, frame: Buffer): FramePixels {
  const bytesPerSample = pixel.bitsAllocated / 8;
  const segments = bytesPerSample * pixel.samplesPerPixel;
  if (frame.length < HEADER_BYTES) throw failed('the header is shorter than 64 bytes');
  const count = frame.readUInt32LE(0);
  if (count !== segments || count > MAX_SEGMENTS) throw failed(`${count} segments, ${segments} are needed`);
  const plane = pixel.rows * pixel.columns;
  const samples = frameSamples(pixel);
  const words = pixel.bitsAllocated === 8 ? new Uint8Array(samples) : new Uint16Array(samples);
  const bytes = new Uint8Array(plane);
  for (let segment = 0; segment < segments; segment++) {
    const start = frame.readUInt32LE(4 + segment * 4);
    const end = segment + 1 < segments ? frame.readUInt32LE(8 + segment * 4) : frame.length;
    if (start < HEADER_BYTES || start > end || end > frame.length) throw failed(`segment ${segment} lies outside`);
    unpackBits(frame.subarray(start, end), bytes, segment);
    const sample = Math.floor(segment / bytesPerSample);
    const shift = 8 * (bytesPerSample - 1 - (segment % bytesPerSample));
    for (let n = 0; n < plane; n++) {
      const at = n * pixel.samplesPerPixel + sample;
      words[at] = (words[at] as number) | ((bytes[n] as number) << shift);
    }
  }
  return normaliseBits(pixel, words);
}

/** PackBits of PS3.5 G.3.1, into a buffer that it must fill. */
function unpackBits(packed: Buffer, out: Uint8Array, segment: number): void {
  let at = 0;
  let filled = 0;
  while (filled < out.length) {
    const control = packed[at++];
    if (control === undefined) throw failed(`segment ${segment} ends early`);
    if (control === 128) continue;
    const literal = control < 128;
    const run = literal ? control + 1 : 257 - control;
    if (at + (literal ? run : 1) > packed.length) throw failed(`segment ${segment} ends early`);
    // A run that passes the end of the frame is cut: some encoders pad the last row.
    const length = Math.min(run, out.length - filled);
    if (literal) out.set(packed.subarray(at, at + length), filled);
    else out.fill(packed[at] as number, filled, filled + length);
    at += literal ? run : 1;
    filled += length;
  }
}

function failed(why: string): DicomCodecError {
  return new DicomCodecError(`RLE Lossless: ${why}`, { why });
}
