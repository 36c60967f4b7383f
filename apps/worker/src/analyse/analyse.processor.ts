import { Inject, Injectable } from '@nestjs/common';
import { createWorker, type QueueListener, type QueueWorker, type WorkerOptions } from '@endplate/queue';
import { AnalyseVersion } from './analyse-version';

/** Injection token of the queue worker's settings. */
export const ANALYSE_QUEUE = Symbol('worker:analyse-queue');

/** Takes `analyse` jobs. */
@Injectable()
export class AnalyseProcessor {
  private worker: QueueWorker | undefined;

  constructor(
    @Inject(AnalyseVersion) private readonly useCase: AnalyseVersion,
    @Inject(ANALYSE_QUEUE) private readonly options: WorkerOptions & { readonly notify: QueueListener },
  ) {}

  start(): void {
    this.worker = createWorker(
      'analyse',
      async ({ studyInstanceUID, version }, { signal }) => {
        await this.useCase.run({ studyInstanceUID, version }, signal);
      },
      this.options,
    );
  }

  health(): Promise<void> {
    return this.worker?.health() ?? Promise.resolve();
  }

  async stop(): Promise<void> {
    await this.worker?.close();
  }
}
