import { request as requestHttp, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { type HttpAuth, type TlsClient } from '@endplate/platform';
import { HttpFailedError } from '../errors';
import { authorization, tlsOptions } from './secret';

/** How a server is reached. */
export interface HttpPeerSettings {
  readonly auth?: HttpAuth | undefined;
  readonly tls?: TlsClient | undefined;
  readonly connectTimeoutMs: number;
  readonly responseTimeoutMs: number;
}

/** One request. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** The answer may not be longer. */
  readonly maxAnswerBytes: number;
}

/** Whatever the server said; a redirection is an answer like any other, it is never followed. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** An exchange may last this many times the time for one response, however slowly its bytes come. */
const WHOLE_EXCHANGE = 10;

/** A server over HTTP or HTTPS with its way of letting us in. Every wait has an end, every answer a longest length. */
export class HttpPeer {
  /** @param service - for messages, for example `STOW-RS` */
  constructor(
    private readonly service: string,
    private readonly settings: HttpPeerSettings,
  ) {}

  /** @throws NOTIFIER_HTTP_FAILED where there is no answer that is whole, NOTIFIER_SECRET_MISSING */
  async exchange(request: HttpRequest): Promise<HttpAnswer> {
    const { auth, tls } = this.settings;
    const { method, headers, body } = request;
    const url = new URL(request.url);
    const options: RequestOptions = {
      method,
      headers: {
        ...headers,
        ...(auth ? { Authorization: await authorization(auth) } : {}),
        ...(body ? { 'Content-Length': String(body.length) } : {}),
      },
      agent: false,
      ...(url.protocol === 'https:' && tls ? await tlsOptions(tls) : {}),
    };
    return this.send(url, options, request);
  }

  private send(url: URL, options: RequestOptions, { body, maxAnswerBytes }: HttpRequest): Promise<HttpAnswer> {
    const { connectTimeoutMs, responseTimeoutMs } = this.settings;
    return new Promise((resolve, reject) => {
      const outgoing = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, options);
      const timers: NodeJS.Timeout[] = [];
      const fail = (what: string, cause?: unknown): void => {
        timers.forEach(clearTimeout);
        outgoing.destroy();
        reject(new HttpFailedError(this.service, what, cause === undefined ? undefined : { cause }));
      };
      const connecting = setTimeout(() => fail(`no connection within ${connectTimeoutMs} ms`), connectTimeoutMs);
      timers.push(connecting);
      timers.push(setTimeout(() => fail('the exchange does not come to an end'), WHOLE_EXCHANGE * responseTimeoutMs));
      outgoing.on('socket', (socket) => {
        socket.once('secureConnect', () => clearTimeout(connecting));
        if (url.protocol === 'http:') socket.once('connect', () => clearTimeout(connecting));
      });
      outgoing.setTimeout(responseTimeoutMs, () => fail(`silent for ${responseTimeoutMs} ms`));
      outgoing.on('error', (error) => fail(describe(error), error));
      outgoing.on('response', (incoming) => {
        clearTimeout(connecting);
        const chunks: Buffer[] = [];
        let length = 0;
        incoming.on('data', (chunk: Buffer) => {
          length += chunk.length;
          if (length > maxAnswerBytes) return fail(`the answer is longer than ${maxAnswerBytes} bytes`);
          chunks.push(chunk);
        });
        incoming.on('error', (error) => fail(describe(error), error));
        incoming.on('aborted', () => fail('the answer broke off'));
        incoming.on('end', () => {
          timers.forEach(clearTimeout);
          if (!incoming.complete) return fail('the answer broke off');
          // A server may answer before it has read the request; what is left of it is not sent.
          outgoing.destroy();
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) });
        });
      });
      outgoing.end(body);
    });
  }
}

/** The code of a failed connection or certificate; a message of Node may name addresses, which is allowed. */
function describe(error: Error): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : 'no connection';
}
