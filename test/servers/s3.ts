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

interface S3rver {
  run(): Promise<AddressInfo>;
  close(): Promise<void>;
  httpServer: { closeAllConnections(): void };
}

/** Starts an S3 server on a free port of 127.0.0.1 with an empty bucket. */
export async function startS3(bucket = 'endplate'): Promise<TestS3> {
  const directory = await mkdtemp(join(tmpdir(), 'endplate-s3-'));
  // The package has no types, and its `.default` is Koa's: only require gives the server.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const Server = require('@20minutes/s3rver') as new (options: object) => S3rver;
  const options = { address: '127.0.0.1', port: 0, silent: true, directory, configureBuckets: [{ name: bucket }] };
  const server = new Server(options);
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
