import { type UID } from '@endplate/dicom';
import { type KeySlice, type SoftwareIdentity, type StudyFindings } from '@endplate/findings';
import { type InstanceHeader } from '@endplate/imaging';
import { type LabelMap } from './label-map';
import { type DiscEvidence } from './mr/disc-evidence';
import { type SpineSegmenter } from './segment/segmenter.port';

/** One study version to analyse. */
export interface StudyInput {
  readonly studyInstanceUID: string;
  readonly version: number;
  readonly digest: string;
  readonly predecessorVersion?: number;
  /** ISO 8601, UTC, from the manifest, so that doing the work twice gives the same bytes. */
  readonly createdAt: string;
  readonly headers: readonly InstanceHeader[];
  /** The Part 10 bytes of one instance. */
  readonly readInstance: (sopInstanceUID: UID) => Promise<Buffer>;
}

/** What {@link analyseStudy} needs besides the study. */
export interface KernelDependencies {
  readonly segmenter: SpineSegmenter;
  readonly software: SoftwareIdentity;
  /** Told about progress; must not throw. */
  readonly notify?: (event: KernelEvent) => void;
}

/** Progress of an analysis. Holds no patient data. */
export type KernelEvent =
  | { readonly type: 'stage'; readonly stage: KernelStage; readonly seriesInstanceUID?: string }
  | { readonly type: 'progress'; readonly stage: KernelStage; readonly done: number; readonly total: number };

/** Stages of an analysis, in order. */
export type KernelStage = 'gate' | 'decode' | 'resample' | 'segment' | 'level' | 'measure' | 'done';

/** Everything that an analysis gives. */
export interface KernelResult {
  readonly findings: StudyFindings;
  readonly labelMaps: readonly LabelMap[];
  readonly keySlices: readonly KeySlice[];
  /** On MR, what the presence of Modic change is told from, per disc id; for calibration, not for the report. */
  readonly modicEvidence?: ReadonlyMap<string, DiscEvidence>;
}
