import { readFile } from 'node:fs/promises';
import { type ConnectionOptions } from 'node:tls';
import { type HttpAuth, type SecretSource, type TlsClient } from '@endplate/platform';
import { SecretMissingError } from '../errors';

/**
 * A secret from where the file of destinations says it lies. It is read for each use, so that a new one counts at once.
 * @throws NOTIFIER_SECRET_MISSING
 */
export async function readSecret(source: SecretSource, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  if ('env' in source) {
    const value = env[source.env];
    if (value) return value;
    throw new SecretMissingError(`the environment variable ${source.env} is not set`);
  }
  const text = (await readNamed(source.file)).toString('utf8').replace(/\r?\n$/, '');
  if (text) return text;
  throw new SecretMissingError(`the file ${source.file} is empty`);
}

/** The `Authorization` header. @throws NOTIFIER_SECRET_MISSING @standard RFC 6750 2.1, RFC 7617 2 */
export async function authorization(auth: HttpAuth): Promise<string> {
  if (auth.kind === 'bearer') return `Bearer ${headerSafe(await readSecret(auth.token))}`;
  return `Basic ${Buffer.from(`${auth.user}:${await readSecret(auth.password)}`).toString('base64')}`;
}

/** Options of node:tls with the certificates read anew, so that a renewed one counts at once. @throws NOTIFIER_SECRET_MISSING */
export async function tlsOptions(tls: TlsClient): Promise<ConnectionOptions> {
  const { caFile, certFile, keyFile, serverName } = tls;
  const [ca, cert, key] = await Promise.all([caFile, certFile, keyFile].map((file) => file && readNamed(file)));
  return {
    ...(ca ? { ca } : {}),
    ...(cert ? { cert } : {}),
    ...(key ? { key } : {}),
    ...(serverName === undefined ? {} : { servername: serverName }),
    minVersion: 'TLSv1.2',
  };
}

async function readNamed(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new SecretMissingError(`the file ${file} cannot be read`, { cause });
  }
}

/** A token with a line end would break the header, and Node's own error would show it. */
function headerSafe(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new SecretMissingError('the token has characters that no header may hold');
}
