import { z } from 'zod';
import { type JsonFile, jsonFile } from './setting';

/** Profiles of the structured report, as a destination lists them. */
export const REPORT_PROFILES = ['comprehensive-3d', 'comprehensive'] as const;

/**
 * Objects that can be sent: structured report, key images as Secondary Capture, segmentation, one page as Encapsulated
 * PDF, key objects.
 */
export const DELIVERED_OBJECTS = ['sr', 'sc', 'seg', 'pdf', 'ko'] as const;
/** A segmentation has tens of megabytes on CT, so that a destination has to ask for it. */
const DEFAULT_OBJECTS = ['sr', 'sc'] as const;

/** Printable ASCII without backslash, not blank at either end. @standard PS3.5 6.2 */
const aeTitle = z
  .string()
  .regex(/^(?! )[\x20-\x5b\x5d-\x7e]{1,16}(?<! )$/, 'must be 1 to 16 characters of an AE title');
const port = z.int().min(1).max(65535);
const host = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[^\s/]+$/, 'must be a host name or address');

/** One place that results are sent to. */
export const destinationSchema = z.strictObject({
  /** Stands in keys and job ids. */
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/i, 'must be letters, digits, dash, underscore'),
  kind: z.literal('dimse'),
  host,
  port,
  /** AE title that is called. */
  aeTitle,
  /** AE title that we call ourselves; that of the configuration when absent. */
  callingAETitle: aeTitle.optional(),
  /** Wanted profile of the structured report, or several in falling order: the next one is for a refused SOP class. */
  profile: z
    .union([z.enum(REPORT_PROFILES), z.array(z.enum(REPORT_PROFILES)).min(1).max(REPORT_PROFILES.length)])
    .default('comprehensive-3d')
    .transform((given) => (typeof given === 'string' ? [given] : given)),
  objects: z
    .array(z.enum(DELIVERED_OBJECTS))
    .min(1)
    .default([...DEFAULT_OBJECTS]),
  /** How it is proven that the destination has what it took; `none` leaves it unproven. */
  readBack: z.enum(['c-find', 'qido', 'none']).default('c-find'),
  /** Whether Storage Commitment is asked for before the read-back. */
  commitment: z.boolean().default(false),
  /** How long we stay on the association for its result, in ms; results that come later need `ENDPLATE_COMMITMENT_PORT`. */
  commitmentStayMs: z.int().min(0).max(60_000).default(2000),
  /** Where C-FIND is answered, when elsewhere. */
  query: z.strictObject({ host: host.optional(), port: port.optional(), aeTitle: aeTitle.optional() }).optional(),
  /** Root of its DICOMweb service; needed with `qido`. */
  dicomWebUrl: z.url({ protocol: /^https?$/ }).optional(),
  /** Studies sent at once. */
  concurrency: z.int().min(1).max(16).default(1),
  /** Tries before a delivery is given up. */
  maxAttempts: z.int().min(1).max(13).default(13),
  /** Connection and negotiation, each, in ms. */
  connectTimeoutMs: z.int().min(100).max(120_000).default(10_000),
  /** Each response, in ms. */
  responseTimeoutMs: z.int().min(100).max(600_000).default(60_000),
});

/** One place that results are sent to. */
export type Destination = z.output<typeof destinationSchema>;

/** The file of destinations: a list, names differ. */
export const destinationsSchema = z
  .array(destinationSchema)
  .max(64)
  .refine((list) => new Set(list.map(({ name }) => name.toLowerCase())).size === list.length, 'two names are the same')
  .refine(
    (list) => list.every(({ readBack, dicomWebUrl }) => readBack !== 'qido' || dicomWebUrl !== undefined),
    'readBack qido needs dicomWebUrl',
  );

/** Where results go. */
export const DESTINATIONS_SECTION = {
  file: jsonFile('ENDPLATE_DESTINATIONS', destinationsSchema, { about: 'Where results are sent.' }),
};

/** The destinations of a parsed section; none when the setting is absent. */
export function destinationsOf(section: {
  readonly file: JsonFile<readonly Destination[]> | undefined;
}): readonly Destination[] {
  return section.file?.value ?? [];
}
