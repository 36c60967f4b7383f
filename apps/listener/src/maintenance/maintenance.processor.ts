import { createWorker, type Queues, type QueueWorker, type WorkerOptions } from '@endplate/queue';
import { reconcile, type ReconcilePorts } from '@endplate/studies';
import { type ListenerObserver } from '../listener-observer';

const SCHEDULE_AGAIN_MS = 10_000;

/** Takes `maintenance` jobs, and has them made at intervals: once per interval over all listeners. */
export class MaintenanceProcessor {
  private worker: QueueWorker | undefined;
  private again: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly ports: ReconcilePorts,
    private readonly queues: Queues,
    private readonly observer: ListenerObserver,
    private readonly options: WorkerOptions & { readonly everyMs: number },
  ) {}

  start(): void {
    const handle = async (_: unknown, { signal }: { readonly signal: AbortSignal }) =>
      this.observer.reconciled(await reconcile(this.ports, signal));
    this.worker ??= createWorker('maintenance', handle, { concurrency: 1, ...this.options });
    if (this.options.everyMs > 0) void this.schedule();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.again);
    await this.worker?.close();
  }

  /** Redis may be away at the start; the schedule comes when it is back. */
  private async schedule(): Promise<void> {
    try {
      await this.queues.schedule({ task: 'reconcile' }, this.options.everyMs);
    } catch (error) {
      if (this.stopped) return;
      this.observer.scheduleDelayed(error);
      this.again = setTimeout(() => void this.schedule(), SCHEDULE_AGAIN_MS);
    }
  }
}
