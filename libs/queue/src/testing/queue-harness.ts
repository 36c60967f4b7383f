import { randomUUID } from 'node:crypto';
import { type TestRedis } from '../../../../test/servers/redis';
import {
  createQueues,
  createWorker,
  type JobContext,
  type JobData,
  type QueueEvent,
  type QueueName,
  type Queues,
  type QueueWorker,
  type WorkerOptions,
} from '../index';

/** A worker that remembers what came, and lets a test wait for it. */
export interface Seen<Q extends QueueName> {
  readonly jobs: JobData<Q>[];
  readonly events: QueueEvent[];
  readonly worker: QueueWorker;
  until(done: () => boolean): Promise<void>;
  /** Resolves when so many jobs are completed. */
  completed(count?: number): Promise<void>;
  /** Resolves when a job has failed. */
  failed(): Promise<void>;
}

/** Queues under a prefix of their own, for one test. */
export class QueueHarness {
  readonly prefix = `{t${randomUUID()}}`;
  readonly queues: Queues;
  private readonly open: { close(): Promise<void> }[] = [];

  constructor(private readonly redis: TestRedis) {
    this.queues = this.keep(createQueues({ url: redis.url, prefix: this.prefix }));
  }

  /** Closed at the end of the test. */
  keep<C extends { close(): Promise<void> }>(one: C): C {
    this.open.push(one);
    return one;
  }

  async close(): Promise<void> {
    await Promise.all(this.open.map((one) => one.close()));
  }

  watch<Q extends QueueName>(
    queue: Q,
    handle: (data: JobData<Q>, context: JobContext) => Promise<void> = () => Promise.resolve(),
    options: Partial<WorkerOptions> = {},
  ): Seen<Q> {
    const jobs: JobData<Q>[] = [];
    const events: QueueEvent[] = [];
    const waiting = new Set<() => void>();
    const tell = () => waiting.forEach((check) => check());
    const notify = (event: QueueEvent) => {
      events.push(event);
      tell();
    };
    const handler = async (data: JobData<Q>, context: JobContext) => {
      jobs.push(data);
      tell();
      await handle(data, context);
    };
    const common = { url: this.redis.url, prefix: this.prefix, notify };
    const worker = this.keep(createWorker(queue, handler, { ...common, ...options }));
    const until = (done: () => boolean) =>
      new Promise<void>((resolve) => {
        const check = () => {
          if (!done()) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      });
    const count = (type: QueueEvent['type']) => events.filter((event) => event.type === type).length;
    const completed = (atLeast = 1) => until(() => count('job-completed') >= atLeast);
    return { jobs, events, worker, until, completed, failed: () => until(() => count('job-failed') > 0) };
  }
}
