import { readFileMeta } from '@endplate/dicom';
import { FetchFailedError, HttpRefusedError } from '../errors';
import { type HttpPeer } from '../http/http-peer';
import { splitMultipart } from '../http/multipart';
import { type DicomObject, type FetchedObject } from './destination.port';

/** A PACS may re-encode an object and add to it; more than this on top is not ours. */
const MAX_GROWTH_BYTES = 4 * 1024 ** 2;

/**
 * Fetches objects from a DICOMweb service, each as it is stored there. What the service does not have is left out.
 * @param root - of the service, for example `https://pacs/dicom-web`
 * @throws NOTIFIER_HTTP_FAILED, NOTIFIER_HTTP_REFUSED, NOTIFIER_FETCH_FAILED, NOTIFIER_SECRET_MISSING
 * @standard PS3.18 10.4
 */
export async function* fetchByWado(
  peer: HttpPeer,
  root: string,
  studyInstanceUID: string,
  objects: readonly DicomObject[],
): AsyncGenerator<FetchedObject> {
  for (const { seriesInstanceUID, sopInstanceUID, bytes } of objects) {
    const path = `studies/${studyInstanceUID}/series/${seriesInstanceUID}/instances/${sopInstanceUID}`;
    const { status, headers, body } = await peer.exchange({
      method: 'GET',
      url: `${root.replace(/\/+$/, '')}/${path}`,
      headers: { Accept: 'multipart/related; type="application/dicom"; transfer-syntax=*' },
      maxAnswerBytes: 2 * bytes.length + MAX_GROWTH_BYTES,
    });
    if (status === 404 || status === 410) continue;
    if (status >= 400 && status < 500 && status !== 429 && status !== 408) {
      throw new HttpRefusedError('WADO-RS', `HTTP status ${status}`);
    }
    if (status !== 200 && status !== 206) throw new FetchFailedError(`WADO-RS answered with HTTP status ${status}`);
    yield fileOf(headers['content-type'] ?? '', body);
  }
}

/** The one file of an answer; some servers send it without the multipart around it. */
function fileOf(contentType: string, body: Buffer): FetchedObject {
  const parts = splitMultipart(contentType, body);
  const file = parts ? parts[0]?.bytes : body;
  if (!file) throw new FetchFailedError('the answer of WADO-RS holds no file');
  try {
    const { meta, dataSetOffset } = readFileMeta(file);
    const { sopInstanceUID, transferSyntaxUID } = meta;
    return { sopInstanceUID, transferSyntaxUID, dataSet: file.subarray(dataSetOffset) };
  } catch (cause) {
    throw new FetchFailedError('the answer of WADO-RS is no DICOM file', { cause });
  }
}
