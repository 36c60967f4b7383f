import { configFault, type SectionValues } from './config';
import { choice, optionalText, port, secret, sizeBytes, text, url } from './setting';

/** Where objects rest. */
export const STORE_SECTION = {
  kind: choice('ENDPLATE_STORE', ['filesystem', 's3'], { about: 'Kind of object store.', default: 'filesystem' }),
  dataDir: text('ENDPLATE_DATA_DIR', {
    about: 'Folder of the filesystem store.',
    form: 'path',
    default: '.endplate/data',
  }),
  minFreeBytes: sizeBytes('ENDPLATE_MIN_FREE_BYTES', {
    about: 'Instances are refused (A700) when less is free on the disk of the filesystem store.',
    default: 64 * 1024 ** 2,
  }),
  s3Endpoint: optionalText('S3_ENDPOINT', { about: 'Where the S3 server answers.', form: 'URL (http, https)' }),
  s3Bucket: optionalText('S3_BUCKET', { about: 'Bucket that holds the objects.', form: 'bucket name' }),
  s3AccessKey: secret('S3_ACCESS_KEY', { about: 'S3 access key.' }),
  s3SecretKey: secret('S3_SECRET_KEY', { about: 'S3 secret key.' }),
  s3Region: text('S3_REGION', { about: 'S3 region.', form: 'region name', default: 'us-east-1' }),
};

/** The Redis that holds the queues. */
export const REDIS_SECTION = {
  url: url('REDIS_URL', ['redis', 'rediss'], { about: 'The Redis of the queues.', default: 'redis://127.0.0.1:6379' }),
  prefix: text('ENDPLATE_QUEUE_PREFIX', {
    about: 'Prefix of every key; its braces keep all keys in one cluster slot.',
    form: 'name in braces',
    pattern: /^\{[A-Za-z0-9_-]{1,40}\}$/,
    default: '{endplate}',
  }),
};

/** How much is logged. */
export const LOG_SECTION = {
  level: choice('ENDPLATE_LOG_LEVEL', ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    about: 'Lowest level that is logged.',
    default: 'info',
  }),
};

/** The HTTP door for probes, metrics and, where an app has one, its API. */
export const HTTP_SECTION = {
  host: text('ENDPLATE_HTTP_HOST', { about: 'Address the HTTP server binds.', form: 'host', default: '127.0.0.1' }),
  port: port('ENDPLATE_HTTP_PORT', { about: 'Port of the HTTP server.', default: 8080 }),
};

/** Which store to open, with every field it needs. */
export type StoreChoice =
  | { readonly kind: 'filesystem'; readonly root: string; readonly minFreeBytes: number }
  | {
      readonly kind: 's3';
      readonly endPoint: string;
      readonly port: number;
      readonly useSSL: boolean;
      readonly region: string;
      readonly bucket: string;
      readonly accessKey: string;
      readonly secretKey: string;
    };

/**
 * Checks what spans several settings: S3 needs all of its own.
 * @throws PLATFORM_CONFIG_INVALID
 */
export function chooseStore(values: SectionValues<typeof STORE_SECTION>): StoreChoice {
  if (values.kind === 'filesystem') {
    return { kind: 'filesystem', root: values.dataDir, minFreeBytes: values.minFreeBytes };
  }
  const { s3Endpoint, s3Bucket, s3AccessKey, s3SecretKey } = values;
  if (!s3Endpoint || !URL.canParse(s3Endpoint)) {
    throw configFault('S3_ENDPOINT', 'must be a URL (http, https) when ENDPLATE_STORE is s3');
  }
  if (!s3Bucket) throw configFault('S3_BUCKET', 'is missing although ENDPLATE_STORE is s3');
  if (!s3AccessKey) throw configFault('S3_ACCESS_KEY', 'is missing although ENDPLATE_STORE is s3');
  if (!s3SecretKey) throw configFault('S3_SECRET_KEY', 'is missing although ENDPLATE_STORE is s3');
  const { hostname, port: portText, protocol } = new URL(s3Endpoint);
  const useSSL = protocol === 'https:';
  return {
    kind: 's3',
    endPoint: hostname,
    port: portText ? Number(portText) : useSSL ? 443 : 80,
    useSSL,
    region: values.s3Region,
    bucket: s3Bucket,
    accessKey: s3AccessKey,
    secretKey: s3SecretKey,
  };
}
