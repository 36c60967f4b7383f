import { type ModelIdentity, type SoftwareIdentity } from '@endplate/findings';
import { type KernelEvent, type KernelResult, type StudyInput } from '@endplate/kernel';
import { AnalysisFailedError } from '../errors';

/** An error as it goes from one process to the other. */
export interface SentError {
  readonly name: string;
  /** Absent where the error is not one of ours; then `message` is empty, for it may quote a value. */
  readonly code?: string;
  readonly retryable: boolean;
  readonly message: string;
  /** Of an error that is not ours: where it was thrown. */
  readonly places?: readonly string[];
}

/** What the worker says to its analysis process. */
export type ToAnalysis =
  | { readonly type: 'load'; readonly bundle: string | undefined; readonly intraOpThreads: number }
  | {
      readonly type: 'analyse';
      readonly input: Omit<StudyInput, 'readInstance'>;
      readonly software: SoftwareIdentity;
    }
  | { readonly type: 'instance'; readonly request: number; readonly bytes: Uint8Array }
  | { readonly type: 'instance-failed'; readonly request: number; readonly error: SentError };

/** What the analysis process says. */
export type FromAnalysis =
  | { readonly type: 'ready'; readonly model: ModelIdentity }
  | { readonly type: 'event'; readonly event: KernelEvent }
  | { readonly type: 'read'; readonly request: number; readonly sopInstanceUID: string }
  | { readonly type: 'result'; readonly result: KernelResult }
  | { readonly type: 'failed'; readonly error: SentError };

/** An error of ours that happened on the other side. */
export class RemoteError extends Error {
  readonly code: string;
  readonly retryable: boolean;

  constructor(sent: SentError & { readonly code: string }) {
    super(sent.message);
    this.name = sent.name;
    this.code = sent.code;
    this.retryable = sent.retryable;
  }
}

/** Cuts an error to what may be told. */
export function toSentError(error: unknown): SentError {
  const { code, retryable } = (error ?? {}) as { code?: unknown; retryable?: unknown };
  const name = error instanceof Error ? error.name : typeof error;
  if (error instanceof Error && typeof code === 'string' && typeof retryable === 'boolean') {
    return { name, code, retryable, message: error.message };
  }
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const places = stack.split('\n').filter((line) => line.startsWith('    at '));
  return { name, retryable: true, message: '', places: places.slice(0, 8) };
}

/** The error that the other side had. */
export function fromSentError(sent: SentError): Error {
  const { code, name, places = [] } = sent;
  if (code !== undefined) return new RemoteError({ ...sent, code });
  const cause = new Error();
  cause.name = name;
  cause.stack = [name, ...places].join('\n');
  return new AnalysisFailedError(name, { cause });
}
