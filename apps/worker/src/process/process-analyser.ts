import { type ChildProcess, fork } from 'node:child_process';
import { type ModelIdentity, type SoftwareIdentity } from '@endplate/findings';
import { type KernelEvent, type KernelResult, type StudyInput } from '@endplate/kernel';
import { type UID } from '@endplate/dicom';
import { type StudyAnalyser } from '../analyse/study-analyser.port';
import { AnalysisFailedError } from '../errors';
import { type FromAnalysis, fromSentError, type ToAnalysis, toSentError } from './message';

/** Settings of {@link startProcessAnalyser}. */
export interface ProcessAnalyserOptions {
  /** Compiled `analysis-process.js`. */
  readonly entry: string;
  readonly bundle: string | undefined;
  readonly intraOpThreads: number;
  readonly software: SoftwareIdentity;
  /** One study may take this long, in ms. */
  readonly deadlineMs: number;
}

/**
 * Starts a process that computes and loads the network in it.
 * @throws WORKER_BUNDLE_UNUSABLE, WORKER_ANALYSIS_FAILED
 */
export async function startProcessAnalyser(options: ProcessAnalyserOptions): Promise<StudyAnalyser> {
  const first = await AnalysisChild.start(options);
  return new ProcessAnalyser(options, first);
}

/** Runs studies one after the other in a process of its own; one that dies or is told to stop is replaced. */
class ProcessAnalyser implements StudyAnalyser {
  readonly model: ModelIdentity;
  private turn: Promise<unknown> = Promise.resolve();
  private closed = false;

  constructor(
    private readonly options: ProcessAnalyserOptions,
    private child: AnalysisChild,
  ) {
    this.model = child.model;
  }

  analyse(input: StudyInput, signal: AbortSignal, notify: (event: KernelEvent) => void): Promise<KernelResult> {
    const run = this.turn.then(async () => {
      signal.throwIfAborted();
      if (this.closed) throw new AnalysisFailedError('the worker is shutting down');
      if (!this.child.alive) this.child = await AnalysisChild.start(this.options);
      return this.child.analyse(input, signal, notify);
    });
    this.turn = run.catch(() => undefined);
    return run;
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.child.stop();
  }
}

type Answer = Extract<FromAnalysis, { type: 'ready' | 'result' }>;

/** One process and what is under way in it. */
class AnalysisChild {
  private readonly exited: Promise<string>;
  private over = false;
  private pending: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined;
  private readInstance: ((sopInstanceUID: UID) => Promise<Buffer>) | undefined;
  private notify: ((event: KernelEvent) => void) | undefined;

  private constructor(
    private readonly process: ChildProcess,
    private readonly options: ProcessAnalyserOptions,
    private identity: ModelIdentity | undefined = undefined,
  ) {
    this.exited = new Promise((resolve) => {
      const end = (how: string) => {
        this.over = true;
        this.pending?.reject(new AnalysisFailedError(`its process ended (${how})`));
        this.pending = undefined;
        resolve(how);
      };
      process.once('exit', (code, signal) => end(signal ?? `exit code ${code ?? 'unknown'}`));
      process.once('error', (error) => end(error.name));
    });
    process.on('message', (message) => this.take(message as FromAnalysis));
  }

  static async start(options: ProcessAnalyserOptions): Promise<AnalysisChild> {
    // Nothing of our environment: the process needs no credentials, and what it cannot know it cannot tell.
    const child = fork(options.entry, [], { serialization: 'advanced', env: {}, stdio: ['ignore', 2, 2, 'ipc'] });
    const started = new AnalysisChild(child, options);
    const { bundle, intraOpThreads } = options;
    try {
      const answer = await started.ask({ type: 'load', bundle, intraOpThreads });
      if (answer.type === 'ready') started.identity = answer.model;
    } catch (error) {
      await started.stop();
      throw error;
    }
    return started;
  }

  get alive(): boolean {
    return !this.over;
  }

  get model(): ModelIdentity {
    if (!this.identity) throw new AnalysisFailedError('no network is loaded');
    return this.identity;
  }

  async analyse(
    { readInstance, ...input }: StudyInput,
    signal: AbortSignal,
    notify: (event: KernelEvent) => void,
  ): Promise<KernelResult> {
    this.readInstance = readInstance;
    this.notify = notify;
    // The kernel has no way to be told to stop, and the network's run cannot be broken off: the process ends.
    const abort = () => this.kill(signal.reason instanceof Error ? signal.reason : new AnalysisFailedError('stopped'));
    signal.addEventListener('abort', abort, { once: true });
    const { deadlineMs, software } = this.options;
    const late = () => this.kill(new AnalysisFailedError(`it took longer than ${deadlineMs} ms`));
    const deadline = setTimeout(late, deadlineMs);
    try {
      const answer = await this.ask({ type: 'analyse', input, software });
      if (answer.type !== 'result') throw new AnalysisFailedError('an answer to another question');
      return answer.result;
    } finally {
      clearTimeout(deadline);
      signal.removeEventListener('abort', abort);
      this.readInstance = undefined;
      this.notify = undefined;
    }
  }

  async stop(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.exited;
  }

  private kill(reason: Error): void {
    this.pending?.reject(reason);
    this.pending = undefined;
    this.over = true;
    this.process.kill('SIGKILL');
  }

  private ask(question: ToAnalysis): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.pending = { resolve, reject };
      this.tell(question);
    });
  }

  private take(message: FromAnalysis): void {
    switch (message.type) {
      case 'event':
        this.notify?.(message.event);
        break;
      case 'read':
        void this.read(message.request, message.sopInstanceUID as UID);
        break;
      case 'failed':
        this.pending?.reject(fromSentError(message.error));
        this.pending = undefined;
        break;
      case 'ready':
      case 'result':
        this.pending?.resolve(message);
        this.pending = undefined;
        break;
      default:
        message satisfies never;
    }
  }

  private async read(request: number, sopInstanceUID: UID): Promise<void> {
    try {
      if (!this.readInstance) return;
      this.tell({ type: 'instance', request, bytes: await this.readInstance(sopInstanceUID) });
    } catch (error) {
      this.tell({ type: 'instance-failed', request, error: toSentError(error) });
    }
  }

  private tell(message: ToAnalysis): void {
    // A send that fails means that the process is ending; its exit tells whoever waits.
    if (this.process.connected) this.process.send(message, () => undefined);
  }
}
