import { createHash, createHmac } from 'node:crypto';
import { type StudyFindings } from '@endplate/findings';
import { type DestinationOf } from '@endplate/platform';
import { CloudEvent, HTTP } from 'cloudevents';
import { SecretMissingError, StoreStatusError } from '../errors';
import { HttpPeer } from '../http/http-peer';
import { readSecret } from '../http/secret';
import { type DestinationPort, type MessageObject, type SendableObject, type SendAnswer } from './destination.port';

/** Whatever a receiver answers, its status is all that counts. */
const MAX_ANSWER_BYTES = 64 * 1024;
const MIN_SECRET_BYTES = 16;
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * A receiver of events: that a version was analysed, or could not be. The event holds UIDs, codes and links, nothing of
 * the patient; whoever wants more asks the console, and shows who he is there.
 * @param nowMs - the clock of the signature, ms since 1970
 */
export function webhookDestination(destination: DestinationOf<'webhook'>, nowMs: () => number): DestinationPort {
  const { name, url, secret, auth, tls, connectTimeoutMs, responseTimeoutMs, consoleUrl } = destination;
  const peer = new HttpPeer('webhook', { auth, tls, connectTimeoutMs, responseTimeoutMs });
  const why = 'A webhook ends with the answer of its receiver.';
  return {
    name,
    acknowledges: true,
    outOfReach: [
      { rung: 'committed', why },
      { rung: 'read-back', why },
    ],
    compose: (findings) => versionEvent(findings, consoleUrl),
    async send(objects) {
      const key = signingKey(await readSecret(secret));
      const answers: SendAnswer[] = [];
      for (const [object] of objects) if (object) answers.push(await post(peer, url, object, key, nowMs()));
      return answers;
    },
  };
}

/**
 * The event of a version in the structured JSON form; the same version gives the same bytes, so that a receiver knows
 * one that comes twice by its id.
 * @standard CloudEvents 1.0
 */
export function versionEvent(findings: StudyFindings, consoleUrl?: string): MessageObject {
  const { studyInstanceUID, version, outcome, createdAt, predecessorVersion } = findings;
  const root = consoleUrl?.replace(/\/+$/, '');
  const study = `/api/studies/${studyInstanceUID}`;
  const event = new CloudEvent({
    id: `${studyInstanceUID}.${version}.${outcome.status}`,
    type: `org.endplate.version.${outcome.status}`,
    source: root ?? 'urn:endplate',
    subject: `${studyInstanceUID}/versions/${version}`,
    time: createdAt,
    datacontenttype: 'application/json',
    data: {
      studyInstanceUID,
      version,
      outcome: outcome.status,
      ...(outcome.status === 'not-analysed' ? { reason: outcome.reason.code } : {}),
      ...(predecessorVersion === undefined ? {} : { predecessorVersion }),
      ...(root === undefined
        ? {}
        : {
            links: {
              page: `${root}/#/study/${studyInstanceUID}/${version}`,
              study: `${root}${study}`,
              findings: `${root}${study}/versions/${version}/findings`,
            },
          }),
    },
  });
  const bytes = Buffer.from(String(HTTP.structured(event).body));
  return { form: 'message', name: 'event.json', bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/**
 * Headers by which a receiver knows that the event is ours, fresh, and the same as before: `webhook-id`,
 * `webhook-timestamp` (s since 1970) and `webhook-signature` (`v1,` and the HMAC-SHA256 of `id.timestamp.body` in
 * base64), as the Standard Webhooks specification 1.0 has them.
 */
export function signatureHeaders(body: Buffer, key: Buffer, nowMs: number): Readonly<Record<string, string>> {
  const { id } = JSON.parse(body.toString('utf8')) as { id: string };
  const timestamp = String(Math.floor(nowMs / 1000));
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}

/** A secret with `whsec_` in front is base64, as that specification has it. @throws NOTIFIER_SECRET_MISSING */
function signingKey(secret: string): Buffer {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret, 'utf8');
  if (key.length < MIN_SECRET_BYTES) throw new SecretMissingError(`the key is shorter than ${MIN_SECRET_BYTES} bytes`);
  return key;
}

async function post(
  peer: HttpPeer,
  url: string,
  object: SendableObject,
  key: Buffer,
  nowMs: number,
): Promise<SendAnswer> {
  const { status } = await peer.exchange({
    method: 'POST',
    url,
    headers: {
      'Content-Type': 'application/cloudevents+json; charset=utf-8',
      ...signatureHeaders(object.bytes, key, nowMs),
    },
    body: object.bytes,
    maxAnswerBytes: MAX_ANSWER_BYTES,
  });
  const answer = `HTTP ${status}`;
  if (status >= 200 && status < 300) return { object, verdict: 'accepted', answer };
  if (status >= 500 || PASSING.has(status)) throw new StoreStatusError(answer);
  return { object, verdict: 'refused', answer };
}
