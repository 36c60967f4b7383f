import { type FactoryProvider } from '@nestjs/common';
import { type Queues } from '@endplate/queue';
import { type ObjectStore } from '@endplate/store';
import { type CompletenessLimits, Manifests, StudyCompleter, Timeline } from '@endplate/studies';
import { AeDirectory } from '../association/ae-directory';
import { type ListenerConfig } from '../listener.config';
import { ListenerObserver } from '../listener-observer';
import { PendingStudies } from '../receive/pending-studies';
import { workerOptions } from '../worker-options';
import { CompletenessProcessor } from './completeness.processor';
import { DimseSources } from './dimse-sources';

const MAX_RETRY_MS = 10_000;

/** Who decides when studies are complete. */
export function completenessProvider(
  config: ListenerConfig,
  storeToken: symbol,
  queuesToken: symbol,
  now: () => Date,
): FactoryProvider {
  const { evidenceWaitMs, queryTimeoutMs, fetchTimeoutMs } = config.study;
  const limits: Partial<CompletenessLimits> = {
    waitMs: evidenceWaitMs,
    // Three questions and their pauses fit into the wait, however short it is.
    retryMs: Math.min(MAX_RETRY_MS, evidenceWaitMs / 30),
  };
  return {
    provide: CompletenessProcessor,
    useFactory: (
      store: ObjectStore,
      jobs: Queues,
      timeline: Timeline,
      pending: PendingStudies,
      observer: ListenerObserver,
      directory: AeDirectory,
    ) => {
      const { aeTitle } = config.dicom;
      const clock = () => performance.now();
      const sources = new DimseSources({ directory, aeTitle, queryTimeoutMs, fetchTimeoutMs, clock });
      const notify: ConstructorParameters<typeof StudyCompleter>[0]['notify'] = (...told) => observer.inquiry(...told);
      const manifests = new Manifests(store);
      const completer = new StudyCompleter({ store, manifests, timeline, jobs, lock: jobs, now, sources, limits, notify }); // prettier-ignore
      return new CompletenessProcessor(completer, pending, jobs, observer, workerOptions(config, observer));
    },
    inject: [storeToken, queuesToken, Timeline, PendingStudies, ListenerObserver, AeDirectory],
  };
}
