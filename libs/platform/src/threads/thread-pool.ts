import { once } from 'node:events';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { ThreadEndedError } from '../errors';
import { type ThreadAnswer, type ThreadFailure, type ThreadModule, type ThreadStart } from './thread-message';

/** Threads that do the tasks of a module, as many at a time as there are threads. */
export interface ThreadPool {
  /** Number of threads. */
  readonly width: number;
  /**
   * Does a task in the first thread that is free, in the order asked for.
   *
   * @param input - anything that can be cloned; shared memory stays shared
   * @param move - buffers in it that go over for good and need no copy
   * @throws what the task throws, with the `name`, `code` and `retryable` of the original; {@link ThreadEndedError}
   */
  run(task: string, input: unknown, move?: readonly ArrayBuffer[]): Promise<unknown>;
  /** Ends the threads, each when the task in it is done. */
  close(): Promise<void>;
}

/** Settings of {@link startThreads}. */
export interface ThreadPoolOptions extends ThreadModule {
  readonly width: number;
  /** Handed to every thread. */
  readonly setup: unknown;
  /** Compiled `thread-entry.js`. */
  readonly entry?: string;
}

/** Starts threads and waits until all are ready. @throws what the module throws at its start */
export async function startThreads(options: ThreadPoolOptions): Promise<ThreadPool> {
  const threads = Array.from({ length: options.width }, () => new Thread(options));
  // All, for a thread must not be stopped while it loads native code.
  const [failed] = (await Promise.allSettled(threads.map((thread) => thread.ready))).filter(
    (outcome) => outcome.status === 'rejected',
  );
  if (!failed) return new Pool(options, threads);
  await Promise.all(threads.map((thread) => thread.close()));
  throw failed.reason;
}

class Pool implements ThreadPool {
  readonly width: number;
  private readonly free: Thread[];
  private readonly waiting: ((thread: Thread) => void)[] = [];
  private closed = false;

  constructor(
    private readonly options: ThreadPoolOptions,
    private readonly threads: Thread[],
  ) {
    this.width = threads.length;
    this.free = [...threads];
  }

  async run(task: string, input: unknown, move: readonly ArrayBuffer[] = []): Promise<unknown> {
    if (this.closed) throw new ThreadEndedError('the threads were closed');
    const thread = this.free.pop() ?? (await new Promise<Thread>((resolve) => this.waiting.push(resolve)));
    try {
      return await thread.run(task, input, move);
    } finally {
      this.giveBack(thread);
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(this.threads.map((thread) => thread.close()));
  }

  /** A thread that has ended is replaced by one that may still be starting. */
  private giveBack(thread: Thread): void {
    let next = thread;
    if (thread.ended && !this.closed) {
      next = new Thread(this.options);
      this.threads.splice(this.threads.indexOf(thread), 1, next);
    }
    const waiting = this.waiting.shift();
    if (waiting) waiting(next);
    else this.free.push(next);
  }
}

/** One thread, which does one task at a time. */
class Thread {
  readonly ready: Promise<unknown>;
  ended = false;
  private closing = false;
  private last: Promise<unknown>;
  private readonly worker: Worker;
  private pending: { resolve: (result: unknown) => void; reject: (error: unknown) => void } | undefined;

  constructor({ entry, file, create, setup }: ThreadPoolOptions) {
    const workerData: ThreadStart = { file, create, setup };
    this.worker = new Worker(entry ?? path.join(__dirname, 'thread-entry.js'), { workerData });
    this.ready = this.answer();
    this.last = this.ready.catch(() => undefined);
    this.worker.on('message', (answer: ThreadAnswer) => {
      const { pending } = this;
      this.pending = undefined;
      if ('result' in answer) pending?.resolve(answer.result);
      else pending?.reject(originalOf(answer.failure));
    });
    this.worker.on('error', (error) => this.end(error.name));
    this.worker.on('exit', (code) => this.end(`exit code ${code}`));
    this.worker.on('messageerror', (error) => this.end(error.name));
    // Idle threads keep no process alive.
    this.ready.finally(() => this.rest()).catch(() => undefined);
  }

  run(task: string, input: unknown, move: readonly ArrayBuffer[]): Promise<unknown> {
    const work = this.work(task, input, move);
    this.last = work.catch(() => undefined);
    return work;
  }

  private async work(task: string, input: unknown, move: readonly ArrayBuffer[]): Promise<unknown> {
    await this.ready;
    if (this.ended) throw new ThreadEndedError('before it was asked');
    const answer = this.answer();
    this.worker.ref();
    try {
      this.worker.postMessage({ task, input }, move);
      return await answer;
    } finally {
      this.rest();
    }
  }

  async close(): Promise<void> {
    // Whoever waits for the end must live to see it.
    this.closing = true;
    this.worker.ref();
    // Native code that is stopped in the middle takes the process with it.
    await this.last;
    if (this.ended) return;
    const exit = once(this.worker, 'exit');
    await this.worker.terminate();
    await exit;
  }

  private rest(): void {
    if (!this.closing) this.worker.unref();
  }

  private answer(): Promise<unknown> {
    return new Promise((resolve, reject) => (this.pending = { resolve, reject }));
  }

  private end(how: string): void {
    this.ended = true;
    this.pending?.reject(new ThreadEndedError(how));
    this.pending = undefined;
  }
}

function originalOf({ error, name, code, retryable }: ThreadFailure): unknown {
  return Object.assign(
    error,
    { name },
    code === undefined ? {} : { code },
    retryable === undefined ? {} : { retryable },
  );
}
