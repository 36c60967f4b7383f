import { type DeliveryRecord, type DeliveryRung, type ReadBackProof } from '@endplate/studies';
import { countTry, end, type DeliveryEnd, type DeliveryReason, postpone, reach } from './ladder';
import { type NotifierEvent } from './notifier-event';
import { type DeliveryRecords } from './record/delivery-records';

/** What both use cases write records with. */
export interface WriterPorts {
  readonly records: DeliveryRecords;
  /** ISO 8601, UTC. */
  readonly now: () => string;
  readonly notify: (event: NotifierEvent) => void | Promise<void>;
}

/** Takes a step of the ladder, makes it durable, and only then tells of it. */
export class DeliveryWriter {
  constructor(private readonly ports: WriterPorts) {}

  async reach(record: DeliveryRecord, rung: DeliveryRung, proof?: ReadBackProof): Promise<DeliveryRecord> {
    const before = record.rungs.length;
    const next = await this.ports.records.write(reach(record, rung, this.ports.now(), proof));
    if (next.rungs.length > before) await this.tell(next, { type: 'rung', rung, ...(proof ? { proof } : {}) });
    return next;
  }

  countTry(record: DeliveryRecord, kind: 'attempts' | 'checks'): Promise<DeliveryRecord> {
    return this.ports.records.write(countTry(record, kind, this.ports.now()));
  }

  async postpone(record: DeliveryRecord, attempt: number, reason: DeliveryReason): Promise<DeliveryRecord> {
    const next = await this.ports.records.write(postpone(record, reason, this.ports.now()));
    await this.tell(next, { type: 'postponed', attempt, reason });
    return next;
  }

  async end(record: DeliveryRecord, state: DeliveryEnd, reason?: DeliveryReason): Promise<DeliveryRecord> {
    const next = await this.ports.records.write(end(record, state, this.ports.now(), reason));
    await this.tell(next, { type: 'ended', state: next.state, ...(reason ? { reason } : {}) });
    return next;
  }

  private async tell(record: DeliveryRecord, event: DistributiveOmit<NotifierEvent>): Promise<void> {
    const { studyInstanceUID, version, destination } = record;
    await this.ports.notify({ studyInstanceUID, version, destination, ...event });
  }
}

type DistributiveOmit<E> = E extends unknown ? Omit<E, 'studyInstanceUID' | 'version' | 'destination'> : never;
