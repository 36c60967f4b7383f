import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  decodeFrame,
  encodePart10,
  framesOf,
  readPart10,
  readPixelDescription,
  TransferSyntax,
  type FramePixels,
  type PixelDescription,
} from '../index';
import { COLUMNS, dataset, decodeFile, image, ROWS } from './frame.builder';

const hasDcmtk = spawnSync('dcmcjpeg', ['--version']).status === 0;
if (!hasDcmtk) console.warn('skipped: no dcmtk (dcmcjpeg, dcmcjpls, dcmcrle) on this machine');
const withDcmtk = hasDcmtk ? test : test.skip;
const folder = mkdtempSync(path.join(tmpdir(), 'endplate-codec-'));
afterAll(() => rmSync(folder, { recursive: true }));

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

  withDcmtk.each([
    ['+q', '100'],
    ['+q', '60'],
  ])('JPEG extended of 12 bits %s %s, as DCMTK decodes it', async (...quality) => {
    const expected = image(12, false);
    const bytes = compress(encodePart10(dataset(12, false, expected)), 'dcmcjpeg', '+ee', ...quality);
    const { pixels, pixel } = await decodeFile(bytes);
    expect(pixel.transferSyntaxUID).toBe(TransferSyntax.JPEGExtended12Bit);
    const theirs = (await decodeFile(compress(bytes, 'dcmdjpeg'))).pixels;
    const distance = (a: FramePixels, b: ArrayLike<number>) => Math.max(...Array.from(a, (value, n) => Math.abs(value - (b[n] as number)))); // prettier-ignore
    // Their transform works in whole numbers, ours does not.
    expect(distance(pixels, theirs)).toBeLessThanOrEqual(1);
    if (quality[1] === '100') expect(distance(pixels, expected)).toBeLessThanOrEqual(8);
  });

  withDcmtk('JPEG-LS near lossless, within its bound', async () => {
    const expected = image(12, false);
    const bytes = compress(encodePart10(dataset(12, false, expected)), 'dcmcjpls', '+en', '+md', '2');
    const { pixels, pixel } = await decodeFile(bytes);
    expect(pixel.transferSyntaxUID).toBe(TransferSyntax.JPEGLSNearLossless);
    const most = Math.max(...Array.from(pixels, (value, n) => Math.abs(value - (expected[n] as number))));
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(2);
  });

  test('deflated, implicit and encapsulated uncompressed', async () => {
    const expected = image(16, true);
    const plain = [TransferSyntax.DeflatedExplicitVRLittleEndian, TransferSyntax.ImplicitVRLittleEndian];
    for (const syntax of plain) {
      const { pixels, pixel } = await decodeFile(encodePart10(dataset(16, true, expected), syntax));
      expect(pixel.transferSyntaxUID).toBe(syntax);
      expect(Array.from(pixels)).toEqual(Array.from(expected));
    }
    const syntax = TransferSyntax.EncapsulatedUncompressedExplicitVRLittleEndian;
    const frame = Buffer.from(expected.buffer);
    const odd = frame.length % 2 ? Buffer.concat([frame, Buffer.alloc(1)]) : frame;
    const { pixels } = await decodeFile(encodePart10({ ...dataset(16, true, expected), PixelData: [odd] }, syntax));
    expect(Array.from(pixels)).toEqual(Array.from(expected));
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
    ['dcmcjpeg', ['+ee']],
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
