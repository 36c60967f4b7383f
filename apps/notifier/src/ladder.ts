import {
  type DeliveredObject,
  type DeliveryRecord,
  type DeliveryRung,
  isDeliveryOver,
  type ReadBackProof,
} from '@endplate/studies';

/** What one delivery is about. */
export interface DeliveryName {
  readonly studyInstanceUID: string;
  readonly version: number;
  readonly destination: string;
}

/** Why a delivery waits or ended. */
export type DeliveryReason = NonNullable<DeliveryRecord['reason']>;

/** The ends a delivery can come to. */
export type DeliveryEnd = Exclude<DeliveryRecord['state'], 'under-way' | 'waiting'>;

/*
 * The ladder: pure steps from record to record. Who writes the result decides when it counts; every step may be done
 * twice, and a rung that was reached stays reached.
 */

/** The record before the first rung. @param now - ISO 8601, UTC */
export function beginDelivery(name: DeliveryName, now: string): DeliveryRecord {
  const { studyInstanceUID, version, destination } = name;
  return {
    schema: 'endplate.delivery/1',
    studyInstanceUID,
    version,
    destination,
    state: 'under-way',
    rungs: [],
    outOfReach: [],
    objects: [],
    attempts: 0,
    checks: 0,
    updatedAt: now,
  };
}

/** True once the rung was reached. */
export function hasReached({ rungs }: Pick<DeliveryRecord, 'rungs'>, rung: DeliveryRung): boolean {
  return rungs.some((one) => one.rung === rung);
}

/** One rung up. Reaching it again changes nothing but the state. */
export function reach(record: DeliveryRecord, rung: DeliveryRung, now: string, proof?: ReadBackProof): DeliveryRecord {
  const next = { rung, at: now, ...(proof ? { proof } : {}) };
  const rungs = hasReached(record, rung) ? record.rungs : [...record.rungs, next];
  return withoutReason({ ...record, state: 'under-way', rungs, updatedAt: now });
}

/** A try begins; it is counted before it is made. */
export function countTry(record: DeliveryRecord, kind: 'attempts' | 'checks', now: string): DeliveryRecord {
  return { ...record, state: 'under-way', [kind]: record[kind] + 1, updatedAt: now };
}

/** Takes over what is known of the objects. */
export function withObjects(record: DeliveryRecord, objects: readonly DeliveredObject[]): DeliveryRecord {
  return { ...record, objects: [...objects] };
}

/** Takes over which rungs the destination leaves out; one that was reached all the same is not among them. */
export function withOutOfReach(record: DeliveryRecord, outOfReach: DeliveryRecord['outOfReach']): DeliveryRecord {
  return { ...record, outOfReach: outOfReach.filter(({ rung }) => !hasReached(record, rung)) };
}

/** Another try will come. */
export function postpone(record: DeliveryRecord, reason: DeliveryReason, now: string): DeliveryRecord {
  return { ...record, state: 'waiting', reason, updatedAt: now };
}

/** Nothing more will happen by itself. An end that was reached stays. */
export function end(record: DeliveryRecord, state: DeliveryEnd, now: string, reason?: DeliveryReason): DeliveryRecord {
  if (isDeliveryOver(record)) return record;
  const ended = { ...record, state, updatedAt: now };
  return reason ? { ...ended, reason } : withoutReason(ended);
}

function withoutReason(record: DeliveryRecord): DeliveryRecord {
  const { reason: _, ...rest } = record;
  return rest;
}
