import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  decodeFrame,
  deriveUid,
  encodePart10,
  framesOf,
  readPart10,
  readPixelDescription,
  SopClass,
  TransferSyntax,
  type FramePixels,
  type NaturalDataset,
  type PixelDescription,
} from '../index';

const hasDcmtk = spawnSync('dcmcjpeg', ['--version']).status === 0;
if (!hasDcmtk) console.warn('skipped: no dcmtk (dcmcjpeg, dcmcjpls, dcmcrle) on this machine');
const withDcmtk = hasDcmtk ? test : test.skip;
const sharedCt = path.resolve(__dirname, '../../../../../shared/data/ct-j2k');
const withSharedData = existsSync(sharedCt) ? test : test.skip;
if (!existsSync(sharedCt)) console.warn('skipped: no ../shared/data');

const folder = mkdtempSync(path.join(tmpdir(), 'endplate-codec-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ROWS = 37;
const COLUMNS = 53;

/** A smooth image with edges and noise, reaching both ends of the range. */
function image(bits: number, signed: boolean): Int16Array | Uint16Array {
  const low = signed ? -(2 ** (bits - 1)) : 0;
  const pixels = signed ? new Int16Array(ROWS * COLUMNS) : new Uint16Array(ROWS * COLUMNS);
  let seed = 7;
  for (let n = 0; n < pixels.length; n++) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const wave = Math.sin(n / 40) * Math.cos(n / COLUMNS / 3) * 0.4 + 0.5 + (seed / 2 ** 32) * 0.05;
    pixels[n] = low + Math.min(2 ** bits - 1, Math.floor(wave * 2 ** bits));
  }
  pixels.set([low, low + 2 ** bits - 1, low, low + 2 ** bits - 1], 500);
  return pixels;
}

function dataset(bits: number, signed: boolean, pixels: ArrayBufferView): NaturalDataset {
  return {
    SOPClassUID: SopClass.CTImageStorage,
    SOPInstanceUID: deriveUid('codec', String(bits), String(signed)),
    StudyInstanceUID: deriveUid('codec', 'study'),
    SeriesInstanceUID: deriveUid('codec', 'series'),
    Modality: 'CT',
    ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
    PhotometricInterpretation: 'MONOCHROME2',
    RescaleIntercept: -1024,
    RescaleSlope: 1,
    SamplesPerPixel: 1,
    Rows: ROWS,
    Columns: COLUMNS,
    BitsAllocated: bits > 8 ? 16 : 8,
    BitsStored: bits,
    HighBit: bits - 1,
    PixelRepresentation: signed ? 1 : 0,
    PixelData: pixels,
  };
}

async function decodeFile(bytes: Buffer): Promise<{ pixels: FramePixels; pixel: PixelDescription }> {
  const { meta, dataSet } = readPart10(bytes);
  const pixel = readPixelDescription(dataSet, meta.transferSyntaxUID);
  return { pixels: await decodeFrame(pixel, framesOf(dataSet, pixel).frame(0)), pixel };
}

function compress(bytes: Buffer, tool: string, ...options: string[]): Buffer {
  const [from, to] = [path.join(folder, 'in.dcm'), path.join(folder, 'out.dcm')];
  writeFileSync(from, bytes);
  execFileSync(tool, [...options, from, to], { stdio: 'pipe' });
  return readFileSync(to);
}

const DEPTHS: [number, boolean][] = [
  [8, false],
  [12, false],
  [16, false],
  [16, true],
];

describe('lossless transfer syntaxes give the pixels back', () => {
  const tools: [string, string, string[]][] = [
    [TransferSyntax.RLELossless, 'dcmcrle', []],
    [TransferSyntax.JPEGLosslessSV1, 'dcmcjpeg', ['+e1']],
    ...[1, 2, 3, 4, 5, 6, 7].map((predictor): [string, string, string[]] => [
      TransferSyntax.JPEGLossless,
      'dcmcjpeg',
      ['+el', '+sv', String(predictor)],
    ]),
    [TransferSyntax.JPEGLSLossless, 'dcmcjpls', []],
  ];
  describe.each(tools)('%s by %s %j', (syntax, tool, options) => {
    withDcmtk.each(DEPTHS)('%d bits, signed %s', async (bits, signed) => {
      const expected = image(bits, signed);
      const plain = bits > 8 ? expected : Uint8Array.from(expected);
      const bytes = compress(encodePart10(dataset(bits, signed, plain)), tool, ...options);
      const { pixels, pixel } = await decodeFile(bytes);
      expect(pixel.transferSyntaxUID).toBe(syntax);
      expect(Array.from(pixels)).toEqual(Array.from(expected));
    });
  });

  test.each(DEPTHS)('uncompressed, both byte orders, %d bits, signed %s', async (bits, signed) => {
    const expected = image(bits, signed);
    const plain = bits > 8 ? expected : Uint8Array.from(expected);
    const { pixels, pixel } = await decodeFile(encodePart10(dataset(bits, signed, plain)));
    expect(Array.from(pixels)).toEqual(Array.from(expected));
    if (bits === 8) return;
    const swapped = Buffer.from(Buffer.from(expected.buffer)).swap16();
    const big = { ...pixel, transferSyntaxUID: TransferSyntax.ExplicitVRBigEndian };
    expect(Array.from(await decodeFrame(big, swapped))).toEqual(Array.from(expected));
  });

  test('stored bits that lie high, below an overlay', async () => {
    const pixel: PixelDescription = {
      ...(await decodeFile(encodePart10(dataset(12, true, image(12, true))))).pixel,
      rows: 1,
      columns: 2,
      highBit: 13,
    };
    // 12 bits from bit 2 to 13: -1 and 5, with rubbish in bits 0, 1, 14, 15.
    const words = Uint16Array.from([(0xfff << 2) | 0xc003, (5 << 2) | 0xc002]);
    expect(Array.from(await decodeFrame(pixel, Buffer.from(words.buffer)))).toEqual([-1, 5]);
  });

  withDcmtk('JPEG baseline of 8 bits, nearly', async () => {
    const smooth = Uint8Array.from({ length: ROWS * COLUMNS }, (_, n) => 128 + 100 * Math.sin(n / 300));
    const { pixels } = await decodeFile(
      compress(encodePart10(dataset(8, false, smooth)), 'dcmcjpeg', '+eb', '+q', '95'),
    );
    expect(Math.max(...Array.from(pixels, (value, n) => Math.abs(value - (smooth[n] as number))))).toBeLessThanOrEqual(
      4,
    );
  });

  withDcmtk('JPEG extended of 12 bits is refused with a reason', async () => {
    const bytes = compress(encodePart10(dataset(12, false, image(12, false))), 'dcmcjpeg', '+ee');
    await expect(decodeFile(bytes)).rejects.toMatchObject({
      code: 'DICOM_CODEC_UNSUPPORTED',
      facts: { why: 'JPEG of 12 bits' },
    });
  });
});

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
    const syntax = className === 'J2KEncoder' ? TransferSyntax.JPEG2000Lossless : TransferSyntax.HTJ2KLossless;
    const { pixels } = await decodeFile(
      encodePart10({ ...dataset(bits, signed, expected), PixelData: [stream] }, syntax),
    );
    expect(Array.from(pixels)).toEqual(Array.from(expected));
  });

  withSharedData('real JPEG 2000 CT gives plausible HU', async () => {
    for (const name of readdirSync(sharedCt).slice(0, 3)) {
      const { pixels } = await decodeFile(readFileSync(path.join(sharedCt, name)));
      expect(pixels).toHaveLength(512 * 512);
      const inside = pixels.filter((value) => value > 800 && value < 1400).length;
      expect(inside).toBeGreaterThan(10_000);
    }
  });
});

describe('broken frames', () => {
  const pixel: PixelDescription = {
    transferSyntaxUID: TransferSyntax.RLELossless,
    rows: ROWS,
    columns: COLUMNS,
    samplesPerPixel: 1,
    bitsAllocated: 16,
    bitsStored: 16,
    highBit: 15,
    pixelRepresentation: 0,
    planarConfiguration: 0,
    photometricInterpretation: 'MONOCHROME2',
  };

  test('a stream of another size never reaches a decoder', async () => {
    const stream = await encode('@cornerstonejs/codec-openjpeg/wasmjs', 'J2KEncoder', image(16, false), 16);
    const other = { ...pixel, transferSyntaxUID: TransferSyntax.JPEG2000Lossless, rows: 4 };
    await expect(decodeFrame(other, stream)).rejects.toMatchObject({ code: 'DICOM_CODEC_FAILED' });
  });

  test.each([
    { rows: 0 },
    { bitsAllocated: 32 },
    { samplesPerPixel: 2 },
    { rows: 65535, columns: 65535 },
    { bitsStored: 17 },
  ])('a description that no decoder handles: %j', async (change) => {
    await expect(decodeFrame({ ...pixel, ...change }, Buffer.alloc(64))).rejects.toMatchObject({
      code: 'DICOM_CODEC_UNSUPPORTED',
    });
  });

  withDcmtk.each([
    ['dcmcrle', []],
    ['dcmcjpeg', ['+e1']],
    ['dcmcjpls', []],
  ])('cut or changed by %s: an error or pixels, never a hang', async (tool, options) => {
    const bytes = compress(encodePart10(dataset(16, false, image(16, false))), tool, ...options);
    const { meta, dataSet } = readPart10(bytes);
    const description = readPixelDescription(dataSet, meta.transferSyntaxUID);
    const frame = framesOf(dataSet, description).frame(0);
    let failed = 0;
    for (let n = 0; n < 60; n++) {
      const broken = Buffer.from(n < 30 ? frame.subarray(0, Math.floor((frame.length * n) / 31)) : frame);
      if (n >= 30)
        for (let m = 0; m < 20; m++) broken[(n * 7919 + m * 104729) % broken.length] = (n * 31 + m * 17) & 255;
      try {
        expect(await decodeFrame(description, broken)).toHaveLength(ROWS * COLUMNS);
      } catch (error) {
        expect((error as { code: string }).code).toMatch(/^DICOM_CODEC_/);
        failed++;
      }
    }
    expect(failed).toBeGreaterThan(25);
  });
});
