import { type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import * as http from 'node:http';
import * as https from 'node:https';

/** What the minio client asks of a transport. */
export interface S3Transport {
  readonly request: typeof http.request;
}

/** Limits of one HTTP exchange. */
export interface TransportLimits {
  /** From the request to the response's header, in ms. */
  readonly responseTimeoutMs: number;
  /** Silence on the socket, in ms. */
  readonly idleTimeoutMs: number;
}

/** node:http with an end to every wait; the minio client itself has none. */
export function timedTransport(useSSL: boolean, limits: TransportLimits): S3Transport {
  const send = useSSL ? https.request : http.request;
  const request = (options: RequestOptions, onResponse: (response: IncomingMessage) => void): ClientRequest => {
    const outgoing = send(options, (response) => {
      clearTimeout(deadline);
      onResponse(response);
    });
    const deadline = setTimeout(() => outgoing.destroy(timedOut('no response')), limits.responseTimeoutMs);
    outgoing.setTimeout(limits.idleTimeoutMs, () => outgoing.destroy(timedOut('silence')));
    outgoing.once('close', () => clearTimeout(deadline));
    return outgoing;
  };
  return { request: request as typeof http.request };
}

function timedOut(what: string): Error {
  return Object.assign(new Error(`S3 exchange ended: ${what}`), { code: 'ETIMEDOUT' });
}
