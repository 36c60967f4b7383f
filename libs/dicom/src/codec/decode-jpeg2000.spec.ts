import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ALL_TRANSFER_SYNTAXES, decodeFrame, encodePart10, TransferSyntax } from '../index';
import { COLUMNS, dataset, decodeFile, image, ROWS } from './frame.builder';

const sharedCt = path.resolve(__dirname, '../../../../../shared/data/ct-j2k');
const withSharedData = existsSync(sharedCt) ? test : test.skip;
if (!existsSync(sharedCt)) console.warn('skipped: no ../shared/data');

interface Encoder {
  getDecodedBuffer(info: object): Uint8Array;
  encode(): void;
  getEncodedBuffer(): Uint8Array;
  setQuality(reversible: boolean, quality: number): void;
  delete(): void;
}

/** The encoders of the same packages, used here alone. */
async function encode(
  packageName: string,
  className: string,
  pixels: Int16Array | Uint16Array,
  bits: number,
): Promise<Buffer> {
  const factory = jest.requireActual<() => Promise<Record<string, new () => Encoder>>>(packageName);
  const EncoderClass = (await factory())[className] as new () => Encoder;
  const encoder = new EncoderClass();
  const info = {
    width: COLUMNS,
    height: ROWS,
    bitsPerSample: bits,
    componentCount: 1,
    isSigned: pixels instanceof Int16Array,
    isUsingColorTransform: false,
  };
  encoder.getDecodedBuffer(info).set(new Uint8Array(pixels.buffer));
  encoder.setQuality(true, 0);
  encoder.encode();
  const bytes = Buffer.from(encoder.getEncodedBuffer());
  encoder.delete();
  return bytes;
}

describe('JPEG 2000 and HTJ2K', () => {
  const JPEG_2000 = [TransferSyntax.JPEG2000Lossless, TransferSyntax.JPEG2000];
  const HTJ2K = [TransferSyntax.HTJ2KLossless, TransferSyntax.HTJ2KLosslessRPCL, TransferSyntax.HTJ2K];
  const cases: [string, string, number, boolean][] = [
    ['@cornerstonejs/codec-openjpeg/wasmjs', 'J2KEncoder', 16, false],
    ['@cornerstonejs/codec-openjpeg/wasmjs', 'J2KEncoder', 16, true],
    ['@cornerstonejs/codec-openjph/wasmjs', 'HTJ2KEncoder', 16, false],
    ['@cornerstonejs/codec-openjph/wasmjs', 'HTJ2KEncoder', 16, true],
    ['@cornerstonejs/codec-openjph/wasmjs', 'HTJ2KEncoder', 12, false],
  ];
  test.each(cases)('%s %s, %d bits, signed %s, gives the pixels back', async (packageName, className, bits, signed) => {
    const expected = image(bits, signed);
    const stream = await encode(packageName, className, expected, bits);
    // The syntaxes that allow loss hold streams without loss, too.
    const syntaxes = className === 'J2KEncoder' ? JPEG_2000 : HTJ2K;
    for (const syntax of syntaxes) {
      const file = encodePart10({ ...dataset(bits, signed, expected), PixelData: [stream] }, syntax);
      const { pixels, pixel } = await decodeFile(file);
      expect(pixel.transferSyntaxUID).toBe(syntax);
      expect(Array.from(pixels)).toEqual(Array.from(expected));
    }
  });

  withSharedData('real JPEG 2000 CT gives plausible HU', async () => {
    for (const name of readdirSync(sharedCt).slice(0, 3)) {
      const { pixels } = await decodeFile(readFileSync(path.join(sharedCt, name)));
      expect(pixels).toHaveLength(512 * 512);
      const inside = pixels.filter((value) => value > 800 && value < 1400).length;
      expect(inside).toBeGreaterThan(10_000);
    }
  });

  test('a stream of another size never reaches a decoder', async () => {
    const stream = await encode('@cornerstonejs/codec-openjpeg/wasmjs', 'J2KEncoder', image(16, false), 16);
    const { pixel } = await decodeFile(encodePart10(dataset(16, false, image(16, false))));
    const other = { ...pixel, transferSyntaxUID: TransferSyntax.JPEG2000Lossless, rows: 4 };
    await expect(decodeFrame(other, stream)).rejects.toMatchObject({ code: 'DICOM_CODEC_FAILED' });
  });
});

test.each(ALL_TRANSFER_SYNTAXES)('%s, which the listener takes, has a decoder', async (syntax) => {
  const { pixel } = await decodeFile(encodePart10(dataset(12, false, image(12, false))));
  const outcome = await decodeFrame({ ...pixel, transferSyntaxUID: syntax }, Buffer.alloc(2)).catch((error: unknown) => error); // prettier-ignore
  expect(outcome).toMatchObject({ code: 'DICOM_CODEC_FAILED' });
});
