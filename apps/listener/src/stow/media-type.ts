import { RequestRefusedError } from '../errors';

/** A media type with its parameters, names in lower case. */
export interface MediaType {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** Reads a `Content-Type`; undefined when it is none. @standard RFC 9110 8.3.1 */
export function parseMediaType(text: string): MediaType | undefined {
  const [type = '', rest = ''] = splitOnce(text.slice(0, 1000), ';');
  if (!/^[\w!#$&^.+-]+\/[\w!#$&^.+*-]+$/.test(type.trim())) return undefined;
  const parameters = new Map<string, string>();
  for (const [, name = '', quoted, plain] of rest.matchAll(/([\w!#$&^.+-]+)=(?:"([^"]*)"|([^;\s]*))/g)) {
    parameters.set(name.toLowerCase(), quoted ?? plain ?? '');
  }
  return { type: type.trim().toLowerCase(), parameters };
}

/**
 * The boundary of a STOW-RS request's body.
 * @throws LISTENER_MEDIA_UNSUPPORTED (415) when the body is not `multipart/related; type="application/dicom"`
 * @standard PS3.18 10.5.1
 */
export function boundaryOf(contentType: string | undefined): string {
  const media = parseMediaType(contentType ?? '');
  const boundary = media?.parameters.get('boundary');
  const inner = media?.parameters.get('type') ?? 'application/dicom';
  if (media?.type !== 'multipart/related' || inner.toLowerCase() !== 'application/dicom' || !boundary) {
    throw new RequestRefusedError(
      'LISTENER_MEDIA_UNSUPPORTED',
      'Send multipart/related; type="application/dicom"; boundary=…',
    );
  }
  return boundary;
}

/** @throws LISTENER_NOT_ACCEPTABLE (406) when the client takes no `application/dicom+json` @standard PS3.18 10.5.3 */
export function checkAccept(accept: string | undefined): void {
  if (accept === undefined || accept === '') return;
  const offers = ['application/dicom+json', 'application/json', 'application/*', '*/*'];
  const wanted = accept.split(',').map((one) => parseMediaType(one.trim())?.type);
  if (!wanted.some((type) => type !== undefined && offers.includes(type))) {
    throw new RequestRefusedError('LISTENER_NOT_ACCEPTABLE', 'The answer is application/dicom+json.');
  }
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
