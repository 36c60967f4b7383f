import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AddressInfo } from 'node:net';

/** A running S3 server with one bucket, for tests. It checks signatures. */
export interface TestS3 {
  readonly endPoint: string;
  readonly port: number;
  readonly useSSL: false;
  readonly region: string;
  readonly bucket: string;
  readonly accessKey: string;
  readonly secretKey: string;
  stop(): Promise<void>;
}

type Middleware = (context: Context, next: () => Promise<void>) => Promise<void>;

interface Context {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly store: { existsObject(bucket: string, key: string): Promise<boolean> };
  status: number;
  body: unknown;
}

interface S3rver {
  /** Koa's list; the last one is the server itself. */
  readonly middleware: Middleware[];
  run(): Promise<AddressInfo>;
  close(): Promise<void>;
  httpServer: { closeAllConnections(): void };
}

/**
 * Starts an S3 server on a free port of 127.0.0.1 with an empty bucket.
 * @param options - whether it honours `If-None-Match: *` on PUT, as AWS S3, MinIO and Ceph do; it does by default
 */
export async function startS3({ bucket = 'endplate', conditionalWrites = true } = {}): Promise<TestS3> {
  const directory = await mkdtemp(join(tmpdir(), 'endplate-s3-'));
  // The package has no types, and its `.default` is Koa's: only require gives the server.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const Server = require('@20minutes/s3rver') as new (options: object) => S3rver;
  const options = { address: '127.0.0.1', port: 0, silent: true, directory, configureBuckets: [{ name: bucket }] };
  const server = new Server(options);
  if (conditionalWrites) server.middleware.splice(-1, 0, refuseExisting());
  const { port } = await server.run();
  return {
    endPoint: '127.0.0.1',
    port,
    useSSL: false,
    region: 'us-east-1',
    bucket,
    accessKey: 'S3RVER',
    secretKey: 'S3RVER',
    async stop() {
      const closed = server.close();
      server.httpServer.closeAllConnections();
      await closed;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** 412 where the object is there, 409 while another conditional PUT of it is under way. */
function refuseExisting(): Middleware {
  const underWay = new Set<string>();
  return async (context, next) => {
    const { method, path, headers, store } = context;
    if (method !== 'PUT' || headers['if-none-match'] !== '*') return next();
    if (underWay.has(path)) return refuse(context, 409, 'ConditionalRequestConflict');
    underWay.add(path);
    try {
      const [, bucket = '', ...segments] = decodeURIComponent(path).split('/');
      if (await store.existsObject(bucket, segments.join('/'))) return refuse(context, 412, 'PreconditionFailed');
      return await next();
    } finally {
      underWay.delete(path);
    }
  };
}

function refuse(context: Context, status: number, code: string): void {
  context.status = status;
  context.body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${code}</Message></Error>`;
}
