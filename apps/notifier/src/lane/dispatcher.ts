import {
  deliveryTarget,
  type DeliveryTarget,
  DeliverVersion,
  type DeliverVersionPorts,
} from '../deliver/deliver-version';
import { type DestinationPort } from '../destination/destination.port';
import { type Destination } from '@endplate/platform';
import { isDeliveryOver } from '@endplate/studies';
import { DeliveryWriter } from '../delivery-writer';
import { beginDelivery, type DeliveryName } from '../ladder';
import { VerifyDelivery, type VerifyDeliveryPorts } from '../verify/verify-delivery';
import { DestinationLane, type LaneOptions } from './destination-lane';

/** One configured destination with the conversation it is reached by. */
export interface ConfiguredDestination {
  readonly settings: Destination;
  readonly port: DestinationPort;
}

/** What the dispatcher needs besides the destinations. */
export type DispatcherPorts = Omit<DeliverVersionPorts, 'jobs'> & VerifyDeliveryPorts;

/** Knows the lanes. A job without a lane is given up with a reason that can be seen. */
export class Dispatcher {
  private readonly lanes = new Map<string, { lane: DestinationLane; target: DeliveryTarget }>();
  private readonly writer: DeliveryWriter;

  constructor(
    destinations: readonly ConfiguredDestination[],
    options: LaneOptions,
    private readonly ports: DispatcherPorts,
  ) {
    this.writer = new DeliveryWriter(ports);
    for (const { settings, port } of destinations) {
      const { name, concurrency } = settings;
      const target = deliveryTarget(settings, port);
      this.lanes.set(name, { lane: new DestinationLane(name, { ...options, concurrency }), target });
    }
  }

  start(): void {
    for (const { lane, target } of this.lanes.values()) {
      const deliver = new DeliverVersion({ ...this.ports, jobs: lane.jobs });
      const verify = new VerifyDelivery(this.ports);
      lane.start({
        deliver: (name) => deliver.run(name, target),
        verify: (name) => verify.run(name, target),
      });
    }
  }

  async deliver(name: DeliveryName): Promise<void> {
    const found = this.lanes.get(name.destination);
    if (found) await found.lane.jobs.deliver(name);
    else await this.giveUp(name);
  }

  async verify(name: DeliveryName): Promise<void> {
    const found = this.lanes.get(name.destination);
    if (found) await found.lane.jobs.verify(name);
    else await this.giveUp(name);
  }

  async health(): Promise<void> {
    await Promise.all([...this.lanes.values()].map(({ lane }) => lane.health()));
  }

  async close(): Promise<void> {
    await Promise.all([...this.lanes.values()].map(({ lane }) => lane.close()));
  }

  private async giveUp(name: DeliveryName): Promise<void> {
    const record = (await this.ports.records.read(name)) ?? beginDelivery(name, this.ports.now());
    if (isDeliveryOver(record)) return;
    await this.writer.end(record, 'dead-letter', {
      code: 'DESTINATION_UNKNOWN',
      text: `No destination "${name.destination}" is configured.`,
    });
  }
}
