import {
  notAssessed,
  type Assessment,
  type EndplateDefect,
  type EndplateFinding,
  type Modic,
} from '@endplate/findings';
import { deepestDent, type SliceDent } from '../measure/deepest-dent';
import { EndplateCourse, type EndplateDefectOf, type EndplateSide } from '../measure/endplate-course';
import { profileDent } from '../measure/endplate-dent';
import { meanHeightMm, type MeasuredDisc, type MeasuredVertebra, type SpineModel } from '../measure/spine-model';
import { median } from '../measure/statistics';
import { widestProfiles } from '../measure/structure-profile';
import { type ProbabilityStack } from '../segment/probability-stack';
import { THRESHOLDS } from '../thresholds';
import { type SignalAt } from './marrow';
import { type MrSignals } from './measure-mr';

const { defectDepthMrMm, defectContrastMr, defectNoise, defectReachMm, defectMinSupport, defectMiddleArea } =
  THRESHOLDS.degeneration;
const { stability } = THRESHOLDS.modic;
/** Where the search begins and where the disc is read, as parts of its height and at most, mm. */
const START = { part: 0.4, mostMm: 2 } as const;
const BESIDE = { part: 0.5, mostMm: 2.5 } as const;
const LOST_MM = 1;
/** Samples along the endplate that are averaged against noise; slices are thick enough by themselves. */
const ALONG_MM = 0.8;
const AVERAGED = [-ALONG_MM, 0, ALONG_MM].map((along) => [along, 0] as const);

/** One endplate on MR, with what else is known of it. */
export interface EndplateToFollow {
  readonly vertebra: MeasuredVertebra;
  /** The disc that it faces. */
  readonly disc: MeasuredDisc;
  readonly side: EndplateSide;
  readonly stack: ProbabilityStack;
  readonly signal: SignalAt;
  readonly modic: Assessment<Modic> | undefined;
  readonly labelConfidence: number;
}

/** Follows endplates on T1, or on T2 without fat suppression where there is no T1 that lies on it. */
export function endplateDefectsOnMr(
  model: SpineModel,
  stack: ProbabilityStack,
  { t1, t2, fatSuppressed, misalignedMm }: MrSignals,
  endplates: readonly EndplateFinding[],
): EndplateDefectOf {
  const signal = (misalignedMm === undefined ? t1 : undefined) ?? (fatSuppressed ? undefined : t2);
  return (vertebra, side, labelConfidence) => {
    if (!signal) return notAssessed('T1_MISSING', 'An endplate is followed on T1 or on T2 without fat suppression.');
    const disc = model.discs.find((d) => (side === 'superior' ? d.below : d.above)?.id === vertebra.id);
    if (!disc) return notAssessed('NEIGHBOUR_MISSING', 'The disc beside the endplate was not found.');
    const modic = endplates.find((e) => e.vertebraId === vertebra.id && e.position === side)?.modic;
    return endplateDefectOnMr({ vertebra, disc, side, stack, signal, modic, labelConfidence });
  };
}

/**
 * The deepest local dent of one endplate on MR, on native voxels: marrow begins half-way between the signal of disc and
 * marrow. Withheld where both are alike, and where the marrow under the endplate is changed so that it is dark on T1: its
 * border would be taken for the endplate.
 */
export function endplateDefectOnMr(endplate: EndplateToFollow): Assessment<EndplateDefect> {
  const { vertebra, disc, side, stack, signal, labelConfidence } = endplate;
  if (vertebra.ordinal === 0) return notAssessed('SEGMENTATION_UNCERTAIN', 'Endplates of the sacrum are not followed.');
  if (vertebra.cut) return notAssessed('DISC_PARTLY_OUTSIDE', 'The vertebra is only partly in the image.');
  if (Math.min(vertebra.support, disc.support) < defectMinSupport)
    return notAssessed('SEGMENTATION_UNCERTAIN', 'The outline of the vertebra or of the disc is uncertain.');
  if (darkOnT1(endplate.modic)) {
    return notAssessed(
      'REFERENCE_UNSTABLE',
      'The marrow under the endplate is changed and dark on T1, as a dent would be.',
    );
  }
  const height = meanHeightMm(disc) ?? Infinity;
  const wide = widestProfiles(vertebra.profiles, defectMiddleArea);
  const startMm = Math.min(START.mostMm, START.part * height);
  const course = new EndplateCourse({ stack, at: signal, averaged: AVERAGED, startMm }, side);
  const besideMm = Math.min(BESIDE.mostMm, BESIDE.part * height);
  const beside = median(wide.flatMap((profile) => course.beside(profile, besideMm)).filter(Number.isFinite));
  const within = wide.flatMap((profile) => course.within(profile)).filter(Number.isFinite);
  const marrow = median(within);
  const noise = 1.4826 * median(within.map((value) => Math.abs(value - marrow)));
  if (!(marrow - beside >= Math.max(defectContrastMr * marrow, 2 * defectNoise * noise))) {
    return notAssessed('REFERENCE_UNSTABLE', 'Marrow and disc do not differ enough in signal to follow the endplate.');
  }
  const dentsAt = (bone: number): SliceDent[] =>
    wide.flatMap((profile) => {
      const dent = profileDent(course.follow(profile, bone), side);
      // As deep as the search goes: the endplate was lost, not followed.
      return dent && dent.depthMm < defectReachMm - LOST_MM ? [{ ...dent, slice: profile.slice }] : [];
    });
  const moved = [-stability, stability].map((part) => dentsAt((beside + (1 + part) * marrow) / 2));
  return deepestDent(
    dentsAt((beside + marrow) / 2),
    defectDepthMrMm,
    Math.min(vertebra.support, disc.support),
    labelConfidence,
    moved,
  );
}

/** Whether a change of type 1 or 3 was found. */
function darkOnT1(modic: Assessment<Modic> | undefined): boolean {
  if (modic?.status !== 'assessed') return false;
  const { type, mixedOf } = modic.value;
  return [type, ...(mixedOf ?? [])].some((one) => one === '1' || one === '3-possible');
}
