import { type DestinationOf } from '@endplate/platform';
import { type DeliveryRecord } from '@endplate/studies';
import { HttpRefusedError, StoreStatusError } from '../errors';
import { HttpPeer } from '../http/http-peer';
import { joinMultipart } from '../http/multipart';
import {
  type DestinationPort,
  type DicomObject,
  dicomObjects,
  permitted,
  type ReadBackPort,
  type SendAnswer,
} from './destination.port';
import { findByQido } from './qido';
import { refusesSopClass } from './store-verdict';
import { stowAnswers } from './stow-response';
import { fetchByWado } from './wado';

/** An answer has some hundred bytes per object. */
const MAX_ANSWER_BYTES = 4 * 1024 ** 2;
const CONTENT_TOO_LARGE = 413;
/** Statuses with an answer that speaks of single instances. @standard PS3.18 10.5.3 */
const SPEAKS_OF_INSTANCES: ReadonlySet<number> = new Set([200, 202, 409]);

/** A DICOMweb origin server: STOW-RS to send, QIDO-RS to read back, WADO-RS to fetch. */
export function stowDestination(destination: DestinationOf<'stow'>): DestinationPort {
  const { name, url, auth, tls, connectTimeoutMs, responseTimeoutMs } = destination;
  const web = (service: string) => new HttpPeer(service, { auth, tls, connectTimeoutMs, responseTimeoutMs });
  const stow = web('STOW-RS');
  const readBack: ReadBackPort = {
    by: 'qido',
    find: (study, objects) => findByQido(web('QIDO-RS'), url, study, dicomObjects(objects)),
    ...(destination.byteCheck === 'wado'
      ? { bytes: { by: 'wado', fetch: (study, objects) => fetchByWado(web('WADO-RS'), url, study, objects) } }
      : {}),
  };
  return {
    name,
    outOfReach: outOfReach(destination),
    send: (objects) => sendAll(stow, url, objects.map(dicomObjects)),
    ...(destination.readBack === 'none' ? {} : { readBack }),
  };
}

function outOfReach({ readBack }: DestinationOf<'stow'>): DeliveryRecord['outOfReach'] {
  return [
    { rung: 'committed', why: 'STOW-RS has no storage commitment.' },
    ...(readBack === 'none' ? [{ rung: 'read-back' as const, why: 'Reading back is switched off here.' }] : []),
  ];
}

/** What refers to other objects goes after them, and only where they were taken. */
async function sendAll(
  peer: HttpPeer,
  root: string,
  objects: readonly (readonly DicomObject[])[],
): Promise<readonly SendAnswer[]> {
  const refers = (one: readonly DicomObject[]): boolean => one.some(({ requires }) => requires !== undefined);
  const independent = objects.filter((one) => !refers(one));
  const first = independent.length > 0 ? await sendEach(peer, root, independent) : [];
  // Nothing that may yet be taken decides which report it is.
  if (first.some(({ verdict }) => verdict === 'busy')) return first;
  const later = objects.filter(refers).map((one) => permitted(one, first));
  const second = later.length > 0 ? await sendEach(peer, root, later) : [];
  const answers = { independent: first.values(), dependent: second.values() };
  return objects.map((one) => (refers(one) ? answers.dependent : answers.independent).next().value!);
}

/** The first alternative of each, then the next one of those whose SOP class was refused. */
async function sendEach(
  peer: HttpPeer,
  root: string,
  objects: readonly (readonly DicomObject[])[],
): Promise<readonly SendAnswer[]> {
  const answers: SendAnswer[] = await store(
    peer,
    root,
    objects.map(([first]) => first!),
  );
  for (let n = 0; n < answers.length; n++) {
    for (const next of objects[n]!.slice(1)) {
      const { status, verdict } = answers[n]!;
      if (verdict !== 'refused' || status === undefined || !refusesSopClass(status)) break;
      answers[n] = (await store(peer, root, [next]))[0]!;
    }
  }
  return answers;
}

/** All in one request; one by one where that is too large for the server. */
async function store(peer: HttpPeer, root: string, objects: readonly DicomObject[]): Promise<SendAnswer[]> {
  const { contentType, body } = joinMultipart(objects.map(({ bytes }) => bytes));
  const { status, body: answer } = await peer.exchange({
    method: 'POST',
    url: `${root.replace(/\/+$/, '')}/studies`,
    headers: { 'Content-Type': contentType, Accept: 'application/dicom+json' },
    body,
    maxAnswerBytes: MAX_ANSWER_BYTES,
  });
  if (SPEAKS_OF_INSTANCES.has(status)) return [...stowAnswers(objects, status, answer)];
  if (status === CONTENT_TOO_LARGE) return oneByOne(peer, root, objects);
  if (status >= 500 || status === 408 || status === 429) throw new StoreStatusError(`HTTP ${status}`);
  throw new HttpRefusedError('STOW-RS', `HTTP status ${status}`);
}

async function oneByOne(peer: HttpPeer, root: string, objects: readonly DicomObject[]): Promise<SendAnswer[]> {
  const [only] = objects;
  if (objects.length === 1 && only) {
    return [{ object: only, verdict: 'refused', answer: `HTTP ${CONTENT_TOO_LARGE}, it is too large` }];
  }
  const answers: SendAnswer[] = [];
  for (const object of objects) answers.push(...(await store(peer, root, [object])));
  return answers;
}
