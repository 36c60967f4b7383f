import { type JobPublisher } from '@endplate/queue';
import { deliveryKey, type ObjectStore } from '@endplate/store';
import { StudyReader } from '../record/study-reader';
import { type Timeline } from '../timeline/timeline';
import { type DeliveryRecord } from './delivery-record';

/** Everything the use case reaches the world through. */
export interface RetryPorts {
  readonly store: ObjectStore;
  readonly timeline: Pick<Timeline, 'append' | 'read' | 'latest'>;
  readonly jobs: Pick<JobPublisher, 'deliver'>;
}

/** Which deliveries are meant: those of the latest version, to every destination, where nothing else is said. */
export interface RetryRequest {
  readonly studyInstanceUID: string;
  readonly version?: number;
  readonly destination?: string;
  /** Who asked, for the timeline: `cli`, `console`. */
  readonly by?: string;
  /** Address that it was asked from, for the timeline. */
  readonly from?: string;
}

/**
 * Begins deliveries anew that were given up or could not be proven. The objects and their UIDs are the same, so that a
 * destination that has them already still ends with one of each.
 *
 * @returns the records as they ended before
 */
export async function retryDeliveries(ports: RetryPorts, request: RetryRequest): Promise<readonly DeliveryRecord[]> {
  const { studyInstanceUID } = request;
  const study = await new StudyReader(ports.store, ports.timeline).details(studyInstanceUID);
  const versions = study?.versions ?? [];
  const wanted = request.version ?? Math.max(...versions.map(({ version }) => version));
  const again = versions
    .filter(({ version }) => version === wanted)
    .flatMap(({ deliveries }) => deliveries)
    .filter(({ state }) => state === 'dead-letter' || state === 'unproven')
    .filter(({ destination }) => request.destination === undefined || request.destination === destination);
  for (const { version, destination } of again) {
    const { by, from } = request;
    const facts = { destination, ...(by === undefined ? {} : { by }), ...(from === undefined ? {} : { from }) };
    await ports.timeline.append({ studyInstanceUID, version }, 'delivery-retried', facts);
    // Without a record the delivery begins at its first rung; if this process dies here, `reconcile` gives the job.
    await ports.store.delete(deliveryKey(studyInstanceUID, version, destination));
    await ports.jobs.deliver({ studyInstanceUID, version, destination });
  }
  return again;
}
