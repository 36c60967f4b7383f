import { applyAffine, type Vec3 } from '@endplate/dicom';
import { type Assessment, type EndplateDefect } from '@endplate/findings';
import { THRESHOLDS } from '../thresholds';
import { type ProbabilityStack } from '../segment/probability-stack';
import { profileDepth } from './heights';
import { fromFrame } from './plane-frame';
import { type MeasuredVertebra } from './spine-model';
import { type StructureProfile } from './structure-profile';

const { defectReachMm } = THRESHOLDS.degeneration;
const STEP_MM = 0.5;

/** Which endplate of a vertebra. */
export type EndplateSide = 'superior' | 'inferior';

/** The dent of an endplate of a vertebra. @param labelConfidence - 0 to 1: how sure the level is */
export type EndplateDefectOf = (
  vertebra: MeasuredVertebra,
  side: EndplateSide,
  labelConfidence: number,
) => Assessment<EndplateDefect>;

/** The images an endplate is followed in. */
export interface EndplateImages {
  readonly stack: ProbabilityStack;
  /** Signal or HU at an LPS point, mm; undefined outside. */
  readonly at: (p: Vec3) => number | undefined;
  /** Samples that are averaged against noise: offsets along the endplate and across the slices, mm. */
  readonly averaged: readonly (readonly [alongMm: number, acrossMm: number])[];
  /** Where the search begins: this far outside the outline, which may lie a voxel inside the bone. */
  readonly startMm: number;
}

/** Reads native voxels along one endplate of a vertebra and follows where bone begins. */
export class EndplateCourse {
  /** Sign of w from the disc into the body. */
  private readonly into: 1 | -1;

  constructor(
    private readonly images: EndplateImages,
    private readonly side: EndplateSide,
  ) {
    this.into = side === 'superior' ? 1 : -1;
  }

  /** Values of the disc beside the endplate's middle. @param distanceMm - from the outline into the disc */
  beside(profile: StructureProfile, distanceMm: number): number[] {
    return this.middle(profile).map((n) =>
      this.valueAt(profile, profile.u[n]!, this.border(profile)[n]! - distanceMm * this.into),
    );
  }

  /** Values of the marrow in the middle of the body. */
  within(profile: StructureProfile): number[] {
    return this.middle(profile).map((n) =>
      this.valueAt(profile, profile.u[n]!, (profile.top[n]! + profile.bottom[n]!) / 2 + 3),
    );
  }

  /** The profile with its border where values reach those of bone; `defectReachMm` at most into the body. */
  follow(profile: StructureProfile, bone: number): StructureProfile {
    const { startMm } = this.images;
    const border = this.border(profile).map((w, n) => {
      const begin = w - startMm * this.into;
      let before = Number.NaN;
      for (let d = 0; d <= startMm + defectReachMm; d += STEP_MM) {
        const value = this.valueAt(profile, profile.u[n]!, begin + d * this.into);
        if (value >= bone) {
          const part = d === 0 ? 0 : (value - bone) / Math.max(value - before, 1e-6);
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

  private valueAt(profile: StructureProfile, u: number, w: number): number {
    const { stack, at, averaged } = this.images;
    let [sum, n] = [0, 0];
    for (let k = 0; k < averaged.length; k++) {
      const [along, across] = averaged[k]!;
      const [x, y] = fromFrame(profile.frame, u + along, w);
      const [column, row] = [x / stack.spacingMm[0], y / stack.spacingMm[1]];
      const value = at(applyAffine(stack.affine, [column, row, profile.slice + across / stack.spacingMm[2]]));
      if (value === undefined) continue;
      sum += value;
      n++;
    }
    return n > 0 ? sum / n : Number.NaN;
  }
}
