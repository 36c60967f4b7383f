import { z } from 'zod';
import {
  aeTitle,
  COMMON,
  type DELIVERED_OBJECTS,
  host,
  httpAuth,
  httpUrl,
  port,
  type REPORT_PROFILES,
  secretSource,
  tlsClient,
  WANTED,
} from './destination/parts';
import { type JsonFile, jsonFile } from './setting';

/** A PACS over DIMSE. */
export const dimseDestinationSchema = z.strictObject({
  ...COMMON,
  ...WANTED,
  kind: z.literal('dimse'),
  host,
  port,
  /** AE title that is called. */
  aeTitle,
  /** AE title that we call ourselves; that of the configuration when absent. */
  callingAETitle: aeTitle.optional(),
  /** DICOM over TLS; plain when absent. */
  tls: tlsClient.optional(),
  /** How it is proven that the destination has what it took; `none` leaves it unproven. */
  readBack: z.enum(['c-find', 'qido', 'none']).default('c-find'),
  /** How each object is fetched back after that, to compare it with what was sent. */
  byteCheck: z.enum(['wado', 'c-move', 'none']).default('none'),
  /** Whether Storage Commitment is asked for before the read-back. */
  commitment: z.boolean().default(false),
  /** How long we stay on the association for its result, in ms; results that come later need `ENDPLATE_COMMITMENT_PORT`. */
  commitmentStayMs: z.int().min(0).max(60_000).default(2000),
  /** Where C-FIND and C-MOVE are answered, when elsewhere. */
  query: z.strictObject({ host: host.optional(), port: port.optional(), aeTitle: aeTitle.optional() }).optional(),
  /** Root of its DICOMweb service; needed with `qido` and `wado`. */
  dicomWebUrl: httpUrl.optional(),
  dicomWebAuth: httpAuth.optional(),
  dicomWebTls: tlsClient.optional(),
});

/** A DICOMweb origin server: STOW-RS to send, QIDO-RS and WADO-RS to read back. @standard PS3.18 10 */
export const stowDestinationSchema = z.strictObject({
  ...COMMON,
  ...WANTED,
  kind: z.literal('stow'),
  /** Root of the service, for example `https://pacs/dicom-web`. */
  url: httpUrl,
  auth: httpAuth.optional(),
  tls: tlsClient.optional(),
  readBack: z.enum(['qido', 'none']).default('qido'),
  byteCheck: z.enum(['wado', 'none']).default('wado'),
});

/** A FHIR server that takes transactions. */
export const fhirDestinationSchema = z.strictObject({
  ...COMMON,
  kind: z.literal('fhir'),
  /** Base of the server, for example `https://ehr/fhir`. */
  url: httpUrl,
  auth: httpAuth.optional(),
  tls: tlsClient.optional(),
  /** `search`: each resource is looked for by its identifier, and there must be one. */
  readBack: z.enum(['search', 'none']).default('search'),
});

/** A receiver of HL7 v2 messages over MLLP. */
export const hl7DestinationSchema = z.strictObject({
  ...COMMON,
  kind: z.literal('hl7'),
  host,
  port,
  tls: tlsClient.optional(),
});

/** A receiver of signed events. */
export const webhookDestinationSchema = z.strictObject({
  ...COMMON,
  kind: z.literal('webhook'),
  url: httpUrl,
  /** Key of the signature, at least 16 bytes. */
  secret: secretSource,
  auth: httpAuth.optional(),
  tls: tlsClient.optional(),
  /** Where people reach the console; the event then links to it. */
  consoleUrl: httpUrl.optional(),
});

/** One place that results are sent to. */
export const destinationSchema = z.discriminatedUnion('kind', [
  dimseDestinationSchema,
  stowDestinationSchema,
  fhirDestinationSchema,
  hl7DestinationSchema,
  webhookDestinationSchema,
]);

/** One place that results are sent to. */
export type Destination = z.output<typeof destinationSchema>;
/** A destination of one kind. */
export type DestinationOf<K extends Destination['kind']> = Extract<Destination, { kind: K }>;

/** The file of destinations: a list, names differ. */
export const destinationsSchema = z
  .array(destinationSchema)
  .max(64)
  .refine((list) => new Set(list.map(({ name }) => name.toLowerCase())).size === list.length, 'two names are the same')
  .refine(
    (list) => list.every((one) => one.kind !== 'dimse' || one.readBack !== 'qido' || one.dicomWebUrl !== undefined),
    'readBack qido needs dicomWebUrl',
  )
  .refine(
    (list) => list.every((one) => one.kind !== 'dimse' || one.byteCheck !== 'wado' || one.dicomWebUrl !== undefined),
    'byteCheck wado needs dicomWebUrl',
  );

/** What a destination gets of a version. */
export interface WantedObjects {
  /** Profiles of the structured report, in falling order. */
  readonly profile: readonly (typeof REPORT_PROFILES)[number][];
  /** Kinds of objects; `fhir` and `hl7` are the messages of those kinds. */
  readonly objects: readonly ((typeof DELIVERED_OBJECTS)[number] | 'fhir' | 'hl7')[];
}

/** What a destination wants; an event of a webhook is made of the version alone, so that it wants nothing. */
export function wantedObjects(destination: Destination): WantedObjects {
  switch (destination.kind) {
    case 'dimse':
    case 'stow':
      return { profile: destination.profile, objects: destination.objects };
    case 'fhir':
    case 'hl7':
      return { profile: [], objects: [destination.kind] };
    case 'webhook':
      return { profile: [], objects: [] };
    default:
      return destination satisfies never;
  }
}

/** True where a destination gets something of a version that was not analysed too. */
export function hearsOfEveryVersion({ kind }: Pick<Destination, 'kind'>): boolean {
  return kind === 'webhook';
}

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
