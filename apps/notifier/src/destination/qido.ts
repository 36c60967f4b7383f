import { QidoFailedError, QidoRefusedError } from '../errors';
import { type FindableObject } from './destination.port';

/** More than an answer to a question for one instance can be. */
const MAX_ANSWER_BYTES = 1024 ** 2;
const SOP_INSTANCE_UID = '00080018';

/**
 * Asks a DICOMweb service which of the objects it has, one query each.
 * @param root - of the service, for example `https://pacs/dicom-web`
 * @throws NOTIFIER_QIDO_FAILED, NOTIFIER_QIDO_REFUSED
 * @standard PS3.18 10.6
 */
export async function findByQido(
  root: string,
  studyInstanceUID: string,
  objects: readonly FindableObject[],
  timeoutMs: number,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const { seriesInstanceUID, sopInstanceUID } of objects) {
    const path = `studies/${studyInstanceUID}/series/${seriesInstanceUID}/instances`;
    const url = `${root.replace(/\/+$/, '')}/${path}?SOPInstanceUID=${sopInstanceUID}&limit=2`;
    if (instancesOf(await ask(url, timeoutMs)).includes(sopInstanceUID)) found.add(sopInstanceUID);
  }
  return found;
}

async function ask(url: string, timeoutMs: number): Promise<unknown> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { headers: { Accept: 'application/dicom+json' }, signal, redirect: 'error' });
    if (response.status === 204 || response.status === 404) return [];
    if (response.status >= 400 && response.status < 500 && response.status !== 429 && response.status !== 408) {
      throw new QidoRefusedError(response.status);
    }
    if (!response.ok) throw new QidoFailedError(`HTTP status ${response.status}`);
    return JSON.parse(await textOf(response));
  } catch (cause) {
    if (cause instanceof QidoRefusedError || cause instanceof QidoFailedError) throw cause;
    throw new QidoFailedError(cause instanceof SyntaxError ? 'it is not JSON' : 'no connection or no answer in time', {
      cause,
    });
  }
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += (chunk as Uint8Array).length;
    if (length > MAX_ANSWER_BYTES) throw new QidoFailedError(`it is longer than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** SOP Instance UIDs of an answer in the DICOM JSON model; whatever has another form counts as none. */
function instancesOf(answer: unknown): string[] {
  if (!Array.isArray(answer)) return [];
  return answer.flatMap((one: unknown) => {
    const value = (one as Record<string, { Value?: unknown } | undefined> | null)?.[SOP_INSTANCE_UID]?.Value;
    return Array.isArray(value) && typeof value[0] === 'string' ? [value[0]] : [];
  });
}
