import { type Heights } from '@endplate/findings';
import { fitLine, fromFrame, type FittedLine, type PlanePoint } from './plane-frame';
import { median } from './statistics';
import { type StructureProfile } from './structure-profile';

/** Fractions of the depth at which anterior, middle and posterior height are read. */
const PLACES = { anterior: [0.05, 0.2], middle: [0.4, 0.6], posterior: [0.8, 0.95] } as const;
/** Rims of an endplate: its concavity, often deeper behind, would tilt a line through all of it. */
const RIMS = [
  [0.04, 0.22],
  [0.78, 0.96],
] as const;

/** The profiles nearest to the middle of a structure: three at most, within 7 mm of its centre. */
export function centralProfiles(
  profiles: readonly StructureProfile[],
  centreSlice: number,
  sliceMm: number,
): readonly StructureProfile[] {
  const near = [...profiles].sort((a, b) => Math.abs(a.slice - centreSlice) - Math.abs(b.slice - centreSlice));
  const close = near.filter((p) => Math.abs(p.slice - centreSlice) * sliceMm <= 7).slice(0, 3);
  return close.length > 0 ? close : near.slice(0, 1);
}

/** Anterior, middle and posterior height, each the median over the given slices, mm. */
export function structureHeights(profiles: readonly StructureProfile[]): Heights | undefined {
  if (profiles.length === 0) return undefined;
  const read = ([from, to]: readonly [number, number]): number =>
    median(profiles.map((profile) => meanHeight(profile, from, to)));
  const heights = {
    anteriorMm: read(PLACES.anterior),
    middleMm: read(PLACES.middle),
    posteriorMm: read(PLACES.posterior),
  };
  return Object.values(heights).every((h) => Number.isFinite(h) && h >= 0) ? heights : undefined;
}

/** Depth of a profile between its first and its last position, mm. */
export function profileDepth(profile: StructureProfile): number {
  return profile.u.at(-1)! - profile.u[0]!;
}

function meanHeight(profile: StructureProfile, from: number, to: number): number {
  const depth = profileDepth(profile);
  const start = profile.u[0]!;
  let [sum, n] = [0, 0];
  profile.u.forEach((u, at) => {
    const place = (u - start) / depth;
    if (place < from || place > to) return;
    sum += profile.bottom[at]! - profile.top[at]!;
    n++;
  });
  return n > 0 ? sum / n : Number.NaN;
}

/** The straight line through the anterior and posterior rim of one border of a profile. */
export function borderLine(profile: StructureProfile, border: 'top' | 'bottom'): FittedLine {
  const depth = profileDepth(profile);
  const start = profile.u[0]!;
  const points: PlanePoint[] = [];
  profile.u.forEach((u, at) => {
    const place = (u - start) / depth;
    if (RIMS.some(([from, to]) => place >= from && place <= to)) points.push([u, profile[border][at]!]);
  });
  return fitLine(points);
}

/** Direction of a fitted border in the slice, pointing posteriorly, unit. */
export function borderDirection(profile: StructureProfile, line: FittedLine): PlanePoint {
  const { posterior, caudal } = profile.frame;
  const norm = Math.hypot(1, line.slope);
  return [(posterior[0] + line.slope * caudal[0]) / norm, (posterior[1] + line.slope * caudal[1]) / norm];
}

/** The posterior end of a border in the slice, mm: where the fitted line meets the posterior wall beside it. */
export function posteriorCorner(profile: StructureProfile, border: 'top' | 'bottom'): PlanePoint {
  const line = borderLine(profile, border);
  const u = border === 'top' ? profile.posteriorTop : profile.posteriorBottom;
  return fromFrame(profile.frame, u, line.offset + line.slope * u);
}
