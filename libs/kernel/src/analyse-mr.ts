import { add, applyAffine, invertAffine, type Vec3 } from '@endplate/dicom';
import { notAssessed, type DiscFinding, type EndplateFinding, type Reason } from '@endplate/findings';
import { lpsSampler, type Volume } from '@endplate/imaging';
import { discLevel, labelMap, levelText, outlineSource, vertebraFindings, type AnalysedSpine } from './analysed-spine';
import { segmentSeries, type SegmentedSeries } from './analyse-series';
import { planSeries, type AnalysisPlan } from './gate/gate-study';
import { type LabelMap } from './label-map';
import { labelConfidence, type FindingSurety } from './confidence/finding-confidence';
import { findSpine, type FoundSpine } from './level/find-spine';
import { nativeLabels, type NativeLabels } from './level/native-labels';
import { coronalCobb } from './measure/coronal-cobb';
import { discMeasures, outlineConfidence } from './measure/disc-measures';
import { lumbarLordosis } from './measure/lordosis';
import { spineModel, type MeasuredDisc } from './measure/spine-model';
import { type DiscEvidence } from './mr/disc-evidence';
import { type SignalAt } from './mr/marrow';
import { MrMeasurement, type MrSignals } from './mr/measure-mr';
import { presenceAgreement } from './mr/modic-presence';
import { type ModicResult } from './mr/modic';
import { modicRemarks } from './mr/modic-remarks';
import { lesionOutlines, lesionToDraw } from './mr/lesion-outlines';
import { fuseProbabilities, registerSpines, type Registration } from './mr/registration';
import { keySlices, type DrawnLesion } from './outline/key-slices';
import { structureOutlines, type OutlineSource } from './outline/structure-outlines';
import { type KernelDependencies, type StudyInput } from './study-input';
import { THRESHOLDS } from './thresholds';

type MrPlan = Extract<AnalysisPlan, { kind: 'mr' }>;

/** Said once: the reports do not repeat it for every endplate. */
const DENTS_NEED_CT = 'Local dents of endplates (Schmorl nodes) need CT and are not assessed on MR.';

interface Partner extends SegmentedSeries {
  readonly registration: Registration | undefined;
}

/** Analyses the MR series of a plan: each is segmented, aligned ones are averaged on the primary series' grid. */
export async function analyseMr(
  plan: MrPlan,
  input: StudyInput,
  deps: KernelDependencies,
): Promise<AnalysedSpine | Reason> {
  const primary = await segmentSeries(plan.primary.series, input.readInstance, deps);
  let found: { readonly spine: FoundSpine | undefined } | undefined;
  const primaryAlone = (): FoundSpine | undefined =>
    (found ??= { spine: findSpine(copyStack(primary.stack), true) }).spine;
  const partners = new Map<string, Partner>();
  for (const { series } of planSeries(plan).slice(1)) {
    const segmented = await segmentSeries(series, input.readInstance, deps, primaryAlone);
    const alone = primaryAlone();
    const other = alone && findSpine(copyStack(segmented.stack), true);
    partners.set(series.seriesInstanceUID, {
      ...segmented,
      registration: alone && other ? registerSpines(alone, other) : undefined,
    });
  }
  deps.notify?.({ type: 'stage', stage: 'level' });
  for (const { stack, registration } of partners.values()) {
    if (isAligned(registration)) fuseProbabilities(primary.stack, stack, registration.shiftLps);
  }
  const spine = findSpine(primary.stack, true, alignedSignals(primary, partners));
  const labels = spine && nativeLabels(primary.volume, primary.stack, spine.map);
  if (!spine || !labels) return { code: 'NO_SPINE_FOUND', text: 'No vertebrae were found in the MR series.' };
  deps.notify?.({ type: 'stage', stage: 'measure' });
  const model = spineModel(primary.stack, spine);
  const source = outlineSource(primary.volume, primary.stack);
  const signals = mrSignals(plan, primary, partners);
  const measurement = new MrMeasurement(model, labels, primary.stack, signals);
  const { gap } = spine.named.labelling;
  const sureOf = (disc: MeasuredDisc): FindingSurety => ({
    outlineConfidence: outlineConfidence(disc),
    labelConfidence: labelConfidence(gap, discLevel(disc) !== null),
  });
  const measures = new Map(model.discs.map((disc) => [disc, discMeasures(disc, sureOf(disc).labelConfidence)]));
  const modicEvidence = measurement.evidence((disc) => measures.get(disc)!);
  const endplates = model.discs.flatMap((disc) =>
    weighByEvidence(endplatesOf(disc, measurement, labels, source, sureOf(disc)), modicEvidence.get(disc.id)),
  );
  const aligned: LabelMap[] = [...partners.values()].flatMap(({ volume, registration }) => {
    const own = isAligned(registration) ? nativeLabels(volume, primary.stack, spine.map) : undefined;
    return own ? [labelMap(volume, own, model)] : [];
  });
  const endplateFindings = endplates.map((e) => e.finding);
  const lesions = endplates.flatMap(({ finding, result }) => drawn(finding, result, labels));
  const inverse = invertAffine(primary.stack.affine);
  return {
    modicEvidence,
    labelling: spine.named.labelling,
    lumbarLordosisDeg: lumbarLordosis(model, spine.named.labelling.gap),
    coronalCobb: coronalCobb(model, primary.stack),
    vertebrae: vertebraFindings(model, spine, labels, source, () =>
      notAssessed(
        'NEEDS_CT',
        'Dents of endplates need CT: on MR they can not be told from marrow that is dark beside them.',
      ),
    ),
    discs: model.discs.map((disc): DiscFinding => {
      const own = measures.get(disc)!;
      const index = own.heightIndex.status === 'assessed' ? own.heightIndex.value : undefined;
      return {
        ...identify(disc),
        outlines: structureOutlines(spine.map, labels, disc.instance, source),
        seriesInstanceUID: primary.volume.seriesInstanceUID,
        ...own,
        calcification: notAssessed('NEEDS_CT', 'Calcification of a disc needs CT.'),
        vacuum: notAssessed('NEEDS_CT', 'Gas in a disc needs CT.'),
        signal: measurement.signal(disc, index, sureOf(disc)),
      };
    }),
    endplates: endplateFindings,
    remarks: remarksOf(
      partners,
      endplates.map((e) => e.result),
    ),
    labelMaps: [labelMap(primary.volume, labels, model, lesions), ...aligned],
    keySlices: keySlices({
      volume: primary.volume,
      map: spine.map,
      model,
      levelOf: (id) => levelText(model, id),
      lesions,
      toGrid: (p: Vec3) => applyAffine(inverse, p),
      caption: `MR, ${plan.primary.role.replace('mr-', '').replaceAll('-', ' ').toUpperCase()}, sagittal`,
    }),
  };
}

/** Lowers the confidence of both endplates of a disc where the region speaks against what the rules said. */
function weighByEvidence(
  endplates: readonly MeasuredEndplate[],
  evidence: DiscEvidence | undefined,
): MeasuredEndplate[] {
  if (!evidence) return [...endplates];
  const found = endplates.some(({ finding: { modic } }) => modic.status === 'assessed' && modic.value.type !== 'none');
  const agreement = presenceAgreement(evidence, found);
  return endplates.map((endplate) => {
    const { modic } = endplate.finding;
    if (modic.status !== 'assessed') return endplate;
    const weighed = { ...modic, confidence: Math.min(modic.confidence, agreement) };
    return { ...endplate, finding: { ...endplate.finding, modic: weighed } };
  });
}

function isAligned(registration: Registration | undefined): registration is Registration {
  return registration !== undefined && registration.misalignmentMm <= THRESHOLDS.modic.maxMisalignmentMm;
}

/** Finding a spine adjusts probabilities, so that a trial works on a copy. */
function copyStack(stack: SegmentedSeries['stack']): SegmentedSeries['stack'] {
  return { ...stack, planes: stack.planes.map((plane) => plane.slice()) };
}

function identify(
  disc: MeasuredDisc,
): Pick<DiscFinding, 'id' | 'ordinal' | 'level' | 'vertebraAboveId' | 'vertebraBelowId' | 'centroidLps'> {
  // prettier-ignore
  return {
    id: disc.id,
    ordinal: disc.ordinal,
    level: discLevel(disc),
    vertebraAboveId: disc.above?.id ?? null,
    vertebraBelowId: disc.below?.id ?? null,
    centroidLps: [...disc.centroidLps],
  };
}

/** mm, or NaN where the two could not be compared. */
function shiftOf(partner: Partner): number {
  return partner.registration?.misalignmentMm ?? Number.NaN;
}

/** Signals of the primary series and of those that lie on it, by a point of the primary one. */
function alignedSignals(primary: SegmentedSeries, partners: ReadonlyMap<string, Partner>): SignalAt[] {
  const others = [...partners.values()].flatMap(({ volume, registration }) =>
    isAligned(registration) ? [shifted(volume, registration.shiftLps)] : [],
  );
  return [lpsSampler(primary.volume), ...others];
}

function shifted(volume: Volume, shift: Vec3): SignalAt {
  const at = lpsSampler(volume);
  return (p) => at(add(p, shift));
}

/** T1 and T2 as functions of a point on the primary series; a partner is read where the alignment says. */
function mrSignals(plan: MrPlan, primary: SegmentedSeries, partners: ReadonlyMap<string, Partner>): MrSignals {
  const t2 = plan.t2 ?? plan.t2FatSuppressed;
  let misalignedMm: number | undefined;
  const read = (uid: string | undefined): SignalAt | undefined => {
    if (uid === undefined) return undefined;
    if (uid === primary.volume.seriesInstanceUID) return lpsSampler(primary.volume);
    const partner = partners.get(uid);
    if (!partner) return undefined;
    const { registration } = partner;
    if (!isAligned(registration)) misalignedMm = shiftOf(partner);
    return shifted(partner.volume, registration?.shiftLps ?? [0, 0, 0]);
  };
  const [t1At, t2At] = [read(plan.t1?.series.seriesInstanceUID), read(t2?.series.seriesInstanceUID)];
  return {
    ...(t1At ? { t1: t1At } : {}),
    ...(t2At ? { t2: t2At } : {}),
    fatSuppressed: plan.t2 === undefined,
    ...(misalignedMm === undefined ? {} : { misalignedMm }),
  };
}

interface MeasuredEndplate {
  readonly finding: EndplateFinding;
  readonly result: ModicResult;
}

/** The two endplates of a disc, the lower one (superior endplate of the vertebra below) first. */
function endplatesOf(
  disc: MeasuredDisc,
  measurement: MrMeasurement,
  labels: NativeLabels,
  source: OutlineSource,
  sure: FindingSurety,
): MeasuredEndplate[] {
  const sides = [
    { vertebra: disc.below, position: 'superior' as const },
    { vertebra: disc.above, position: 'inferior' as const },
  ];
  return sides.flatMap(({ vertebra, position }): MeasuredEndplate[] => {
    if (!vertebra || vertebra.instance.voxels === 0) return [];
    const result = measurement.modic(vertebra, disc, position, sure);
    const outlines = lesionOutlines(result.lesions, labels, source);
    const modic =
      result.assessment.status === 'assessed'
        ? { ...result.assessment, value: { ...result.assessment.value, outlines } }
        : result.assessment;
    return [
      {
        result,
        finding: {
          id: `${vertebra.id}-${position}`,
          vertebraId: vertebra.id,
          discId: disc.id,
          position,
          vertebraLevel: vertebra.level,
          modic,
        },
      },
    ];
  });
}

function drawn(finding: EndplateFinding, result: ModicResult, labels: NativeLabels): DrawnLesion[] {
  const lesion = lesionToDraw(finding, result, labels);
  return lesion ? [lesion] : [];
}

function remarksOf(partners: ReadonlyMap<string, Partner>, results: readonly ModicResult[]): string[] {
  const remarks = [...modicRemarks(results.map((r) => r.assessment)), DENTS_NEED_CT];
  if ([...partners.values()].some((p) => !isAligned(p.registration))) {
    remarks.push('A series could not be aligned with the others and was not combined with them.');
  }
  return remarks;
}
