import { type UID } from '@endplate/dicom';
import {
  assembleVolume,
  resampleSagittal,
  sagittalGrid,
  type SagittalStack,
  type Series,
  type Volume,
} from '@endplate/imaging';
import { findSpineSlab } from './ct/spine-slab';
import { networkPlan, type NetworkPlan } from './segment/network-plan';
import { type ProbabilityStack } from './segment/probability-stack';
import { regrid } from './segment/regrid';
import { segmentStack } from './segment/segment-stack';
import { type KernelDependencies } from './study-input';
import { THRESHOLDS } from './thresholds';

/** A series with its voxels and what the network made of them. */
export interface SegmentedSeries {
  readonly volume: Volume;
  readonly stack: ProbabilityStack;
}

/**
 * Decodes one series, resamples it to sagittal slices of the network's spacing, runs the network over them and gives its
 * answer on slices of 1 mm: those of the series on MR, every 3 mm of the slab that holds the spine on CT.
 *
 * @param meanwhile - other work, which may be done while the network runs
 */
export async function segmentSeries(
  series: Series,
  readInstance: (sopInstanceUID: UID) => Promise<Buffer>,
  deps: KernelDependencies,
  meanwhile?: () => void,
): Promise<SegmentedSeries> {
  const { seriesInstanceUID } = series;
  deps.notify?.({ type: 'stage', stage: 'decode', seriesInstanceUID });
  const volume = await assembleVolume(series, readInstance);
  deps.notify?.({ type: 'stage', stage: 'resample', seriesInstanceUID });
  const plan = networkPlan(deps.segmenter.input);
  const slices = resampleFor(plan, volume);
  deps.notify?.({ type: 'stage', stage: 'segment', seriesInstanceUID });
  const probabilities = await segmentStack(
    slices,
    deps.segmenter,
    (done, total) => deps.notify?.({ type: 'progress', stage: 'segment', done, total }),
    meanwhile,
  );
  return { volume, stack: onKernelGrid(plan, volume, probabilities) };
}

const { inPlaneMm, ctSliceMm } = THRESHOLDS.segment;

function resampleFor({ spacingMm, normalisation }: NetworkPlan, volume: Volume): SagittalStack {
  const [sliceMm, rowMm, columnMm] = spacingMm;
  const ct = volume.unit === 'HU';
  const stack = resampleSagittal(volume, {
    inPlaneMm: [rowMm, columnMm],
    sliceMm: sliceMm ?? (ct ? ctSliceMm : 'native'),
    ...(ct ? { slab: slabOf(volume) } : {}),
  });
  // Networks with a scale of their own in HU see all of them.
  return ct && normalisation.includes('zscore-per-slice') ? clipStack(stack) : stack;
}

/** The grid on which levels and measurements work, whatever the network's is. */
function onKernelGrid({ spacingMm }: NetworkPlan, volume: Volume, stack: ProbabilityStack): ProbabilityStack {
  const [sliceMm, rowMm, columnMm] = spacingMm;
  const kept = sliceMm === undefined || (volume.unit === 'HU' && sliceMm === ctSliceMm);
  if (kept && rowMm === inPlaneMm && columnMm === inPlaneMm) return stack;
  const grid = sagittalGrid(
    volume,
    volume.unit === 'HU' ? { inPlaneMm, sliceMm: ctSliceMm, slab: slabOf(volume) } : { inPlaneMm, sliceMm: 'native' },
  );
  return regrid(stack, grid);
}

function slabOf(volume: Volume): { minXMm: number; maxXMm: number } {
  const { fromMm, toMm } = findSpineSlab(volume);
  return { minXMm: fromMm, maxXMm: toMm };
}

/** Limits HU to the range in which soft tissue and bone differ, in place, as the network was trained. */
function clipStack(stack: SagittalStack): SagittalStack {
  const { ctWindowLowHU: low, ctWindowHighHU: high } = THRESHOLDS.segment;
  for (const slice of stack.slices)
    for (let p = 0; p < slice.length; p++) slice[p] = Math.min(Math.max(slice[p]!, low), high);
  return stack;
}
