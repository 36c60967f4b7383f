import { createQueues, createWorker, type Queues, type QueueWorker, type WorkerOptions } from '@endplate/queue';
import { type DeliveryName } from '../ladder';

/** What a lane does with its jobs. */
export interface LaneWork {
  deliver(name: DeliveryName): Promise<void>;
  verify(name: DeliveryName): Promise<void>;
}

/** Settings of the queue workers of a lane. */
export type LaneOptions = WorkerOptions & { readonly prefix: string };

/**
 * The queues of one destination: its own waiting line, hands and retries, so that a slow or dead destination keeps
 * nobody waiting but itself. The lane lives under the common prefix, so that all its keys stay in one cluster slot.
 */
export class DestinationLane {
  readonly jobs: Queues;
  private workers: QueueWorker[] = [];

  constructor(
    readonly destination: string,
    private readonly options: LaneOptions,
  ) {
    this.jobs = createQueues({ url: options.url, prefix: lanePrefix(options.prefix, destination), ...told(options) });
  }

  start(work: LaneWork): void {
    const options = { ...this.options, prefix: lanePrefix(this.options.prefix, this.destination) };
    this.workers = [
      createWorker('deliver', (name) => work.deliver(name), options),
      createWorker('verify', (name) => work.verify(name), options),
    ];
  }

  async health(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.health()));
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.close()));
    await this.jobs.close();
  }
}

/** Prefix of the keys of a destination's lane. */
export function lanePrefix(prefix: string, destination: string): string {
  return `${prefix}:lane:${destination}`;
}

function told({ notify }: WorkerOptions) {
  return notify ? { notify } : {};
}
