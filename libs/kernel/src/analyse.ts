import { groupSeries } from '@endplate/imaging';
import { type Reason, type SeriesUse, type StudyFindings } from '@endplate/findings';
import { analyseCt } from './analyse-ct';
import { analyseMr } from './analyse-mr';
import { type AnalysedSpine } from './analysed-spine';
import { gateStudy, type AnalysisPlan } from './gate/gate-study';
import { type KernelDependencies, type KernelResult, type StudyInput } from './study-input';
import { THRESHOLDS_VERSION } from './thresholds';

/**
 * Analyses one study version: gate, segmentation, levels, measurements. A study that can't be used gives findings with the
 * outcome `not-analysed` and the reason; that is a result, not an error.
 *
 * The same input gives the same bytes.
 *
 * @throws whatever `readInstance` throws, and KernelModelShapeError when the network answers in another shape
 */
export async function analyseStudy(input: StudyInput, deps: KernelDependencies): Promise<KernelResult> {
  deps.notify?.({ type: 'stage', stage: 'gate' });
  const gate = gateStudy(groupSeries([...input.headers]));
  if (!gate.plan) return notAnalysed(input, deps, gate.uses, gate.reason!);
  const foreign = foreignModality(gate.plan, deps);
  if (foreign) return notAnalysed(input, deps, unuse(gate.uses, foreign), foreign);
  const analysed = await runPlan(input, deps, gate.plan);
  if ('code' in analysed) return notAnalysed(input, deps, unuse(gate.uses, analysed), analysed);
  deps.notify?.({ type: 'stage', stage: 'done' });
  return {
    findings: {
      ...frameOf(input, deps),
      outcome: { status: 'analysed' },
      series: [...gate.uses],
      labelling: analysed.labelling,
      lumbarLordosisDeg: analysed.lumbarLordosisDeg,
      coronalCobb: analysed.coronalCobb,
      vertebrae: [...analysed.vertebrae].slice(0, 40),
      discs: [...analysed.discs].slice(0, 40),
      endplates: [...analysed.endplates].slice(0, 80),
      remarks: [...countingRemark(analysed), ...analysed.remarks],
    },
    labelMaps: analysed.labelMaps,
    keySlices: analysed.keySlices,
    ...(analysed.modicEvidence ? { modicEvidence: analysed.modicEvidence } : {}),
  };
}

/** Nothing in the images of a lumbar spine tells five lumbar vertebrae from four or six, so the reader has to know. */
function countingRemark({ labelling, discs }: AnalysedSpine): string[] {
  if (!labelling.anchored || discs.length === 0) return [];
  return ['Levels are counted upward from the sacrum, as if there were five lumbar vertebrae.'];
}

/** Why the network must not see this study, where its bundle names other modalities. */
function foreignModality(plan: AnalysisPlan, { segmenter }: KernelDependencies): Reason | undefined {
  const modality = plan.kind === 'ct' ? 'CT' : 'MR';
  const { modalities } = segmenter.input;
  if (!modalities || modalities.includes(modality)) return undefined;
  return {
    code: 'MODALITY_NOT_SUPPORTED',
    text: `The network in use, ${segmenter.model.name}, is for ${modalities.join(' and ')}, not for ${modality}.`,
  };
}

async function runPlan(
  input: StudyInput,
  deps: KernelDependencies,
  plan: AnalysisPlan,
): Promise<AnalysedSpine | Reason> {
  try {
    return plan.kind === 'ct' ? await analyseCt(plan, input, deps) : await analyseMr(plan, input, deps);
  } catch (error) {
    // Pixel data that can't be decoded will not decode later: a reason for the reader, not a job to repeat.
    if (isUndecodable(error))
      return { code: 'PIXEL_DATA_UNREADABLE', text: `The pixel data can't be decoded (${error.code}).` };
    throw error;
  }
}

function isUndecodable(error: unknown): error is { code: string } {
  if (typeof error !== 'object' || error === null || !('code' in error) || !('retryable' in error)) return false;
  return error.retryable === false && typeof error.code === 'string' && /^(DICOM|IMAGING)_/.test(error.code);
}

function unuse(uses: readonly SeriesUse[], reason: Reason): SeriesUse[] {
  return uses.map((use) => (use.used ? { ...use, used: false, reason } : use));
}

type Frame = Omit<StudyFindings, 'outcome' | 'series' | 'labelling' | 'vertebrae' | 'discs' | 'endplates' | 'remarks'>;

function frameOf(input: StudyInput, deps: KernelDependencies): Frame {
  return {
    schema: 'endplate.findings/1',
    studyInstanceUID: input.studyInstanceUID,
    version: input.version,
    digest: input.digest,
    ...(input.predecessorVersion === undefined ? {} : { predecessorVersion: input.predecessorVersion }),
    createdAt: input.createdAt,
    software: deps.software,
    model: deps.segmenter.model,
    thresholdsVersion: THRESHOLDS_VERSION,
    intendedUse: 'Research and triage only. Not a diagnosis.',
  };
}

function notAnalysed(
  input: StudyInput,
  deps: KernelDependencies,
  uses: readonly SeriesUse[],
  reason: Reason,
): KernelResult {
  const findings: StudyFindings = {
    ...frameOf(input, deps),
    outcome: { status: 'not-analysed', reason },
    series: [...uses],
    vertebrae: [],
    discs: [],
    endplates: [],
    remarks: [],
  };
  deps.notify?.({ type: 'stage', stage: 'done' });
  return { findings, labelMaps: [], keySlices: [] };
}
