import { z } from 'zod';

/** Profiles of the structured report, as a destination lists them. */
export const REPORT_PROFILES = ['comprehensive-3d', 'comprehensive', 'enhanced'] as const;

/**
 * DICOM objects that can be sent: structured report, key images as Secondary Capture, segmentation, one page as
 * Encapsulated PDF, key objects.
 */
export const DELIVERED_OBJECTS = ['sr', 'sc', 'seg', 'gsps', 'pdf', 'ko'] as const;
/** A segmentation has tens of megabytes on CT, so that a destination has to ask for it. */
const DEFAULT_OBJECTS = ['sr', 'sc'] as const;

/** Printable ASCII without backslash, not blank at either end. @standard PS3.5 6.2 */
export const aeTitle = z
  .string()
  .regex(/^(?! )[\x20-\x5b\x5d-\x7e]{1,16}(?<! )$/, 'must be 1 to 16 characters of an AE title');

/** A TCP port. */
export const port = z.int().min(1).max(65535);

/** A host name or address. */
export const host = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[^\s/]+$/, 'must be a host name or address');

/** An address of HTTP without user and password, which would be a secret in the file. */
export const httpUrl = z
  .url({ protocol: /^https?$/ })
  .refine((text) => !/^https?:\/\/[^/]*@/i.test(text), 'must not hold a user or password');

const file = z.string().min(1).max(4096);

/** Where a secret lies. It never stands in the file of destinations itself. */
export const secretSource = z.union([
  z.strictObject({
    /** Name of an environment variable; those of ENDPLATE_ are settings, not secrets. */
    env: z.string().regex(/^(?!ENDPLATE_)[A-Z][A-Z0-9_]{0,127}$/, 'must be an environment variable, not of ENDPLATE_'),
  }),
  z.strictObject({ file }),
]);
/** Where a secret lies. */
export type SecretSource = z.output<typeof secretSource>;

/** How we prove who we are over HTTP. @standard RFC 6750, RFC 7617 */
export const httpAuth = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('bearer'), token: secretSource }),
  z.strictObject({
    kind: z.literal('basic'),
    user: z
      .string()
      .min(1)
      .max(256)
      .regex(/^[^:\p{Cc}]+$/u),
    password: secretSource,
  }),
]);
/** How we prove who we are over HTTP. */
export type HttpAuth = z.output<typeof httpAuth>;

/** TLS towards a destination. Its certificate is always checked. @standard PS3.15 B.9 */
export const tlsClient = z
  .strictObject({
    /** Certificates that are trusted instead of the system's. */
    caFile: file.optional(),
    /** Our own certificate chain and its private key, where the destination asks who we are. */
    certFile: file.optional(),
    keyFile: file.optional(),
    /** Name that its certificate must have, where it is not the host. */
    serverName: host.optional(),
  })
  .refine((tls) => (tls.certFile === undefined) === (tls.keyFile === undefined), 'certFile and keyFile go together');
/** TLS towards a destination. */
export type TlsClient = z.output<typeof tlsClient>;

/** What every kind of destination has. */
export const COMMON = {
  /** Stands in keys and job ids. */
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/i, 'must be letters, digits, dash, underscore'),
  /** Studies sent at once. */
  concurrency: z.int().min(1).max(16).default(1),
  /** Tries before a delivery is given up. */
  maxAttempts: z.int().min(1).max(13).default(13),
  /** Connection and negotiation, each, in ms. */
  connectTimeoutMs: z.int().min(100).max(120_000).default(10_000),
  /** Each response, in ms. */
  responseTimeoutMs: z.int().min(100).max(600_000).default(60_000),
};

/** Which DICOM objects, in which profile. */
export const WANTED = {
  /** Wanted profile of the structured report, or several in falling order: the next one is for a refused SOP class. */
  profile: z
    .union([z.enum(REPORT_PROFILES), z.array(z.enum(REPORT_PROFILES)).min(1).max(REPORT_PROFILES.length)])
    .default('comprehensive-3d')
    .transform((given) => (typeof given === 'string' ? [given] : given)),
  objects: z
    .array(z.enum(DELIVERED_OBJECTS))
    .min(1)
    .default([...DEFAULT_OBJECTS]),
};
