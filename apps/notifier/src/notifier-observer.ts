import { type CatalogueLog, type Metrics } from '@endplate/platform';
import { type QueueEvent } from '@endplate/queue';
import { type EventFacts, type Timeline } from '@endplate/studies';
import { type DeliveryName } from './ladder';
import { type NotifierEvent } from './notifier-event';
import { type NOTIFIER_LOG } from './notifier.log';

/** Turns what the notifier tells into log lines, metrics and entries of the timeline. */
export class NotifierObserver {
  private readonly rungs;
  private readonly ends;
  private readonly postponed;

  constructor(
    private readonly log: CatalogueLog<typeof NOTIFIER_LOG>,
    metrics: Metrics,
    private readonly timeline: Pick<Timeline, 'append'>,
  ) {
    this.rungs = metrics.counter({
      name: 'endplate_delivery_rungs_total',
      help: 'Rungs reached by deliveries',
      labels: ['destination', 'rung'],
    });
    this.ends = metrics.counter({
      name: 'endplate_deliveries_total',
      help: 'Deliveries that are over, by how they ended',
      labels: ['destination', 'state'],
    });
    this.postponed = metrics.counter({
      name: 'endplate_delivery_retries_total',
      help: 'Tries that failed and will be repeated',
      labels: ['destination', 'code'],
    });
  }

  async deliveryEvent(event: NotifierEvent): Promise<void> {
    const { studyInstanceUID, version, destination } = event;
    const name = { studyInstanceUID, version, destination };
    switch (event.type) {
      case 'rung':
        this.rungs.inc({ destination, rung: event.rung });
        this.log.rung({ ...name, rung: event.rung });
        return this.add(
          name,
          `delivery-${event.rung}`,
          event.proof ? { by: event.proof.by, proof: event.proof.result } : {},
        );
      case 'postponed': {
        const { attempt, reason } = event;
        this.postponed.inc({ destination, code: reason.code });
        this.log.postponed({ ...name, attempt, code: reason.code, reason: reason.text });
        return this.add(name, 'delivery-postponed', { attempt, code: reason.code });
      }
      case 'ended':
        return this.ended(name, event);
      default:
        return event satisfies never;
    }
  }

  queueEvent(event: QueueEvent): void {
    switch (event.type) {
      case 'job-failed': {
        const { queue, jobId, attempt, final, error } = event;
        // What is tried again was told as postponed, with its reason.
        const told = (error as { retryable?: unknown }).retryable === true && !final;
        return told ? undefined : this.log.jobFailed({ queue, jobId, attempt, final, error });
      }
      case 'job-stalled':
        return this.log.jobStalled({ queue: event.queue, jobId: event.jobId });
      case 'lock-lost':
        return this.log.lockLost({ queue: event.queue, jobId: event.jobId });
      case 'worker-stuck':
        return this.log.workerStuck({ queue: event.queue, waiting: event.waiting, idleMs: event.idleMs });
      case 'redis-error':
        return this.log.redisError({ error: event.error });
      case 'job-completed':
        return;
      default:
        event satisfies never;
    }
  }

  private ended(name: DeliveryName, event: Extract<NotifierEvent, { type: 'ended' }>): Promise<void> {
    const { state, reason } = event;
    this.ends.inc({ destination: name.destination, state });
    const why = { code: reason?.code ?? '', reason: reason?.text ?? '' };
    if (state === 'dead-letter') this.log.deadLetter({ ...name, ...why });
    else if (state === 'unproven') this.log.unproven({ ...name, ...why });
    else this.log.delivered({ ...name, state });
    return this.add(name, `delivery-${state}`, reason ? { code: reason.code } : {});
  }

  /** The timeline is for people: that it cannot be written must not stop the work. */
  private async add(name: DeliveryName, type: string, facts: EventFacts): Promise<void> {
    try {
      await this.timeline.append(name, type, { destination: name.destination, ...facts });
    } catch (error) {
      this.log.timelineFailed({ ...name, error: error instanceof Error ? error : new Error('unknown') });
    }
  }
}
