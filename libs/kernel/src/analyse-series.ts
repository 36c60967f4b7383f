import { type UID } from '@endplate/dicom';
import { assembleVolume, resampleSagittal, type Series, type Volume } from '@endplate/imaging';
import { findSpineSlab } from './ct/spine-slab';
import { type ProbabilityStack } from './segment/probability-stack';
import { segmentStack } from './segment/segment-stack';
import { type KernelDependencies } from './study-input';
import { THRESHOLDS } from './thresholds';

/** A series with its voxels and what the network made of them. */
export interface SegmentedSeries {
  readonly volume: Volume;
  readonly stack: ProbabilityStack;
}

/** Decodes one series, resamples it to sagittal slices of 1 mm and runs the network over them. */
export async function segmentSeries(
  series: Series,
  readInstance: (sopInstanceUID: UID) => Promise<Buffer>,
  deps: KernelDependencies,
): Promise<SegmentedSeries> {
  const { seriesInstanceUID } = series;
  deps.notify?.({ type: 'stage', stage: 'decode', seriesInstanceUID });
  const volume = await assembleVolume(series, readInstance);
  deps.notify?.({ type: 'stage', stage: 'resample', seriesInstanceUID });
  const inPlaneMm = THRESHOLDS.segment.inPlaneMm;
  const stack =
    volume.unit === 'HU'
      ? clipStack(resampleSagittal(volume, { inPlaneMm, sliceMm: THRESHOLDS.segment.ctSliceMm, slab: slabOf(volume) }))
      : resampleSagittal(volume, { inPlaneMm, sliceMm: 'native' });
  deps.notify?.({ type: 'stage', stage: 'segment', seriesInstanceUID });
  const probabilities = await segmentStack(stack, deps.segmenter, (done, total) =>
    deps.notify?.({ type: 'progress', stage: 'segment', done, total }),
  );
  return { volume, stack: probabilities };
}

function slabOf(volume: Volume): { minXMm: number; maxXMm: number } {
  const { fromMm, toMm } = findSpineSlab(volume);
  return { minXMm: fromMm, maxXMm: toMm };
}

/** Limits HU to the range in which soft tissue and bone differ, in place, as the network was trained. */
function clipStack(stack: ReturnType<typeof resampleSagittal>): ReturnType<typeof resampleSagittal> {
  const { ctWindowLowHU: low, ctWindowHighHU: high } = THRESHOLDS.segment;
  for (const slice of stack.slices)
    for (let p = 0; p < slice.length; p++) slice[p] = Math.min(Math.max(slice[p]!, low), high);
  return stack;
}
