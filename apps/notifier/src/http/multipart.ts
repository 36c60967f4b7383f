import { createHash } from 'node:crypto';

/** One part of a body. */
export interface BodyPart {
  /** `Content-Type`, or an empty text. */
  readonly type: string;
  /** A view of the body. */
  readonly bytes: Buffer;
}

const MAX_PARTS = 1024;
const MAX_HEADER_BYTES = 8192;

/**
 * Splits a multipart body that was received as a whole.
 * @returns undefined where it is none, or is broken
 * @standard RFC 2046 5.1.1
 */
export function splitMultipart(contentType: string, body: Buffer): BodyPart[] | undefined {
  const boundary = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType);
  if (!/^multipart\//i.test(contentType) || !boundary) return undefined;
  const delimiter = Buffer.from(`--${boundary[1] ?? boundary[2]}`);
  const parts: BodyPart[] = [];
  let at = body.indexOf(delimiter);
  while (at >= 0 && parts.length < MAX_PARTS) {
    const begin = at + delimiter.length;
    if (body.subarray(begin, begin + 2).toString('latin1') === '--') return parts;
    const next = body.indexOf(Buffer.concat([Buffer.from('\r\n'), delimiter]), begin);
    if (next < 0) return undefined;
    const part = onePart(body.subarray(begin, next));
    if (!part) return undefined;
    parts.push(part);
    at = next + 2;
  }
  return undefined;
}

/** Transport padding and line end of the delimiter, headers, an empty line, the content. */
function onePart(bytes: Buffer): BodyPart | undefined {
  const lineEnd = bytes.indexOf('\r\n');
  if (lineEnd < 0) return undefined;
  const headed = bytes.subarray(lineEnd);
  const headersEnd = headed.subarray(0, MAX_HEADER_BYTES).indexOf('\r\n\r\n');
  if (headersEnd < 0) return undefined;
  const headers = headed.subarray(0, headersEnd).toString('latin1');
  const type = /^content-type:[ \t]*([^\r\n]*)/im.exec(headers)?.[1] ?? '';
  return { type, bytes: headed.subarray(headersEnd + 4) };
}

/**
 * A `multipart/related` body of DICOM files. The boundary is made of the files, so that the same files give the same
 * bytes, and occurs in none of them.
 * @standard PS3.18 8.6.1, RFC 2387
 */
export function joinMultipart(files: readonly Buffer[]): { readonly contentType: string; readonly body: Buffer } {
  const hash = createHash('sha256');
  for (const file of files) hash.update(createHash('sha256').update(file).digest());
  let boundary = hash.digest('hex').slice(0, 48);
  while (files.some((file) => file.includes(boundary))) {
    boundary = createHash('sha256').update(boundary).digest('hex').slice(0, 48);
  }
  const pieces = files.flatMap((file) => [
    Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\nContent-Length: ${file.length}\r\n\r\n`),
    file,
    Buffer.from('\r\n'),
  ]);
  const body = Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]);
  return { contentType: `multipart/related; type="application/dicom"; boundary=${boundary}`, body };
}
