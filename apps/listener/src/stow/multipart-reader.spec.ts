import { MultipartReader } from './multipart-reader';

/** Everything a body holds, read in chunks of a size. */
function read(body: Buffer, chunkBytes: number, boundary = 'b', limits = {}): { headers: object; bytes: string }[] {
  const reader = new MultipartReader(boundary, limits);
  const parts: { headers: object; bytes: string; open: boolean }[] = [];
  for (let at = 0; at < body.length; at += chunkBytes) {
    const chunk = Buffer.from(body.subarray(at, at + chunkBytes));
    for (const event of reader.push(chunk)) {
      const part = parts.at(-1);
      if (event.kind === 'part-begin') {
        parts.push({ headers: Object.fromEntries(event.headers), bytes: '', open: true });
      } else if (event.kind === 'part-data') {
        part!.bytes += event.bytes.toString('latin1');
      } else {
        part!.open = false;
      }
    }
    // The reader must not keep what it was lent.
    chunk.fill(0x2d);
  }
  reader.end();
  expect(parts.every(({ open }) => !open)).toBe(true);
  return parts.map(({ headers, bytes }) => ({ headers, bytes }));
}

const body = (text: string) => Buffer.from(text, 'latin1');

describe('MultipartReader', () => {
  const two =
    'a preamble to pass over\r\n--b\r\nContent-Type: application/dicom\r\nX-Odd:  1 \r\n\r\nfirst\r\n-\r\n--\r\n--B\r\n' +
    '\r\n--b \t\r\n\r\nsecond\r\n--b--\r\nand an epilogue --b';

  it.each([1, 2, 3, 5, 7, 64, 1000])('reads the same in chunks of %i bytes', (chunkBytes) => {
    expect(read(body(two), chunkBytes)).toEqual([
      { headers: { 'content-type': 'application/dicom', 'x-odd': '1' }, bytes: 'first\r\n-\r\n--\r\n--B\r\n' },
      { headers: {}, bytes: 'second' },
    ]);
  });

  it('reads a body that begins with its delimiter, and an empty part', () => {
    expect(read(body('--b\r\n\r\n\r\n--b--'), 4)).toEqual([{ headers: {}, bytes: '' }]);
    expect(read(body('--b--'), 100)).toEqual([]);
  });

  it('keeps every byte of binary parts', () => {
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 7919) % 251));
    const whole = Buffer.concat([body('--b\r\n\r\n'), bytes, body('\r\n--b--')]);
    for (const size of [999, 65_536]) {
      expect(Buffer.from(read(whole, size)[0]!.bytes, 'latin1').equals(bytes)).toBe(true);
    }
  });

  it.each([
    ['no delimiter', 'just text'],
    ['cut in a part', '--b\r\n\r\nfirst'],
    ['cut in headers', '--b\r\nContent-Type: x'],
    ['junk behind a delimiter', '--bjunk\r\n\r\nx\r\n--b--'],
  ])('refuses a body that is broken: %s', (_, text) => {
    expect(() => read(body(text), 5)).toThrow(expect.objectContaining({ code: 'LISTENER_MULTIPART_INVALID' }));
  });

  it('bounds headers and parts', () => {
    const long = `--b\r\nX: ${'x'.repeat(200)}\r\n\r\n\r\n--b--`;
    expect(() => read(body(long), 10, 'b', { maxHeaderBytes: 100 })).toThrow('headers are too long');
    const many = `${'--b\r\n\r\n\r\n'.repeat(5)}--b--`;
    expect(() => read(body(many), 10, 'b', { maxParts: 3 })).toThrow('more than 3 parts');
    const endless = `--b${' '.repeat(20_000)}`;
    expect(() => read(body(endless), 1000)).toThrow('line end');
  });

  it.each(['', 'x'.repeat(71), 'a\r\nb', 'ends in blank '])('refuses the boundary %j', (boundary) => {
    expect(() => new MultipartReader(boundary)).toThrow(
      expect.objectContaining({ code: 'LISTENER_MULTIPART_INVALID' }),
    );
  });

  it('takes time in proportion to the bytes, whatever they look like', () => {
    const almost = Buffer.from('\r\n--'.repeat(250_000));
    const whole = Buffer.concat([body('--b\r\n\r\n'), almost, body('\r\n--b--')]);
    expect(read(whole, 65_536)[0]!.bytes).toHaveLength(almost.length);
  });
});
