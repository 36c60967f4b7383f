import { THRESHOLDS } from '../thresholds';
import { type MeasuredStructure } from './spine-model';
import { type StructureProfile } from './structure-profile';

/** Spacing of the slices that outlines are found on, mm: what an outline may be off by. */
const VOXEL_MM = THRESHOLDS.segment.inPlaneMm;
const FEWEST_POSITIONS = 8;

/** A voxel further in, and a voxel further out, mm. */
export const VOXEL_MOVES = [-VOXEL_MM, VOXEL_MM] as const;

/** The profile with its outline further out on every side by a length, mm; negative further in. */
export function movedOutline(profile: StructureProfile, byMm: number): StructureProfile {
  const { u, top, bottom } = profile;
  const step = u.length > 1 ? u[1]! - u[0]! : VOXEL_MM;
  const wanted = Math.round(Math.abs(byMm) / step);
  const positions = byMm > 0 ? wanted : -Math.min(wanted, Math.max(0, Math.floor((u.length - FEWEST_POSITIONS) / 2)));
  return {
    ...profile,
    u: resized(u, positions, (end, n) => end + n * step),
    top: resized(top, positions).map((w) => w - byMm),
    bottom: resized(bottom, positions).map((w) => w + byMm),
    from: profile.from - byMm,
    to: profile.to + byMm,
    posteriorTop: profile.posteriorTop + byMm,
    posteriorBottom: profile.posteriorBottom + byMm,
  };
}

/** The profile with one border turned: its anterior end moved caudally by a length, mm, its posterior end left where it is. */
export function turnedBorder(profile: StructureProfile, border: 'top' | 'bottom', byMm: number): StructureProfile {
  const depth = profile.u.at(-1)! - profile.u[0]!;
  const turned = profile[border].map((w, n) => w + byMm * (1 - (profile.u[n]! - profile.u[0]!) / depth));
  return { ...profile, [border]: turned };
}

/** The profiles of a structure's middle moved by a number of slices; those that the structure is not seen on are left out. */
export function slicesBeside(structure: MeasuredStructure, by: number): StructureProfile[] {
  return structure.central.flatMap(({ slice }) => structure.profiles.find((p) => p.slice === slice + by) ?? []);
}

/** Adds (or, with a negative number, takes off) positions at both ends; added ones continue from the end as told. */
function resized(
  values: readonly number[],
  positions: number,
  beyond: (end: number, n: number) => number = (end) => end,
): readonly number[] {
  if (positions <= 0) return values.slice(-positions, values.length + positions);
  const more = Array.from({ length: positions }, (_, n) => n + 1);
  const before = more.map((n) => beyond(values[0]!, -n)).reverse();
  return [...before, ...values, ...more.map((n) => beyond(values.at(-1)!, n))];
}
