import { type Destination, wantedObjects, type WantedObjects } from '@endplate/platform';
import { type JobPublisher } from '@endplate/queue';
import { type ObjectStore, quarantinePrefix } from '@endplate/store';
import { type DeliveredObject, type DeliveryRecord, isDeliveryOver } from '@endplate/studies';
import { DeliveryWriter, type WriterPorts } from '../delivery-writer';
import { type Alternatives, type DestinationPort, type SendAnswer } from '../destination/destination.port';
import { hex, StoreStatusError } from '../errors';
import {
  beginDelivery,
  type DeliveryName,
  type DeliveryReason,
  hasReached,
  withObjects,
  withOutOfReach,
} from '../ladder';
import { laterAnalysedVersion, versionFindings } from './later-version';
import { isReport, renderedObjects, type RenderedObject } from './rendered-objects';

/** Everything the use case reaches the world through. */
export interface DeliverVersionPorts extends WriterPorts {
  readonly store: ObjectStore;
  readonly jobs: Pick<JobPublisher, 'verify'>;
  /** What an object breaks of its standard, or nothing. */
  readonly check: (object: RenderedObject) => readonly string[];
}

/** A destination with what it wants. */
export interface DeliveryTarget {
  readonly wanted: WantedObjects;
  readonly maxAttempts: number;
  readonly port: DestinationPort;
}

/** A configured destination as both use cases see it. */
export function deliveryTarget(settings: Destination, port: DestinationPort): DeliveryTarget {
  return { wanted: wantedObjects(settings), maxAttempts: settings.maxAttempts, port };
}

/**
 * Brings the results of one version to one destination, up to the rung `sent`, and asks for the proof. Every rung is
 * written before the next one is tried, and the objects are the same each time: a notifier that is killed anywhere goes
 * on at its rung, and the destination ends with one of each.
 */
export class DeliverVersion {
  private readonly writer: DeliveryWriter;

  constructor(private readonly ports: DeliverVersionPorts) {
    this.writer = new DeliveryWriter(ports);
  }

  /** @throws an error with `retryable: true` where another try may help; the record says the same */
  async run(name: DeliveryName, target: DeliveryTarget): Promise<void> {
    const record = (await this.ports.records.read(name)) ?? beginDelivery(name, this.ports.now());
    if (isDeliveryOver(record)) return;
    if (!hasReached(record, 'sent')) {
      const sent = await this.climb(record, name, target);
      if (!hasReached(sent, 'sent')) return;
    }
    await this.ports.jobs.verify(name);
  }

  private async climb(begun: DeliveryRecord, name: DeliveryName, target: DeliveryTarget): Promise<DeliveryRecord> {
    const { port, wanted } = target;
    const record = withOutOfReach(begun, port.outOfReach);
    const findings = await versionFindings(this.ports.store, name);
    if (findings.outcome.status !== 'analysed' && !port.compose) {
      return this.writer.end(record, 'nothing-to-send', {
        code: 'NOT_ANALYSED',
        text: 'The version was not analysed, so there is no report.',
      });
    }
    const later = await laterAnalysedVersion(this.ports.store, name);
    if (later !== undefined) {
      const text = `Version ${later} has a report of its own, which names this one as its predecessor; only that is sent.`;
      return this.writer.end(record, 'superseded', { code: 'SUPERSEDED', text });
    }
    if (port.compose) {
      const rendered = await this.writer.reach(record, 'rendered');
      return this.send(await this.writer.reach(rendered, 'validated'), [[port.compose(findings)]], target);
    }
    return this.sendRendered(record, await renderedObjects(this.ports.store, name, wanted), name, target);
  }

  private async sendRendered(
    record: DeliveryRecord,
    objects: readonly (readonly RenderedObject[])[],
    name: DeliveryName,
    target: DeliveryTarget,
  ): Promise<DeliveryRecord> {
    // Pictures without the report that was asked for are no delivery.
    const reportMissing = target.wanted.objects.includes('sr') && !objects.some(([one]) => one?.kind === 'sr');
    if (objects.length === 0 || reportMissing) return this.endWithoutObjects(record, name);
    const rendered = await this.writer.reach(record, 'rendered');
    const faulty = objects.flat().flatMap((object) => this.ports.check(object).map((why) => `${object.name}: ${why}`));
    if (faulty.length > 0) {
      return this.writer.end(rendered, 'dead-letter', {
        code: 'OBJECT_INVALID',
        text: faulty.join('; ').slice(0, 500),
      });
    }
    const validated = await this.writer.reach(rendered, 'validated');
    return this.send(validated, objects, target);
  }

  private async send(
    validated: DeliveryRecord,
    objects: readonly Alternatives[],
    { port, maxAttempts }: DeliveryTarget,
  ): Promise<DeliveryRecord> {
    const record = await this.writer.countTry(validated, 'attempts');
    let answers: readonly SendAnswer[];
    try {
      answers = await port.send(objects);
    } catch (error) {
      return this.failed(record, error, maxAttempts);
    }
    const known = withObjects(record, answers.map(asDelivered));
    const busy = answers.find(({ verdict }) => verdict === 'busy');
    if (busy) return this.failed(known, new StoreStatusError(busyAnswer(busy)), maxAttempts);
    const refused = answers.filter(({ verdict }) => verdict === 'refused');
    // Pictures without the report are no delivery.
    const main = answers.find(({ object }) => isReport(object)) ?? answers[0];
    if (refused.length === answers.length || main?.verdict === 'refused') {
      return this.writer.end(known, 'dead-letter', refusal(refused));
    }
    return this.writer.reach(known, 'sent');
  }

  /** Waits for another try, or gives up: at once where it cannot help, or when there were enough. */
  private async failed(record: DeliveryRecord, error: unknown, maxAttempts: number): Promise<DeliveryRecord> {
    const { code, retryable } = (error ?? {}) as { code?: unknown; retryable?: unknown };
    if (typeof code !== 'string' || typeof retryable !== 'boolean') throw error;
    const reason = { code, text: error instanceof Error ? error.message : code };
    if (!retryable) return this.writer.end(record, 'dead-letter', reason);
    if (record.attempts >= maxAttempts) {
      const text = `Given up after ${record.attempts} tries. ${reason.text}`;
      return this.writer.end(record, 'dead-letter', { code, text });
    }
    await this.writer.postpone(record, record.attempts, reason);
    throw error;
  }

  private async endWithoutObjects(record: DeliveryRecord, name: DeliveryName): Promise<DeliveryRecord> {
    for await (const { key } of this.ports.store.list(quarantinePrefix(name.studyInstanceUID, name.version))) {
      if (!key.endsWith('.json')) continue;
      return this.writer.end(record, 'dead-letter', {
        code: 'QUARANTINED',
        text: 'The objects failed validation and were put aside; nothing is sent.',
      });
    }
    return this.writer.end(record, 'nothing-to-send', {
      code: 'NO_OBJECTS',
      text: 'The version has no object of the kinds and profiles that this destination wants.',
    });
  }
}

function busyAnswer({ status, answer }: SendAnswer): string {
  return status === undefined ? (answer ?? 'busy') : `status 0x${hex(status)}`;
}

function asDelivered({ object, verdict, status, answer }: SendAnswer): DeliveredObject {
  const { name, sha256 } = object;
  return {
    name,
    ...(object.form === 'dicom' ? { sopClassUID: object.sopClassUID, sopInstanceUID: object.sopInstanceUID } : {}),
    sha256,
    ...(status === undefined ? {} : { status }),
    ...(answer === undefined ? {} : { answer }),
    accepted: verdict === 'accepted',
    readBack: false,
  };
}

function refusal(refused: readonly SendAnswer[]): DeliveryReason {
  const sentences = refused.map(({ object, status, answer }) => {
    if (status !== undefined) return `${object.name}: refused with status 0x${hex(status)}`;
    if (answer !== undefined) return `${object.name}: refused, ${answer}`;
    return `${object.name}: the destination takes no object of its SOP class`;
  });
  return { code: 'REFUSED', text: `${sentences.join('; ')}.`.slice(0, 500) };
}
