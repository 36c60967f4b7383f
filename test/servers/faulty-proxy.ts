import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

/** What the proxy does with a request: hands it on, with an ETag that is no checksum, answers 503, or never answers. */
export type ProxyMode = 'pass' | 'opaque-etag' | 'refuse' | 'hang';

/** An HTTP proxy in front of a server on 127.0.0.1 whose faults a test turns on and off. */
export interface FaultyProxy {
  readonly port: number;
  mode: ProxyMode;
  stop(): Promise<void>;
}

/** Starts a proxy on a free port; it hands on. Switching to `pass` does not answer what hangs. */
export async function startFaultyProxy(targetPort: number): Promise<FaultyProxy> {
  const handOn = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const { method, url, headers } = incoming;
    const onward = request({ host: '127.0.0.1', port: targetPort, method, path: url, headers }, (answer) => {
      const opaque = proxy.mode === 'opaque-etag' && answer.headers.etag ? { etag: `"${'5a'.repeat(16)}"` } : {};
      outgoing.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...opaque });
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  };
  const server = createServer((incoming, outgoing) => {
    if (proxy.mode === 'pass' || proxy.mode === 'opaque-etag') return handOn(incoming, outgoing);
    incoming.resume();
    if (proxy.mode === 'refuse') outgoing.writeHead(503).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: FaultyProxy = {
    port: (server.address() as AddressInfo).port,
    mode: 'pass',
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return proxy;
}
