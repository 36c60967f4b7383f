import { type DestinationOf } from '@endplate/platform';
import { HttpFailedError, HttpRefusedError, StoreStatusError } from '../errors';
import { type HttpAnswer, HttpPeer } from '../http/http-peer';
import { type DestinationPort, type SendableObject, type SendAnswer } from './destination.port';
import { conditionalSearches, matchesIn, refusalIn, versionSearches } from './fhir-bundle';

const FHIR_JSON = 'application/fhir+json';
const MAX_ANSWER_BYTES = 16 * 1024 ** 2;
/** Another transaction held a resource, the server is busy, or it waited too long: the next time it may work. */
const PASSING: ReadonlySet<number> = new Set([408, 409, 423, 425, 429]);

/**
 * A FHIR server: the report as one transaction, whose entries create or update by identifier, so that doing it twice
 * leaves one; read back by searching each of them.
 * @standard FHIR R4 http 3.1.0.11
 */
export function fhirDestination(destination: DestinationOf<'fhir'>): DestinationPort {
  const { name, auth, tls, connectTimeoutMs, responseTimeoutMs, readBack } = destination;
  const base = destination.url.replace(/\/+$/, '');
  const peer = new HttpPeer('FHIR server', { auth, tls, connectTimeoutMs, responseTimeoutMs });
  return {
    name,
    outOfReach: [
      { rung: 'committed', why: 'FHIR has no storage commitment.' },
      ...(readBack === 'none' ? [{ rung: 'read-back' as const, why: 'Reading back is switched off here.' }] : []),
    ],
    send: (objects) =>
      sendAll(
        peer,
        base,
        objects.flatMap(([first]) => (first ? [first] : [])),
      ),
    ...(readBack === 'none'
      ? {}
      : { readBack: { by: 'search', replaces: true, find: (_, objects) => find(peer, base, objects) } }),
  };
}

async function sendAll(peer: HttpPeer, base: string, objects: readonly SendableObject[]): Promise<SendAnswer[]> {
  const answers: SendAnswer[] = [];
  for (const object of objects) {
    const answer = await peer.exchange({
      method: 'POST',
      url: base,
      headers: { 'Content-Type': FHIR_JSON, Accept: FHIR_JSON, Prefer: 'return=minimal' },
      body: object.bytes,
      maxAnswerBytes: MAX_ANSWER_BYTES,
    });
    answers.push({ object, ...verdictOf(answer) });
  }
  return answers;
}

function verdictOf({ status, body }: HttpAnswer): Pick<SendAnswer, 'verdict' | 'answer'> {
  if (status >= 200 && status < 300) return { verdict: 'accepted', answer: `HTTP ${status}` };
  const why = refusalIn(body);
  const answer = `HTTP ${status}${why ? `: ${why}` : ''}`.slice(0, 200);
  if (status >= 500 || PASSING.has(status)) throw new StoreStatusError(answer);
  return { verdict: 'refused', answer };
}

/** An object is there when each of its resources is found exactly once, the report under the identifier of its version. */
async function find(peer: HttpPeer, base: string, objects: readonly SendableObject[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const { name, bytes } of objects) {
    const searches = [...conditionalSearches(bytes), ...versionSearches(bytes)];
    if (searches.length === 0) throw new HttpRefusedError('FHIR search', 'no entry of the Bundle has an identifier');
    let all = true;
    for (const search of searches) all &&= (await count(peer, `${base}/${search}`)) === 1;
    if (all) found.add(name);
  }
  return found;
}

/** @throws NOTIFIER_HTTP_REFUSED where there is more than one: nobody could tell which is ours */
async function count(peer: HttpPeer, url: string): Promise<number> {
  const { status, body } = await peer.exchange({
    method: 'GET',
    url: `${url}&_count=2`,
    headers: { Accept: FHIR_JSON, 'Cache-Control': 'no-cache' },
    maxAnswerBytes: MAX_ANSWER_BYTES,
  });
  if (status >= 500 || PASSING.has(status)) throw new HttpFailedError('FHIR search', `HTTP status ${status}`);
  if (status === 404 || status === 410) return 0;
  if (status !== 200) throw new HttpRefusedError('FHIR search', `HTTP status ${status}`);
  const matches = matchesIn(body);
  if (matches === undefined) throw new HttpFailedError('FHIR search', 'the answer is no Bundle');
  if (matches > 1) throw new HttpRefusedError('FHIR search', 'more than one resource has the identifier');
  return matches;
}
