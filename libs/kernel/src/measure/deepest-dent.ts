import { assessed, notAssessed, type Assessment, type EndplateDefect } from '@endplate/findings';
import { findingConfidence } from '../confidence/finding-confidence';
import { THRESHOLDS } from '../thresholds';
import { type Dent } from './endplate-dent';

const VOXEL_MM = THRESHOLDS.segment.inPlaneMm;

/** The dent of one slice. */
export interface SliceDent extends Dent {
  readonly slice: number;
}

/**
 * The dent of an endplate from those of its slices, whose depth is what two neighbouring ones reach, since a single one may
 * have lost the endplate.
 *
 * @param leastMm - depth from which it is called
 * @param support - 0 to 1: how sure the outline is
 * @param labelGap - 0 to 1: how sure the level is
 * @param moved - the dents of the slices, or of the deepest two, with reference or outline moved by its allowance
 */
export function deepestDent(
  dents: readonly SliceDent[],
  leastMm: number,
  support: number,
  labelGap: number,
  moved: readonly (readonly SliceDent[])[] = [],
): Assessment<EndplateDefect> {
  if (dents.length < 2)
    return notAssessed('TOO_FEW_SLICES_OF_STRUCTURE', 'The endplate is not seen well enough on two slices.');
  const deepest = deepestPair(dents);
  const present = deepest.depthMm >= leastMm;
  const depths = [deepest.depthMm - VOXEL_MM, deepest.depthMm + VOXEL_MM, ...moved.map((m) => deepestPair(m).depthMm)];
  const stable = depths.every((depthMm) => depthMm >= leastMm === present);
  const confidence = findingConfidence({
    voxelMargin: Math.min(support, Math.abs(deepest.depthMm - leastMm) / VOXEL_MM),
    shapePlausibility: 1,
    labelGap,
    stability: stable ? 1 : 0.5,
  });
  const deep = dents.filter(({ depthMm }) => depthMm >= leastMm);
  const { depthMm, lengthMm } = deepest;
  return assessed({ present, depthMm, lengthMm, sliceCount: present ? deep.length : 0 }, confidence);
}

/** The two neighbouring slices that the deepest dent is read from; none where no two are neighbours. */
export function deepestSlices(dents: readonly SliceDent[]): readonly number[] {
  const [best] = neighbours(dents).sort((a, b) => b.depthMm - a.depthMm);
  return best ? [best.slice, best.slice + 1] : [];
}

/** The deepest dent that two neighbouring slices reach. */
function deepestPair(dents: readonly SliceDent[]): Dent {
  return neighbours(dents).reduce<Dent>((a, b) => (b.depthMm > a.depthMm ? b : a), { depthMm: 0, lengthMm: 0 });
}

/** What each two neighbouring slices both reach, under the number of the first of them. */
function neighbours(dents: readonly SliceDent[]): SliceDent[] {
  return dents.flatMap((dent) => {
    const next = dents.find(({ slice }) => slice === dent.slice + 1);
    return next ? [{ ...(next.depthMm < dent.depthMm ? next : dent), slice: dent.slice }] : [];
  });
}
