import { MultipartInvalidError } from '../errors';

/** What a multipart body is made of, in order. Data are views of the chunk that was pushed. */
export type MultipartEvent =
  | { readonly kind: 'part-begin'; readonly headers: ReadonlyMap<string, string> }
  | { readonly kind: 'part-data'; readonly bytes: Buffer }
  | { readonly kind: 'part-end' };

/** Limits of one body. */
export interface MultipartLimits {
  /** Bytes of the headers of one part. Default 8 KiB. */
  readonly maxHeaderBytes?: number;
  /** Default 100,000. */
  readonly maxParts?: number;
}

const CRLF = Buffer.from('\r\n');
const HEADERS_END = Buffer.from('\r\n\r\n');

/**
 * Reads a `multipart/related` body while it goes by, holding never more than a delimiter and the headers of one part.
 * @standard RFC 2046 5.1
 */
export class MultipartReader {
  private readonly delimiter: Buffer;
  private readonly maxHeaderBytes: number;
  private readonly maxParts: number;
  private state: 'preamble' | 'after-delimiter' | 'headers' | 'body' | 'epilogue' = 'preamble';
  /** Bytes that could not be decided on; at the beginning a line end, so that the first delimiter needs none. */
  private held: Buffer = CRLF;
  private parts = 0;

  /** @throws LISTENER_MULTIPART_INVALID when the boundary is none (RFC 2046 5.1.1: 1 to 70 characters) */
  constructor(boundary: string, limits: MultipartLimits = {}) {
    if (!/^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/.test(boundary)) {
      throw new MultipartInvalidError('the boundary is none');
    }
    this.delimiter = Buffer.from(`\r\n--${boundary}`);
    this.maxHeaderBytes = limits.maxHeaderBytes ?? 8192;
    this.maxParts = limits.maxParts ?? 100_000;
  }

  /** Takes the next bytes; the events must be handled before the next push. @throws LISTENER_MULTIPART_INVALID */
  *push(chunk: Buffer): Generator<MultipartEvent> {
    let bytes = this.held.length > 0 ? Buffer.concat([this.held, chunk]) : chunk;
    this.held = Buffer.alloc(0);
    for (;;) {
      const rest = yield* this.step(bytes);
      if (rest === undefined) return;
      bytes = rest;
    }
  }

  /** The body is over. @throws LISTENER_MULTIPART_INVALID when its end did not come */
  end(): void {
    if (this.state !== 'epilogue') throw new MultipartInvalidError('it ends before its last delimiter');
  }

  /** Gives what is left to read, or undefined when more bytes are needed (which are then held). */
  private *step(bytes: Buffer): Generator<MultipartEvent, Buffer | undefined> {
    switch (this.state) {
      case 'preamble':
      case 'body':
        return yield* this.untilDelimiter(bytes);
      case 'after-delimiter':
        return this.afterDelimiter(bytes);
      case 'headers':
        return yield* this.headers(bytes);
      case 'epilogue':
        return undefined;
    }
  }

  private *untilDelimiter(bytes: Buffer): Generator<MultipartEvent, Buffer | undefined> {
    const inBody = this.state === 'body';
    const at = bytes.indexOf(this.delimiter);
    // Without a delimiter all but its possible beginning at the end is decided.
    const decided = at >= 0 ? at : Math.max(0, bytes.length - this.delimiter.length + 1);
    if (inBody && decided > 0) yield { kind: 'part-data', bytes: bytes.subarray(0, decided) };
    if (at < 0) return this.hold(bytes.subarray(decided));
    if (inBody) yield { kind: 'part-end' };
    this.state = 'after-delimiter';
    return bytes.subarray(at + this.delimiter.length);
  }

  /** `--` ends the body; blanks and a line end begin a part. */
  private afterDelimiter(bytes: Buffer): Buffer | undefined {
    if (bytes.length < 2) return this.hold(bytes);
    if (bytes[0] === 0x2d && bytes[1] === 0x2d) {
      this.state = 'epilogue';
      return undefined;
    }
    const at = bytes.indexOf(CRLF);
    if (at < 0 && bytes.length < this.maxHeaderBytes) return this.hold(bytes);
    if (at < 0 || !/^[ \t]*$/.test(bytes.toString('latin1', 0, at))) {
      throw new MultipartInvalidError('a delimiter is not followed by a line end');
    }
    this.state = 'headers';
    // The line end stays: with no header at all it is the first half of the empty line.
    return bytes.subarray(at);
  }

  private *headers(bytes: Buffer): Generator<MultipartEvent, Buffer | undefined> {
    const at = bytes.indexOf(HEADERS_END);
    if ((at < 0 ? bytes.length : at) > this.maxHeaderBytes) throw new MultipartInvalidError('headers are too long');
    if (at < 0) return this.hold(bytes);
    this.parts += 1;
    if (this.parts > this.maxParts) throw new MultipartInvalidError(`more than ${this.maxParts} parts`);
    yield { kind: 'part-begin', headers: headersOf(bytes.toString('latin1', 0, at)) };
    this.state = 'body';
    return bytes.subarray(at + HEADERS_END.length);
  }

  /** A copy: the chunk is the caller's again after the push. */
  private hold(bytes: Buffer): undefined {
    this.held = Buffer.from(bytes);
    return undefined;
  }
}

function headersOf(text: string): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return headers;
}
