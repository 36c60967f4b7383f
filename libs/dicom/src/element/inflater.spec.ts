import { constants, deflateRawSync } from 'node:zlib';
import { DicomError } from '../errors';
import { Inflater } from './inflater';
import { seededRandom } from './random-data-set.builder';

/** Bytes with runs, repeats near and far, and noise. */
function content(seed: number, length: number): Buffer {
  const random = seededRandom(seed);
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length;) {
    const run = Math.min(length - at, 1 + Math.floor(random() ** 4 * 3000));
    const kind = random();
    if (kind < 0.3) bytes.fill(Math.floor(random() * 256), at, at + run);
    else if (kind < 0.6 && at > run)
      bytes.copy(bytes, at, at - run - Math.floor(random() * Math.min(at - run, 40_000)), at);
    else for (let n = 0; n < run; n++) bytes[at + n] = Math.floor(random() * 256);
    at += run;
  }
  return bytes;
}

function inflate(bytes: Buffer, chunk: number): Buffer {
  const parts: Buffer[] = [];
  const inflater = new Inflater(1 << 24, (part) => parts.push(Buffer.from(part)));
  for (let at = 0; at < bytes.length; at += chunk) inflater.push(bytes.subarray(at, at + chunk));
  inflater.end();
  return Buffer.concat(parts);
}

describe('Inflater gives what zlib deflated', () => {
  const strategies = Object.entries({
    default: { level: 9 },
    fast: { level: 1 },
    stored: { level: 0 },
    fixed: { strategy: constants.Z_FIXED },
    huffmanOnly: { strategy: constants.Z_HUFFMAN_ONLY },
    runs: { strategy: constants.Z_RLE },
  });
  test.each(strategies)('%s', (_, options) => {
    for (const [seed, length] of [
      [1, 0],
      [2, 1],
      [3, 300],
      [4, 400_000],
    ] as const) {
      const expected = content(seed, length);
      const deflated = deflateRawSync(expected, options);
      for (const chunk of [1, 13, 4096, 1 << 20]) {
        if (chunk === 1 && length > 1000) continue;
        expect(inflate(deflated, chunk).equals(expected)).toBe(true);
      }
    }
  });

  test('a padding byte behind the stream is no fault', () => {
    expect(inflate(Buffer.concat([deflateRawSync(Buffer.from('abc')), Buffer.alloc(1)]), 2).toString()).toBe('abc');
  });

  test('rubbish ends in a DICOM error', () => {
    let errors = 0;
    for (let seed = 1; seed <= 300; seed++) {
      const random = seededRandom(seed);
      const bytes = deflateRawSync(content(seed, 3000));
      for (let n = 0; n < 5; n++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      try {
        inflate(bytes, 97);
      } catch (error) {
        expect(error).toBeInstanceOf(DicomError);
        errors++;
      }
    }
    expect(errors).toBeGreaterThan(50);
  });
});
