import { type QueueListener } from '../contract/events';
import { type QueueName } from '../contract/jobs';
import { QueueError } from '../errors';
import { type QueueConnection } from './connection';
import { createQueues, type Queues } from './queues';

/** What the watchdog asks of its worker. */
export interface Watched {
  hasFreeHands(): boolean;
  readonly notify: QueueListener;
}

/**
 * Sees a worker that has stopped taking work although it calls itself running (bullmq #4378): jobs wait, hands are
 * free, and nothing was taken between two looks. It asks over a connection of its own.
 */
export class Watchdog {
  private readonly queues: Queues;
  private readonly timer: NodeJS.Timeout;
  private readonly intervalMs: number;
  private lastProgress = performance.now();
  private waitingSince: number | undefined;
  private stuck = false;

  constructor(
    private readonly queue: QueueName,
    options: QueueConnection & { readonly watchdogMs?: number },
    private readonly watched: Watched,
  ) {
    this.intervalMs = options.watchdogMs ?? 60_000;
    const { url, prefix } = options;
    // Its connection's errors are those of the worker's connection, told there.
    this.queues = createQueues({ url, ...(prefix ? { prefix } : {}) });
    this.timer = setInterval(() => void this.look(), this.intervalMs / 2);
    this.timer.unref();
  }

  /** A job was taken or finished. */
  progress(): void {
    this.lastProgress = performance.now();
    this.waitingSince = undefined;
    this.stuck = false;
  }

  health(): Promise<void> {
    if (!this.stuck) return Promise.resolve();
    return Promise.reject(new QueueError('QUEUE_UNAVAILABLE', true, `The worker of ${this.queue} takes no work.`));
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.queues.close();
  }

  /** One look; the timer calls it, and tests do. */
  async look(): Promise<void> {
    const waiting = await this.queues.counts(this.queue).then(
      (counts) => counts.waiting,
      () => 0,
    );
    if (waiting === 0 || !this.watched.hasFreeHands()) {
      this.waitingSince = undefined;
      this.stuck = false;
      return;
    }
    this.waitingSince ??= performance.now();
    const idleMs = performance.now() - Math.max(this.waitingSince, this.lastProgress);
    if (idleMs < this.intervalMs) return;
    if (!this.stuck) this.watched.notify({ type: 'worker-stuck', queue: this.queue, waiting, idleMs });
    this.stuck = true;
  }
}
