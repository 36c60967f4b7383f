import { type ModelIdentity } from '@endplate/findings';
import { type KernelEvent, type KernelResult, type StudyInput } from '@endplate/kernel';

/** Runs the kernel on one study version. In which process is its own affair. */
export interface StudyAnalyser {
  /** The network in use. */
  readonly model: ModelIdentity;
  /** @throws what `readInstance` throws, the signal's reason, WORKER_ANALYSIS_FAILED */
  analyse(input: StudyInput, signal: AbortSignal, notify: (event: KernelEvent) => void): Promise<KernelResult>;
  close(): Promise<void>;
}
