import { type ObjectStore } from '@endplate/store';
import { type DeliveredObject, type DeliveryRecord, isDeliveryOver, OBJECT_PROOFS } from '@endplate/studies';
import { type WantedObjects } from '@endplate/platform';
import { laterAnalysedVersion } from '../deliver/later-version';
import { renderedObjects } from '../deliver/rendered-objects';
import { type CommitmentRecords } from '../commitment/commitment-records';
import { requireCommitment } from '../commitment/require-commitment';
import { DeliveryWriter, type WriterPorts } from '../delivery-writer';
import {
  type DestinationPort,
  dicomObjects,
  type ReadBackPort,
  type SendableObject,
} from '../destination/destination.port';
import { NotCommittedYetError, NotFoundYetError } from '../errors';
import { type DeliveryName, hasReached, withObjects } from '../ladder';
import { compareObject } from './compare-object';

/** Checks after which a destination that never answers a request for commitment is judged by the read-back alone. */
const SILENT_CHECKS = 4;

/** Everything the use case reaches the world through. */
export interface VerifyDeliveryPorts extends WriterPorts {
  readonly store: ObjectStore;
  readonly commitments: CommitmentRecords;
}

/** A destination with how it is asked. */
export interface VerifyTarget {
  readonly wanted: WantedObjects;
  readonly maxAttempts: number;
  readonly port: Pick<DestinationPort, 'readBack' | 'commit' | 'acknowledges'> & Partial<Pick<DestinationPort, 'send'>>;
}

/**
 * The last rung: asks the destination for what it has accepted. A destination can answer success and store nothing, so
 * nothing counts as delivered before this.
 */
export class VerifyDelivery {
  private readonly writer: DeliveryWriter;

  constructor(private readonly ports: VerifyDeliveryPorts) {
    this.writer = new DeliveryWriter(ports);
  }

  /** @throws an error with `retryable: true` where another look may help; the record says the same */
  async run(name: DeliveryName, target: VerifyTarget): Promise<void> {
    const record = await this.ports.records.read(name);
    if (!record || isDeliveryOver(record) || !hasReached(record, 'sent')) return;
    const { readBack } = target.port;
    const counted = await this.writer.countTry(record, 'checks');
    const committed = await this.commit(counted, target);
    if (committed && readBack) await this.look(committed, name, target, readBack);
    else if (committed) await this.endUnasked(committed, target);
  }

  /**
   * The rung before the last: the destination takes responsibility. One that offers no commitment, or that stays silent
   * for the first checks, is left to the read-back.
   * @returns undefined where the delivery has come to its end
   */
  private async commit(
    record: DeliveryRecord,
    { port, maxAttempts }: VerifyTarget,
  ): Promise<DeliveryRecord | undefined> {
    if (!port.commit || hasReached(record, 'committed')) return record;
    try {
      await requireCommitment(record, port.commit, this.ports.commitments);
      return await this.writer.reach(record, 'committed');
    } catch (error) {
      const silent = error instanceof NotCommittedYetError && error.silent && record.checks >= SILENT_CHECKS;
      if (silent || (error as { code?: unknown } | undefined)?.code === 'DIMSE_CONTEXT_REFUSED') return record;
      await this.failed(record, error, maxAttempts, 'dead-letter');
      return undefined;
    }
  }

  private async endUnasked(record: DeliveryRecord, { port }: VerifyTarget): Promise<void> {
    if (hasReached(record, 'committed')) {
      await this.writer.end(record, 'delivered');
      return;
    }
    if (port.acknowledges) {
      await this.writer.end(record, 'acknowledged');
      return;
    }
    await this.writer.end(record, 'unproven', {
      code: 'READ_BACK_OFF',
      text: 'The destination accepted the objects; it is configured not to be asked for them.',
    });
  }

  private async look(
    record: DeliveryRecord,
    name: DeliveryName,
    { wanted, maxAttempts, port }: VerifyTarget,
    readBack: ReadBackPort,
  ): Promise<void> {
    const sent = await this.sentObjects(record, name, wanted);
    let known = record;
    try {
      const found = await readBack.find(name.studyInstanceUID, sent);
      known = withObjects(
        record,
        record.objects.map((one) => (one.accepted && found.has(one.name) ? listed(one) : one)),
      );
    } catch (error) {
      await this.failed(record, error, maxAttempts, 'unproven');
      return;
    }
    const missing = known.objects.filter(({ accepted, readBack: there }) => accepted && !there).length;
    if (missing > 0) {
      if (readBack.replaces && (await this.settleReplaced(known, name, sent, port))) return;
      await this.failed(known, new NotFoundYetError(missing), maxAttempts, 'dead-letter');
      return;
    }
    try {
      known = await compare(known, name.studyInstanceUID, sent, readBack);
    } catch (error) {
      await this.failed(known, error, maxAttempts, 'unproven');
      return;
    }
    await this.endLooked(known, readBack);
  }

  /**
   * Where a later report takes the place of an earlier one, two that were sent at the same moment leave the one that came
   * last: the earlier version gives way, the later one is sent again.
   * @returns whether the delivery has come to its end
   */
  private async settleReplaced(
    record: DeliveryRecord,
    name: DeliveryName,
    sent: readonly SendableObject[],
    port: VerifyTarget['port'],
  ): Promise<boolean> {
    const later = await laterAnalysedVersion(this.ports.store, name);
    if (later === undefined) {
      // Its failure is that of the next look.
      await port.send?.(sent.map((object) => [object])).catch(() => undefined);
      return false;
    }
    const text = `The report of version ${later} has taken the place of this one at the destination.`;
    await this.writer.end(record, 'superseded', { code: 'SUPERSEDED', text });
    return true;
  }

  private async endLooked(known: DeliveryRecord, readBack: ReadBackPort): Promise<void> {
    const accepted = known.objects.filter((one) => one.accepted);
    const result = OBJECT_PROOFS.find((proof) => accepted.some((one) => (one.proof ?? 'listed') === proof)) ?? 'listed';
    const by = readBack.bytes && result !== 'listed' ? readBack.bytes.by : readBack.by;
    const reached = await this.writer.reach(known, 'read-back', { by, result });
    if (result === 'changed') {
      const which = accepted.flatMap(({ name, changed }) => (changed ? [`${name} ${changed.join(', ')}`] : []));
      const text = `The destination has the objects, with other content than was sent: ${which.join('; ')}`.slice(
        0,
        500,
      );
      await this.writer.end(reached, 'unproven', { code: 'CHANGED', text });
      return;
    }
    const refused = known.objects.filter((one) => !one.accepted).map(({ name }) => name);
    const reason = { code: 'PARTLY_REFUSED', text: `The destination took all but ${refused.join(', ')}.` };
    await this.writer.end(reached, 'delivered', refused.length > 0 ? reason : undefined);
  }

  /** The objects of the record, as they lie in the store. */
  private async sentObjects(record: DeliveryRecord, name: DeliveryName, wanted: WantedObjects) {
    const sent = new Set(record.objects.filter(({ accepted }) => accepted).map((one) => one.name));
    const all = await renderedObjects(this.ports.store, name, wanted);
    return all.flat().filter((one) => sent.has(one.name));
  }

  /** Not retryable means here: the destination cannot be asked at all. */
  private async failed(
    record: DeliveryRecord,
    error: unknown,
    maxChecks: number,
    atTheEnd: 'unproven' | 'dead-letter',
  ): Promise<void> {
    const { code, retryable } = (error ?? {}) as { code?: unknown; retryable?: unknown };
    if (typeof code !== 'string' || typeof retryable !== 'boolean') throw error;
    const reason = { code, text: error instanceof Error ? error.message : code };
    // A C-FIND that failed with a status may work the next time.
    const again = retryable || code === 'DIMSE_MESSAGE_INVALID';
    if (!again || record.checks >= maxChecks) {
      await this.writer.end(record, atTheEnd, reason);
      return;
    }
    await this.writer.postpone(record, record.checks, reason);
    throw retryable ? error : new NotFoundYetError(record.objects.length);
  }
}

function listed(object: DeliveredObject): DeliveredObject {
  return { ...object, readBack: true, proof: object.proof ?? 'listed' };
}

/** Fetches what only was listed, and compares it. @throws NOTIFIER_NOT_FOUND_YET where the destination leaves one out */
async function compare(
  record: DeliveryRecord,
  studyInstanceUID: string,
  sent: readonly SendableObject[],
  { bytes }: ReadBackPort,
): Promise<DeliveryRecord> {
  const open = new Set(record.objects.filter(({ proof }) => proof === 'listed').map(({ name }) => name));
  const wanted = dicomObjects(sent).filter(({ name }) => open.has(name));
  if (!bytes || wanted.length === 0) return record;
  const objects = new Map(record.objects.map((one) => [one.name, one]));
  for await (const back of bytes.fetch(studyInstanceUID, wanted)) {
    const original = wanted.find(({ sopInstanceUID }) => sopInstanceUID === back.sopInstanceUID);
    const known = original && objects.get(original.name);
    if (!original || !known) continue;
    const { proof, changed } = compareObject(original, back);
    objects.set(original.name, { ...known, proof, ...(changed.length > 0 ? { changed: [...changed] } : {}) });
    open.delete(original.name);
  }
  if (open.size > 0) throw new NotFoundYetError(open.size);
  return withObjects(record, [...objects.values()]);
}
