import { z } from 'zod';

/**
 * Steps of a delivery, in the order they are climbed. A rung that a destination's kind or settings leave out stands in
 * `outOfReach` with the reason.
 */
export const DELIVERY_RUNGS = ['rendered', 'validated', 'sent', 'committed', 'read-back'] as const;

/** One step of a delivery. */
export type DeliveryRung = (typeof DELIVERY_RUNGS)[number];

/**
 * `under-way` and `waiting` (for the next try) go on; the others are the end: `delivered` is proven by commitment or
 * read back, `unproven` was accepted and cannot be proven, or is there with other content, `acknowledged` was accepted
 * by a kind of destination that knows no further proof, `superseded` was not sent because a later version is there,
 * `dead-letter` was given up with a reason.
 */
export const DELIVERY_STATES = [
  'under-way',
  'waiting',
  'delivered',
  'unproven',
  'acknowledged',
  'superseded',
  'nothing-to-send',
  'dead-letter',
] as const;

/** What has become of a delivery. */
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/**
 * What is known of an object at its destination, from weak to strong: it is there with other elements, it is listed, it
 * was fetched and has the same elements with the same values in another encoding, it was fetched and has the same bytes.
 */
export const OBJECT_PROOFS = ['changed', 'listed', 'equal', 'identical'] as const;

/** What is known of an object at its destination. */
export type ObjectProof = (typeof OBJECT_PROOFS)[number];

const uid = z
  .string()
  .max(64)
  .regex(/^[0-9]+(\.[0-9]+)*$/);

/** One object on its way to a destination. */
export const deliveredObjectSchema = z.object({
  /** Name below `reports/`, without `.dcm`. */
  name: z.string().min(1).max(100),
  /** Absent where the object is no DICOM object. */
  sopClassUID: uid.optional(),
  sopInstanceUID: uid.optional(),
  /** Of the bytes that are sent. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** DIMSE status of the answer, or of the failed instance of STOW-RS; absent where there is none. */
  status: z.int().min(0).max(0xffff).optional(),
  /** The answer of other protocols in a few words, for example `HTTP 201` or `AA`. */
  answer: z.string().max(200).optional(),
  /** Whether the destination took it. */
  accepted: z.boolean(),
  readBack: z.boolean().default(false),
  proof: z.enum(OBJECT_PROOFS).optional(),
  /** Elements that differ from those that were sent, as `(gggg,eeee)`, where the proof is `changed`. */
  changed: z.array(z.string().max(100)).max(64).optional(),
});
/** One object on its way to a destination. */
export type DeliveredObject = z.output<typeof deliveredObjectSchema>;

/** `versions/<n>/deliveries/<destination>.json`: how far a version has come on its way to one destination. */
export const deliveryRecordSchema = z.object({
  schema: z.literal('endplate.delivery/1'),
  studyInstanceUID: uid,
  version: z.int().min(1),
  destination: z.string().min(1).max(63),
  state: z.enum(DELIVERY_STATES),
  /** Rungs reached, in order, with the time they were reached first (ISO 8601, UTC). */
  rungs: z.array(
    z.object({
      rung: z.enum(DELIVERY_RUNGS),
      at: z.iso.datetime(),
      /** Of `read-back`: how it was looked, and what is known of the object of which least is known. */
      proof: z.object({ by: z.string().max(40), result: z.enum(OBJECT_PROOFS) }).optional(),
    }),
  ),
  /** Rungs that this destination can't reach, or is set not to, and why. */
  outOfReach: z.array(z.object({ rung: z.enum(DELIVERY_RUNGS), why: z.string().max(200) })).default([]),
  objects: z.array(deliveredObjectSchema).max(256),
  /** Tries of sending, and of reading back; counted before the try, so that a process that dies counts as well. */
  attempts: z.int().min(0),
  checks: z.int().min(0),
  /** Why it waits or ended, as code and sentence; no patient data. */
  reason: z.object({ code: z.string(), text: z.string() }).optional(),
  updatedAt: z.iso.datetime(),
});
/** How far a version has come on its way to one destination. */
export type DeliveryRecord = z.output<typeof deliveryRecordSchema>;

/** True where nothing more will happen by itself. */
export function isDeliveryOver({ state }: Pick<DeliveryRecord, 'state'>): boolean {
  return state !== 'under-way' && state !== 'waiting';
}

/** The highest rung reached, or undefined before the first. */
export function highestRung({ rungs }: Pick<DeliveryRecord, 'rungs'>): DeliveryRung | undefined {
  return rungs.at(-1)?.rung;
}

/** How the last rung was proven. */
export type ReadBackProof = NonNullable<DeliveryRecord['rungs'][number]['proof']>;
