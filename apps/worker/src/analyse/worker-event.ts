import { type KernelStage } from '@endplate/kernel';

/** One study version, without anything of a patient. */
export interface VersionName {
  readonly studyInstanceUID: string;
  readonly version: number;
}

/** How the analysis of a version ended. */
export type AnalysisOutcome = 'analysed' | 'not-analysed' | 'present';

/** What the worker tells while it works; the shell logs and counts it. */
export type WorkerEvent = VersionName &
  (
    | { readonly type: 'analysis-started'; readonly instances: number }
    | { readonly type: 'stage'; readonly stage: KernelStage }
    | { readonly type: 'quarantined'; readonly object: string; readonly problems: readonly string[] }
    | {
        readonly type: 'analysis-finished';
        readonly outcome: AnalysisOutcome;
        readonly reasonCode?: string;
        readonly discs: number;
        readonly deliveries: number;
      }
  );
