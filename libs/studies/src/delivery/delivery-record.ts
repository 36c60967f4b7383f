import { z } from 'zod';

/** Steps of a delivery, in the order they are climbed. `committed` is left out where a destination offers no commitment. */
export const DELIVERY_RUNGS = ['rendered', 'validated', 'sent', 'committed', 'read-back'] as const;

/** One step of a delivery. */
export type DeliveryRung = (typeof DELIVERY_RUNGS)[number];

/**
 * `under-way` and `waiting` (for the next try) go on; the others are the end: `delivered` is proven by commitment or
 * read back, `unproven` was accepted and cannot be proven, `dead-letter` was given up with a reason.
 */
export const DELIVERY_STATES = [
  'under-way',
  'waiting',
  'delivered',
  'unproven',
  'nothing-to-send',
  'dead-letter',
] as const;

/** What has become of a delivery. */
export type DeliveryState = (typeof DELIVERY_STATES)[number];

const uid = z
  .string()
  .max(64)
  .regex(/^[0-9]+(\.[0-9]+)*$/);

/** One object on its way to a destination. */
export const deliveredObjectSchema = z.object({
  /** Name below `reports/`, without `.dcm`. */
  name: z.string().min(1).max(100),
  sopClassUID: uid,
  sopInstanceUID: uid,
  /** Of the bytes that are sent. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** DIMSE status of the answer; absent while there is none. */
  status: z.int().min(0).max(0xffff).optional(),
  readBack: z.boolean().default(false),
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
  rungs: z.array(z.object({ rung: z.enum(DELIVERY_RUNGS), at: z.iso.datetime() })),
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
