import { createWorker, type JobData, type JobPublisher, type QueueWorker, type WorkerOptions } from '@endplate/queue';
import { type StudyCompleter } from '@endplate/studies';
import { type ListenerObserver } from '../listener-observer';
import { type PendingStudies } from '../receive/pending-studies';

/** Takes `completeness` jobs. */
export class CompletenessProcessor {
  private worker: QueueWorker | undefined;

  constructor(
    private readonly completer: StudyCompleter,
    private readonly pending: PendingStudies,
    private readonly jobs: Pick<JobPublisher, 'completeness'>,
    private readonly observer: ListenerObserver,
    private readonly options: WorkerOptions,
  ) {}

  /** Most of a job's time is waiting for sources: many at once, so that one that is slow keeps no other study. */
  start(): void {
    this.worker ??= createWorker('completeness', (job, { signal }) => this.complete(job, signal), {
      concurrency: 16,
      ...this.options,
    });
  }

  health(): Promise<void> {
    return this.worker?.health() ?? Promise.resolve();
  }

  async stop(): Promise<void> {
    await this.worker?.close();
  }

  private async complete(job: JobData<'completeness'>, signal: AbortSignal): Promise<void> {
    // What is acknowledged and not yet in the object store belongs to the study: its quiet period begins anew.
    if (await this.pending.has(job.studyInstanceUID)) {
      await this.jobs.completeness(job);
      this.observer.completed(job.studyInstanceUID, { kind: 'moving' });
      return;
    }
    this.observer.completed(job.studyInstanceUID, await this.completer.complete(job, signal));
  }
}
