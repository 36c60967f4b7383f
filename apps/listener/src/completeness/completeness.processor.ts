import { createWorker, type JobData, type QueueWorker, type WorkerOptions } from '@endplate/queue';
import { type StudyCompleter } from '@endplate/studies';
import { type ListenerObserver } from '../listener-observer';

/** Takes `completeness` jobs. */
export class CompletenessProcessor {
  private worker: QueueWorker | undefined;

  constructor(
    private readonly completer: StudyCompleter,
    private readonly observer: ListenerObserver,
    private readonly options: WorkerOptions,
  ) {}

  start(): void {
    this.worker ??= createWorker('completeness', (job) => this.complete(job), { concurrency: 4, ...this.options });
  }

  health(): Promise<void> {
    return this.worker?.health() ?? Promise.resolve();
  }

  async stop(): Promise<void> {
    await this.worker?.close();
  }

  private async complete(job: JobData<'completeness'>): Promise<void> {
    this.observer.completed(job.studyInstanceUID, await this.completer.complete(job));
  }
}
