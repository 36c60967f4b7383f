import { applyAffine, type Vec3 } from '@endplate/dicom';
import { assessed, notAssessed, type Assessment, type EndplateDefect } from '@endplate/findings';
import { sampleLps, type Volume } from '@endplate/imaging';
import { findingConfidence } from '../confidence/finding-confidence';
import { profileDepth } from '../measure/heights';
import { fromFrame } from '../measure/plane-frame';
import { type MeasuredVertebra } from '../measure/spine-model';
import { median } from '../measure/statistics';
import { type StructureProfile, widestProfiles } from '../measure/structure-profile';
import { type ProbabilityStack } from '../segment/probability-stack';
import { THRESHOLDS } from '../thresholds';
import { profileDent, type Dent } from './endplate-dent';

const { defectDepthMm, defectReachMm, defectContrastHU } = THRESHOLDS.degeneration;
const { maxReferenceHU } = THRESHOLDS.ct;
const MIN_SUPPORT = 0.3;
/** Slices through the middle of the body: at the sides the endplate turns into pedicle and rim. */
const MIDDLE_AREA = 0.75;
/** Where the search begins: this far outside the outline, which may lie a voxel inside the bone. */
const START_MM = 2;
const STEP_MM = 0.5;
/** Lateral distance of the samples that are averaged against noise. */
const LATERAL_MM = 0.8;
const VOXEL_MM = THRESHOLDS.segment.inPlaneMm;

/** The CT that a vertebra was found in. */
export interface VertebraOnCt {
  readonly volume: Volume;
  readonly stack: ProbabilityStack;
}

/** Which endplate of a vertebra. */
type Side = 'superior' | 'inferior';

/**
 * The deepest local dent of one endplate on native voxels, as a Schmorl node or an erosion makes it: from the disc into the
 * body, bone begins half-way between the HU of disc and marrow; a dent is where it begins later than the smooth curve
 * through the rest of the endplate says.
 *
 * @param ct - undefined on MR, where a node can't be told from a change of the marrow by its signal and outlines smooth it over
 */
export function endplateDefect(
  vertebra: MeasuredVertebra,
  side: Side,
  labelConfidence: number,
  ct: VertebraOnCt | undefined,
): Assessment<EndplateDefect> {
  if (!ct) return notAssessed('NEEDS_CT', 'Dents of an endplate are measured on CT.');
  if (vertebra.ordinal === 0) return notAssessed('SEGMENTATION_UNCERTAIN', 'Endplates of the sacrum are not followed.');
  if (vertebra.cut) return notAssessed('DISC_PARTLY_OUTSIDE', 'The vertebra is only partly in the image.');
  if (vertebra.support < MIN_SUPPORT)
    return notAssessed('SEGMENTATION_UNCERTAIN', 'The outline of the vertebra is uncertain.');
  const wide = widestProfiles(vertebra.profiles, MIDDLE_AREA);
  const sampler = new EndplateSampler(ct, side);
  const disc = median(wide.flatMap((profile) => sampler.beside(profile)));
  const marrow = median(wide.flatMap((profile) => sampler.within(profile)));
  if (!(marrow - disc >= defectContrastHU) || disc > maxReferenceHU) {
    return notAssessed('REFERENCE_UNSTABLE', 'Marrow and disc do not differ enough in HU to follow the endplate.');
  }
  const bone = (disc + marrow) / 2;
  const dents = wide.flatMap((profile): SliceDent[] => {
    const dent = profileDent(sampler.follow(profile, bone), side);
    return dent ? [{ ...dent, slice: profile.slice }] : [];
  });
  if (dents.length < 2)
    return notAssessed('TOO_FEW_SLICES_OF_STRUCTURE', 'The endplate is not seen well enough on two slices.');
  return assessed(...describe(dents, vertebra.support, labelConfidence));
}

interface SliceDent extends Dent {
  readonly slice: number;
}

/** The depth is what two neighbouring slices reach: a single one may have lost the endplate. */
function describe(dents: readonly SliceDent[], support: number, labelGap: number): [EndplateDefect, number] {
  const pairs = dents.flatMap((dent) => {
    const next = dents.find(({ slice }) => slice === dent.slice + 1);
    return next ? [next.depthMm < dent.depthMm ? next : dent] : [];
  });
  const deepest = pairs.reduce<Dent>((a, b) => (b.depthMm > a.depthMm ? b : a), { depthMm: 0, lengthMm: 0 });
  const presentAt = (shift: number): boolean => deepest.depthMm + shift >= defectDepthMm;
  const present = presentAt(0);
  const stable = [-VOXEL_MM, VOXEL_MM].every((shift) => presentAt(shift) === present);
  const confidence = findingConfidence({
    voxelMargin: Math.min(support, Math.abs(deepest.depthMm - defectDepthMm) / VOXEL_MM),
    shapePlausibility: 1,
    labelGap,
    stability: stable ? 1 : 0.5,
  });
  const deep = dents.filter(({ depthMm }) => depthMm >= defectDepthMm);
  return [
    { present, depthMm: deepest.depthMm, lengthMm: deepest.lengthMm, sliceCount: present ? deep.length : 0 },
    confidence,
  ];
}

/** Reads HU along the endplates of one vertebra. */
class EndplateSampler {
  /** Sign of w from the disc into the body. */
  private readonly into: 1 | -1;

  constructor(
    private readonly ct: VertebraOnCt,
    private readonly side: Side,
  ) {
    this.into = side === 'superior' ? 1 : -1;
  }

  /** HU of the disc beside the endplate's middle. */
  beside(profile: StructureProfile): number[] {
    return this.middle(profile).map((n) => this.at(profile, profile.u[n]!, this.border(profile)[n]! - 2.5 * this.into));
  }

  /** HU of the marrow in the middle of the body. */
  within(profile: StructureProfile): number[] {
    return this.middle(profile).map((n) =>
      this.at(profile, profile.u[n]!, (profile.top[n]! + profile.bottom[n]!) / 2 + 3),
    );
  }

  /** The profile with its border where bone begins; `defectReachMm` at most into the body. */
  follow(profile: StructureProfile, boneHU: number): StructureProfile {
    const border = this.border(profile).map((w, n) => {
      const begin = w - START_MM * this.into;
      let before = Number.NaN;
      for (let d = 0; d <= START_MM + defectReachMm; d += STEP_MM) {
        const value = this.at(profile, profile.u[n]!, begin + d * this.into);
        if (value >= boneHU) {
          const part = d === 0 ? 0 : (value - boneHU) / Math.max(value - before, 1e-6);
          return begin + (d - STEP_MM * part) * this.into;
        }
        before = value;
      }
      return w + defectReachMm * this.into;
    });
    return { ...profile, [this.side === 'superior' ? 'top' : 'bottom']: border };
  }

  private border(profile: StructureProfile): readonly number[] {
    return this.side === 'superior' ? profile.top : profile.bottom;
  }

  /** Positions in the middle three fifths of the endplate. */
  private middle(profile: StructureProfile): number[] {
    const depth = profileDepth(profile);
    const place = (u: number): number => (u - profile.u[0]!) / depth;
    return profile.u.flatMap((u, n) => (place(u) > 0.2 && place(u) < 0.8 ? [n] : []));
  }

  private at(profile: StructureProfile, u: number, w: number): number {
    const { stack, volume } = this.ct;
    const [x, y] = fromFrame(profile.frame, u, w);
    const [column, row] = [x / stack.spacingMm[0], y / stack.spacingMm[1]];
    let [sum, n] = [0, 0];
    for (const shift of [-LATERAL_MM, 0, LATERAL_MM]) {
      const p: Vec3 = applyAffine(stack.affine, [column, row, profile.slice + shift / stack.spacingMm[2]]);
      const value = sampleLps(volume, p);
      if (value === undefined) continue;
      sum += value;
      n++;
    }
    return n > 0 ? sum / n : Number.NaN;
  }
}
