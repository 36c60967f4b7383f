import { type DestinationOf } from '@endplate/platform';
import { MllpFailedError } from '../errors';
import { tlsOptions } from '../http/secret';
import {
  type Acknowledgement,
  acknowledgementVerdict,
  controlIdOf,
  readAcknowledgement,
} from '../mllp/acknowledgement';
import { mllpExchange, type MllpPeer } from '../mllp/mllp-exchange';
import { type DestinationPort, type SendableObject, type SendAnswer } from './destination.port';

/**
 * A receiver of HL7 v2 over MLLP: the report as ORU^R01; the acknowledgement of that very message is all that such a
 * receiver can prove.
 * @standard HL7 v2.5.1 7.3.1
 */
export function hl7Destination(destination: DestinationOf<'hl7'>): DestinationPort {
  const { name, host, port, tls, connectTimeoutMs, responseTimeoutMs } = destination;
  const why = 'HL7 v2 over MLLP ends with the acknowledgement.';
  return {
    name,
    acknowledges: true,
    outOfReach: [
      { rung: 'committed', why },
      { rung: 'read-back', why },
    ],
    async send(objects) {
      const peer: MllpPeer = {
        ...{ host, port, connectTimeoutMs, responseTimeoutMs },
        ...(tls ? { tls: await tlsOptions(tls) } : {}),
      };
      const answers: SendAnswer[] = [];
      for (const [object] of objects) if (object) answers.push(await sendOne(peer, object));
      return answers;
    },
  };
}

async function sendOne(peer: MllpPeer, object: SendableObject): Promise<SendAnswer> {
  const controlId = controlIdOf(object.bytes);
  // A byte of the framing inside would end the block early (MLLP Release 1).
  if (controlId === undefined || object.bytes.includes(0x0b) || object.bytes.includes(0x1c)) {
    return { object, verdict: 'refused', answer: 'it is no message that can be sent over MLLP' };
  }
  let acknowledgement: Acknowledgement | undefined;
  await mllpExchange(peer, object.bytes, (answer) => {
    const read = readAcknowledgement(answer);
    if (read?.controlId === controlId) acknowledgement = read;
    return acknowledgement !== undefined;
  });
  if (!acknowledgement) throw new MllpFailedError('no acknowledgement of this message');
  const { code, errorCode } = acknowledgement;
  const answer = errorCode === undefined ? code : `${code}, error ${errorCode}`;
  return { object, verdict: acknowledgementVerdict(acknowledgement), answer };
}
