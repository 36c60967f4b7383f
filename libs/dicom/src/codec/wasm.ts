import { DicomCodecError } from '../errors';
import { type CodeStreamHeader } from './code-stream';
import { normaliseBits } from './native';
import { frameSamples, type FramePixels, type PixelDescription } from './pixel-description';

/** The standards that a WASM decoder reads for us. */
export type WasmCodec = 'jpeg' | 'jpeg-ls' | 'jpeg-2000' | 'htj2k';

type DecoderClass = new () => WasmFrameDecoder;

/** A new object per instance: the packages make it their module and would share it. */
const silent = (): object => ({ print: () => undefined, printErr: () => undefined });

/** Each package is loaded on first use; in Node it reads its own .wasm file. */
const LOADERS: Readonly<Record<WasmCodec, () => Promise<DecoderClass>>> = {
  jpeg: async () => {
    const { default: factory } = await import('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs');
    return (await factory(silent())).JPEGDecoder;
  },
  'jpeg-ls': async () => {
    const { default: factory } = await import('@cornerstonejs/codec-charls/decodewasmjs');
    return (await factory(silent())).JpegLSDecoder;
  },
  'jpeg-2000': async () => {
    const { default: factory } = await import('@cornerstonejs/codec-openjpeg/decodewasmjs');
    return (await factory(silent())).J2KDecoder;
  },
  htj2k: async () => {
    const { default: factory } = await import('@cornerstonejs/codec-openjph/wasmjs');
    return (await factory(silent())).HTJ2KDecoder;
  },
};

const loaded = new Map<WasmCodec, Promise<DecoderClass>>();

/**
 * Decodes a frame with a WASM decoder; a decoder that failed is thrown away with its memory.
 *
 * @param header - what the stream says of itself, already checked against `pixel`
 * @throws {@link DicomCodecError} `DICOM_CODEC_FAILED`
 */
export async function decodeWasm(
  codec: WasmCodec,
  pixel: PixelDescription,
  frame: Buffer,
  header: CodeStreamHeader,
): Promise<FramePixels> {
  let decoderClass = loaded.get(codec);
  if (decoderClass === undefined) {
    decoderClass = LOADERS[codec]();
    loaded.set(codec, decoderClass);
  }
  try {
    return toPixels(pixel, run(await decoderClass, frame, header), header.precision);
  } catch (cause) {
    loaded.delete(codec);
    if (cause instanceof DicomCodecError) throw cause;
    throw new DicomCodecError(`The ${codec} decoder failed`, { codec }, { cause });
  }
}

/** Runs one decoder object and copies what it made out of its memory. */
function run(DecoderClass: DecoderClass, frame: Buffer, header: CodeStreamHeader): Uint8Array {
  const decoder = new DecoderClass();
  try {
    decoder.getEncodedBuffer(frame.length).set(frame);
    decoder.decode();
    const { width, height, componentCount } = decoder.getFrameInfo();
    if (width !== header.width || height !== header.height || componentCount !== header.components) {
      throw new DicomCodecError(`The decoder made ${width} x ${height} x ${componentCount}`, {
        width,
        height,
        componentCount,
      });
    }
    return Uint8Array.from(decoder.getDecodedBuffer());
  } finally {
    decoder.delete();
  }
}

/** Decoders give bytes up to 8 bits of precision, and 16-bit little endian words above. */
function toPixels(pixel: PixelDescription, decoded: Uint8Array, precision: number): FramePixels {
  const samples = frameSamples(pixel);
  const size = precision <= 8 ? 1 : 2;
  if (decoded.length < samples * size) {
    throw new DicomCodecError(`The decoder made ${decoded.length} bytes, ${samples * size} are needed`, {
      length: decoded.length,
    });
  }
  const words = size === 2 ? new Uint16Array(decoded.buffer, 0, samples) : decoded.subarray(0, samples);
  const stored = pixel.bitsAllocated === 16 && size === 1 ? Uint16Array.from(words) : words;
  return normaliseBits({ ...pixel, highBit: pixel.bitsStored - 1 }, stored);
}
