import { type CatalogueLog, type Metrics } from '@endplate/platform';
import { type QueueEvent } from '@endplate/queue';
import { type EventFacts, type Timeline } from '@endplate/studies';
import { type VersionName, type WorkerEvent } from './analyse/worker-event';
import { type WORKER_LOG } from './worker.log';

/** Turns what the worker tells into log lines, metrics and entries of the timeline. */
export class WorkerObserver {
  private readonly startedAt = new Map<string, number>();
  private readonly analyses;
  private readonly seconds;
  private readonly quarantined;
  private readonly failures;

  constructor(
    private readonly log: CatalogueLog<typeof WORKER_LOG>,
    metrics: Metrics,
    private readonly timeline: Pick<Timeline, 'append'>,
  ) {
    this.analyses = metrics.counter({
      name: 'endplate_analyses_total',
      help: 'Study versions by outcome of their analysis',
      labels: ['outcome', 'reason'],
    });
    this.seconds = metrics.histogram({
      name: 'endplate_analysis_seconds',
      help: 'Time from the start of an analysis to its results',
      buckets: [1, 2, 5, 10, 20, 40, 80, 160, 320, 640, 1280],
    });
    this.quarantined = metrics.counter({
      name: 'endplate_quarantined_objects_total',
      help: 'Objects that failed validation and were put aside',
    });
    this.failures = metrics.counter({
      name: 'endplate_analysis_failures_total',
      help: 'Runs of an analysis that failed; final when they are not repeated',
      labels: ['final'],
    });
  }

  async workerEvent(event: WorkerEvent): Promise<void> {
    const { studyInstanceUID, version } = event;
    const name = { studyInstanceUID, version };
    switch (event.type) {
      case 'analysis-started':
        this.startedAt.set(keyOf(name), performance.now());
        this.log.started({ ...name, instances: event.instances });
        return this.add(name, 'analysis-started', { instances: event.instances });
      case 'stage':
        return this.log.stage({ ...name, stage: event.stage });
      case 'quarantined': {
        const { object, problems } = event;
        this.quarantined.inc();
        this.log.quarantined({ ...name, object, problems });
        return this.add(name, 'object-quarantined', { object, problems: problems.length });
      }
      case 'analysis-finished':
        return this.finished(event);
      default:
        return event satisfies never;
    }
  }

  /** A job's failure belongs to the study's timeline once it is final. */
  queueEvent(event: QueueEvent): void {
    switch (event.type) {
      case 'job-failed': {
        const { jobId, attempt, final, error } = event;
        this.failures.inc({ final: String(final) });
        this.log.jobFailed({ jobId, attempt, final, error });
        this.startedAt.delete(jobId);
        const name = nameOf(jobId);
        const { code } = error as { code?: unknown };
        if (final && name)
          void this.add(name, 'analysis-failed', { code: typeof code === 'string' ? code : error.name });
        return;
      }
      case 'job-stalled':
        return this.log.jobStalled({ jobId: event.jobId });
      case 'lock-lost':
        return this.log.lockLost({ jobId: event.jobId });
      case 'worker-stuck':
        return this.log.workerStuck({ waiting: event.waiting, idleMs: event.idleMs });
      case 'redis-error':
        return this.log.redisError({ error: event.error });
      case 'job-completed':
        return;
      default:
        event satisfies never;
    }
  }

  private finished(event: Extract<WorkerEvent, { type: 'analysis-finished' }>): Promise<void> | undefined {
    const { studyInstanceUID, version, outcome, reasonCode, discs, deliveries } = event;
    const name = { studyInstanceUID, version };
    const startedAt = this.startedAt.get(keyOf(name));
    this.startedAt.delete(keyOf(name));
    this.analyses.inc({ outcome, reason: reasonCode ?? 'none' });
    if (startedAt !== undefined) this.seconds.observe((performance.now() - startedAt) / 1000);
    const reason = reasonCode === undefined ? {} : { reasonCode };
    this.log.finished({ ...name, outcome, ...reason, discs, deliveries });
    // A second run found everything done: nothing happened to the study.
    if (outcome === 'present') return undefined;
    return this.add(name, 'analysis-finished', { outcome, ...reason, discs, deliveries });
  }

  /** The timeline is for people: that it cannot be written must not stop the work. */
  private async add(name: VersionName, type: string, facts: EventFacts): Promise<void> {
    try {
      await this.timeline.append(name, type, facts);
    } catch (error) {
      this.log.timelineFailed({ ...name, error: error instanceof Error ? error : new Error('unknown') });
    }
  }
}

function keyOf({ studyInstanceUID, version }: VersionName): string {
  return `${studyInstanceUID}.${version}`;
}

/** Job ids of `analyse` are `<study>.<version>`. */
function nameOf(jobId: string): VersionName | undefined {
  const at = jobId.lastIndexOf('.');
  const version = Number(jobId.slice(at + 1));
  return at > 0 && Number.isSafeInteger(version) ? { studyInstanceUID: jobId.slice(0, at), version } : undefined;
}
