import { setTimeout as delay } from 'node:timers/promises';
import { createWorker, type Queues, type QueueWorker, type WorkerOptions } from '@endplate/queue';
import { reconcile, type ReconcilePorts } from '@endplate/studies';
import { type ListenerObserver } from '../listener-observer';

/** Redis that was away is asked again after this. */
const ASK_AGAIN_MS = 5_000;

/**
 * Takes `maintenance` jobs, and asks for them at intervals. The clock is in this process and not in Redis, so that it
 * goes on when Redis has lost everything: that is when reconcile is needed most. However many listeners ask, one runs.
 */
export class MaintenanceProcessor {
  private worker: QueueWorker | undefined;
  private next: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly ports: ReconcilePorts,
    private readonly queues: Pick<Queues, 'maintenance'>,
    private readonly observer: ListenerObserver,
    private readonly options: WorkerOptions & { readonly everyMs: number },
    /** Forgets what is kept for a time only; run behind each reconcile. */
    private readonly tidy: () => Promise<unknown>,
  ) {}

  start(): void {
    const handle = async (_: unknown, { signal }: { readonly signal: AbortSignal }) => {
      // As long as each study took: half of the time at most, and what it leaves to the garbage collector is gone by then.
      const rest = (workedMs: number): Promise<void> => delay(workedMs);
      this.observer.reconciled(await reconcile({ ...this.ports, rest }, signal));
      await this.tidy();
    };
    this.worker ??= createWorker('maintenance', handle, { concurrency: 1, ...this.options });
    if (this.options.everyMs > 0) void this.ask();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.next);
    await this.worker?.close();
  }

  private async ask(): Promise<void> {
    const { everyMs } = this.options;
    let waitMs = everyMs;
    try {
      // A little less than the interval, so that a clock that is a little early is not left out.
      await this.queues.maintenance({ task: 'reconcile' }, Math.ceil(everyMs * 0.9));
    } catch (error) {
      waitMs = Math.min(everyMs, ASK_AGAIN_MS);
      this.observer.reconcileDelayed(error);
    }
    if (!this.stopped) this.next = setTimeout(() => void this.ask(), waitMs);
  }
}
