import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** A certificate and its key, as PEM files. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/** A self-signed certificate for 127.0.0.1, made by openssl in a folder; it is its own authority. */
export function makeCertificate(folder: string, name: string, days = 400): CertificateFiles {
  const cert = join(folder, `${name}.crt`);
  const key = join(folder, `${name}.key`);
  const words =
    `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days ${days} -subj /CN=${name} -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout ${key} -out ${cert}`.split(
      ' ',
    );
  execFileSync('openssl', words, { stdio: 'ignore' });
  return { cert, key };
}
