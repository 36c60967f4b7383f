import { type Destination } from '@endplate/platform';
import { type ObjectStore } from '@endplate/store';
import { type DeliveredObject, type DeliveryRecord, isDeliveryOver } from '@endplate/studies';
import { renderedObjects } from '../deliver/rendered-objects';
import { type CommitmentRecords } from '../commitment/commitment-records';
import { requireCommitment } from '../commitment/require-commitment';
import { DeliveryWriter, type WriterPorts } from '../delivery-writer';
import { type DestinationPort } from '../destination/destination.port';
import { storeVerdict } from '../destination/store-verdict';
import { NotCommittedYetError, NotFoundYetError } from '../errors';
import { type DeliveryName, hasReached, withObjects } from '../ladder';

/** Checks after which a destination that never answers a request for commitment is judged by the read-back alone. */
const SILENT_CHECKS = 4;

/** Everything the use case reaches the world through. */
export interface VerifyDeliveryPorts extends WriterPorts {
  readonly store: ObjectStore;
  readonly commitments: CommitmentRecords;
}

/** A destination with how it is asked. */
export interface VerifyTarget {
  readonly settings: Pick<Destination, 'profile' | 'objects' | 'readBack' | 'maxAttempts'>;
  readonly port: Pick<DestinationPort, 'find' | 'commit'>;
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
    const counted = await this.writer.countTry(record, 'checks');
    const committed = await this.commit(counted, target);
    if (committed && target.settings.readBack === 'none') await this.endUnasked(committed);
    else if (committed) await this.look(committed, name, target);
  }

  /**
   * The rung before the last: the destination takes responsibility. One that offers no commitment, or that stays silent
   * for the first checks, is left to the read-back.
   * @returns undefined where the delivery has come to its end
   */
  private async commit(record: DeliveryRecord, { port, settings }: VerifyTarget): Promise<DeliveryRecord | undefined> {
    if (!port.commit || hasReached(record, 'committed')) return record;
    try {
      await requireCommitment(record, port.commit, this.ports.commitments);
      return await this.writer.reach(record, 'committed');
    } catch (error) {
      const silent = error instanceof NotCommittedYetError && error.silent && record.checks >= SILENT_CHECKS;
      if (silent || (error as { code?: unknown } | undefined)?.code === 'DIMSE_CONTEXT_REFUSED') return record;
      await this.failed(record, error, settings.maxAttempts, 'dead-letter');
      return undefined;
    }
  }

  private async endUnasked(record: DeliveryRecord): Promise<void> {
    if (hasReached(record, 'committed')) {
      await this.writer.end(record, 'delivered');
      return;
    }
    await this.writer.end(record, 'unproven', {
      code: 'READ_BACK_OFF',
      text: 'The destination accepted the objects; it is configured not to be asked for them.',
    });
  }

  private async look(record: DeliveryRecord, name: DeliveryName, target: VerifyTarget): Promise<void> {
    let found: ReadonlySet<string>;
    try {
      found = await target.port.find(name.studyInstanceUID, await this.sentObjects(record, name, target));
    } catch (error) {
      await this.failed(record, error, target.settings.maxAttempts, 'unproven');
      return;
    }
    const objects = record.objects.map((one) => ({ ...one, readBack: one.readBack || found.has(one.sopInstanceUID) }));
    const known = withObjects(record, objects);
    const missing = objects.filter((one) => isAccepted(one) && !one.readBack).length;
    if (missing > 0) {
      await this.failed(known, new NotFoundYetError(missing), target.settings.maxAttempts, 'dead-letter');
      return;
    }
    const refused = objects.filter((one) => !isAccepted(one)).map(({ name: object }) => object);
    const reached = await this.writer.reach(known, 'read-back');
    const reason = { code: 'PARTLY_REFUSED', text: `The destination took all but ${refused.join(', ')}.` };
    await this.writer.end(reached, 'delivered', refused.length > 0 ? reason : undefined);
  }

  /** The objects of the record, with their series. */
  private async sentObjects(record: DeliveryRecord, name: DeliveryName, { settings }: VerifyTarget) {
    const sent = new Set(record.objects.filter(isAccepted).map(({ sopInstanceUID }) => sopInstanceUID));
    const all = await renderedObjects(this.ports.store, name, settings);
    return all.flat().filter(({ sopInstanceUID }) => sent.has(sopInstanceUID));
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

/** An object without a status was of a SOP class that the destination does not take. */
function isAccepted({ status }: DeliveredObject): boolean {
  return status !== undefined && storeVerdict(status) === 'accepted';
}
