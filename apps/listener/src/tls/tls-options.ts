import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type TlsOptions } from 'node:tls';

/** Paths of PEM files. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
  /** Certificates of those who may send; absent: nobody is asked for one. */
  readonly ca?: string;
}

/** What a server needs, and until when its own certificate holds. */
export interface LoadedTls {
  readonly options: TlsOptions;
  /** The earliest end of our certificate chain. */
  readonly validUntil: Date;
}

/**
 * The cipher suites that the profile wants, the mandatory ones first; TLS 1.3 brings its own.
 * @standard RFC 9325 4.2
 */
export const BCP_195_CIPHERS = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_AES_128_GCM_SHA256',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
] as const;

/**
 * Reads certificate, key and trusted certificates, and checks that they are a whole before anything uses them.
 * @throws the error of node:fs, or of OpenSSL where they do not belong together
 */
export async function loadTls({ cert, key, ca }: TlsFiles): Promise<LoadedTls> {
  const [certPem, keyPem, caPem] = await Promise.all([readFile(cert), readFile(key), ca && readFile(ca)]);
  const material = { cert: certPem, key: keyPem, ...(caPem ? { ca: caPem } : {}) };
  createSecureContext(material);
  const mutual = caPem ? { requestCert: true, rejectUnauthorized: true } : {};
  const options: TlsOptions = {
    ...material,
    ...mutual,
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    ciphers: BCP_195_CIPHERS.join(':'),
    honorCipherOrder: true,
    // No renegotiation (RFC 9325 3.5): OpenSSL's option, as node:tls has none on the server's side.
    secureOptions: SSL_OP_NO_RENEGOTIATION,
  };
  return { options, validUntil: earliestEnd(certPem.toString()) };
}

/** @see OpenSSL SSL_OP_NO_RENEGOTIATION; node:constants does not name it. */
const SSL_OP_NO_RENEGOTIATION = 2 ** 30;

function earliestEnd(pem: string): Date {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const ends = blocks.map((block) => Date.parse(new X509Certificate(block).validTo));
  return new Date(Math.min(...ends));
}
