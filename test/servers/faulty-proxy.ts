import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { Transform } from 'node:stream';

/**
 * What the proxy does with a request: hands it on, with an ETag that is no checksum, with each byte of its body turned,
 * answers 503, or never answers.
 */
export type ProxyMode = 'pass' | 'opaque-etag' | 'damage' | 'refuse' | 'hang';

/** An HTTP proxy in front of a server on 127.0.0.1 whose faults a test turns on and off. */
export interface FaultyProxy {
  readonly port: number;
  mode: ProxyMode;
  /** Methods of the requests that were handed on, in order. */
  readonly handedOn: string[];
  /** Ends before a request is handed on. */
  before: (method: string, url: string) => Promise<void>;
  stop(): Promise<void>;
}

/** Starts a proxy on a free port; it hands on. Switching to `pass` does not answer what hangs. */
export async function startFaultyProxy(targetPort: number): Promise<FaultyProxy> {
  const handOn = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { method, url, headers } = incoming;
    proxy.handedOn.push(method ?? '');
    await proxy.before(method ?? '', url ?? '');
    const onward = request({ host: '127.0.0.1', port: targetPort, method, path: url, headers }, (answer) => {
      const opaque = proxy.mode === 'opaque-etag' && answer.headers.etag ? { etag: `"${'5a'.repeat(16)}"` } : {};
      outgoing.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...opaque });
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    if (proxy.mode === 'damage') incoming.pipe(turned()).pipe(onward);
    else incoming.pipe(onward);
  };
  const server = createServer((incoming, outgoing) => {
    if (proxy.mode !== 'refuse' && proxy.mode !== 'hang')
      return void handOn(incoming, outgoing).catch(() => outgoing.destroy());
    incoming.resume();
    if (proxy.mode === 'refuse') outgoing.writeHead(503).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: FaultyProxy = {
    port: (server.address() as AddressInfo).port,
    mode: 'pass',
    handedOn: [],
    before: () => Promise.resolve(),
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return proxy;
}

function turned(): Transform {
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => done(null, Buffer.from(chunk.map((byte) => byte ^ 1))),
  });
}
