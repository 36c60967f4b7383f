import { HttpFailedError, QidoFailedError, QidoRefusedError } from '../errors';
import { type HttpPeer } from '../http/http-peer';
import { type DicomObject } from './destination.port';

/** More than an answer to a question for one instance can be. */
const MAX_ANSWER_BYTES = 1024 ** 2;
const SOP_INSTANCE_UID = '00080018';

/**
 * Asks a DICOMweb service which of the objects it has, one query each.
 * @param root - of the service, for example `https://pacs/dicom-web`
 * @returns names of objects
 * @throws NOTIFIER_QIDO_FAILED, NOTIFIER_QIDO_REFUSED, NOTIFIER_SECRET_MISSING
 * @standard PS3.18 10.6
 */
export async function findByQido(
  peer: HttpPeer,
  root: string,
  studyInstanceUID: string,
  objects: readonly Pick<DicomObject, 'name' | 'seriesInstanceUID' | 'sopInstanceUID'>[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const { name, seriesInstanceUID, sopInstanceUID } of objects) {
    const path = `studies/${studyInstanceUID}/series/${seriesInstanceUID}/instances`;
    const url = `${root.replace(/\/+$/, '')}/${path}?SOPInstanceUID=${sopInstanceUID}&limit=2`;
    if (instancesOf(await ask(peer, url)).includes(sopInstanceUID)) found.add(name);
  }
  return found;
}

async function ask(peer: HttpPeer, url: string): Promise<unknown> {
  try {
    const headers = { Accept: 'application/dicom+json' };
    const { status, body } = await peer.exchange({ method: 'GET', url, headers, maxAnswerBytes: MAX_ANSWER_BYTES });
    if (status === 204 || status === 404) return [];
    if (status >= 400 && status < 500 && status !== 429 && status !== 408) throw new QidoRefusedError(status);
    if (status < 200 || status > 299) throw new QidoFailedError(`HTTP status ${status}`);
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    if (cause instanceof SyntaxError) throw new QidoFailedError('it is not JSON', { cause });
    if (cause instanceof HttpFailedError) throw new QidoFailedError(cause.message, { cause });
    throw cause;
  }
}

/** SOP Instance UIDs of an answer in the DICOM JSON model; whatever has another form counts as none. */
function instancesOf(answer: unknown): string[] {
  if (!Array.isArray(answer)) return [];
  return answer.flatMap((one: unknown) => {
    const value = (one as Record<string, { Value?: unknown } | undefined> | null)?.[SOP_INSTANCE_UID]?.Value;
    return Array.isArray(value) && typeof value[0] === 'string' ? [value[0]] : [];
  });
}
