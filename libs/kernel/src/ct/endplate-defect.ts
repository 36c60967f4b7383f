import { notAssessed, type Assessment, type EndplateDefect } from '@endplate/findings';
import { lpsSampler, type Volume } from '@endplate/imaging';
import { EndplateCourse, type EndplateSide } from '../measure/endplate-course';
import { deepestDent, deepestSlices, type SliceDent } from '../measure/deepest-dent';
import { profileDent } from '../measure/endplate-dent';
import { movedOutline, VOXEL_MOVES } from '../measure/moved-outline';
import { type MeasuredVertebra } from '../measure/spine-model';
import { median } from '../measure/statistics';
import { type StructureProfile, widestProfiles } from '../measure/structure-profile';
import { type ProbabilityStack } from '../segment/probability-stack';
import { THRESHOLDS } from '../thresholds';

const { defectDepthMm, defectContrastHU, defectMinSupport, defectMiddleArea } = THRESHOLDS.degeneration;
const { maxReferenceHU, stabilityHU } = THRESHOLDS.ct;
/** The outline may lie a voxel inside the bone. */
const START_MM = 2;
const BESIDE_MM = 2.5;
/** Lateral distance of the samples that are averaged against noise. */
const LATERAL_MM = 0.8;
const AVERAGED = [-LATERAL_MM, 0, LATERAL_MM].map((across) => [0, across] as const);

/** The CT that a vertebra was found in. */
export interface VertebraOnCt {
  readonly volume: Volume;
  readonly stack: ProbabilityStack;
}

/**
 * The deepest local dent of one endplate on native voxels, as a Schmorl node or an erosion makes it: from the disc into the
 * body, bone begins half-way between the HU of disc and marrow; a dent is where it begins later than the smooth curve
 * through the rest of the endplate says. How sure that is comes from the two deepest slices, followed anew with 30 HU more and
 * less and with the outline a voxel further in and out.
 */
export function endplateDefectOnCt(
  vertebra: MeasuredVertebra,
  side: EndplateSide,
  labelConfidence: number,
  { volume, stack }: VertebraOnCt,
): Assessment<EndplateDefect> {
  if (vertebra.ordinal === 0) return notAssessed('SEGMENTATION_UNCERTAIN', 'Endplates of the sacrum are not followed.');
  if (vertebra.cut) return notAssessed('DISC_PARTLY_OUTSIDE', 'The vertebra is only partly in the image.');
  if (vertebra.support < defectMinSupport)
    return notAssessed('SEGMENTATION_UNCERTAIN', 'The outline of the vertebra is uncertain.');
  const wide = widestProfiles(vertebra.profiles, defectMiddleArea);
  const at = lpsSampler(volume);
  const course = new EndplateCourse({ stack, at, averaged: AVERAGED, startMm: START_MM }, side);
  const disc = median(wide.flatMap((profile) => course.beside(profile, BESIDE_MM)));
  const marrow = median(wide.flatMap((profile) => course.within(profile)));
  if (!(marrow - disc >= defectContrastHU) || disc > maxReferenceHU) {
    return notAssessed('REFERENCE_UNSTABLE', 'Marrow and disc do not differ enough in HU to follow the endplate.');
  }
  const bone = (disc + marrow) / 2;
  const dentsAt = (profiles: readonly StructureProfile[], level: number): SliceDent[] =>
    profiles.flatMap((profile): SliceDent[] => {
      const dent = profileDent(course.follow(profile, level), side);
      return dent ? [{ ...dent, slice: profile.slice }] : [];
    });
  const dents = dentsAt(wide, bone);
  const slices = deepestSlices(dents);
  const deepest = wide.filter(({ slice }) => slices.includes(slice));
  const moved = [
    ...[-stabilityHU, stabilityHU].map((hu) => dentsAt(deepest, bone + hu)),
    ...VOXEL_MOVES.map((byMm) =>
      dentsAt(
        deepest.map((profile) => movedOutline(profile, byMm)),
        bone,
      ),
    ),
  ];
  return deepestDent(dents, defectDepthMm, vertebra.support, labelConfidence, moved);
}
