import { type Queues } from '@endplate/queue';
import { type ObjectStore } from '@endplate/store';
import { retryDeliveries, type Timeline } from '@endplate/studies';
import { NothingToRetryError } from '../errors';
import { type RetryView } from './view.schema';

/** What the retry reaches the world through. */
export interface DeliveryRetryPorts {
  readonly store: ObjectStore;
  readonly timeline: Timeline;
  readonly jobs: Pick<Queues, 'deliver' | 'ping'>;
}

/** Begins a delivery anew that was given up or could not be proven. */
export class DeliveryRetry {
  constructor(private readonly ports: DeliveryRetryPorts) {}

  /**
   * @param from - address that asked for it, for the timeline
   * @throws CONSOLE_RETRY_CONFLICT where the delivery is not one that was given up; QUEUE_UNAVAILABLE before anything
   * was changed
   */
  async retry(
    request: { readonly studyInstanceUID: string; readonly version: number; readonly destination: string },
    from: string,
  ): Promise<RetryView> {
    await this.ports.jobs.ping();
    const again = await retryDeliveries(this.ports, { ...request, by: 'console', from });
    if (again.length === 0) throw new NothingToRetryError();
    return { retried: again.map(({ version, destination, state }) => ({ version, destination, was: state })) };
  }
}
