import { applyAffine, normalise, sub, type Vec3 } from '@endplate/dicom';
import { type VertebraLevel } from '@endplate/findings';
import { type FoundSpine } from '../level/find-spine';
import { type SpineInstance } from '../level/instance';
import { type ProbabilityStack } from '../segment/probability-stack';
import { labelExtents } from '../shape/label-extent';
import { borderDirection, borderLine, centralProfiles, structureHeights } from './heights';
import { type PlanePoint } from './plane-frame';
import { structureProfiles, type StructureProfile } from './structure-profile';

/** One structure with its borders on every slice. */
export interface MeasuredStructure {
  readonly id: string;
  readonly instance: SpineInstance;
  readonly profiles: readonly StructureProfile[];
  /** The profiles in its middle. */
  readonly central: readonly StructureProfile[];
  readonly centroidLps: Vec3;
  /** Whether it ends at the border of the image, so that its measures would be wrong. */
  readonly cut: boolean;
  /** 0 to 1: mean probability along the centreline. */
  readonly support: number;
}

/** A vertebra, or the first sacral segment. */
export interface MeasuredVertebra extends MeasuredStructure {
  readonly ordinal: number;
  readonly level: VertebraLevel | null;
}

/** A disc between two neighbours of the chain, where they were found. */
export interface MeasuredDisc extends MeasuredStructure {
  readonly ordinal: number;
  readonly above?: MeasuredVertebra;
  readonly below?: MeasuredVertebra;
}

/** The spine as it is measured; both lists caudal to cranial. */
export interface SpineModel {
  readonly vertebrae: readonly MeasuredVertebra[];
  readonly discs: readonly MeasuredDisc[];
}

/** Numbers the chain from its caudal end and traces the borders of every structure. */
export function spineModel(stack: ProbabilityStack, spine: FoundSpine): SpineModel {
  const caudalFirst = [...spine.map.instances].filter((i) => i.kind !== 'lower-sacrum').reverse();
  const vertebrae: MeasuredVertebra[] = [];
  const places: (MeasuredVertebra | { disc: SpineInstance; ordinal: number })[] = [];
  let [vertebraOrdinal, discOrdinal] = [0, 0];
  for (const instance of caudalFirst) {
    if (instance.kind === 'disc') {
      places.push({ disc: instance, ordinal: ++discOrdinal });
      continue;
    }
    const ordinal = instance.kind === 'sacrum' ? 0 : ++vertebraOrdinal;
    const level =
      ordinal === 0 ? (spine.named.labelling.anchored ? 'S1' : null) : (spine.named.vertebrae[ordinal - 1] ?? null);
    const id = ordinal === 0 ? 'sacrum' : `vertebra-${ordinal}`;
    const vertebra = { ...measureVertebra(stack, spine, instance, id), ordinal, level };
    places.push(vertebra);
    if (instance.voxels > 0) vertebrae.push(vertebra);
  }
  const discs = places.flatMap((place, n): MeasuredDisc[] => {
    if (!('disc' in place) || place.disc.voxels === 0) return [];
    const [below, above] = [places[n - 1], places[n + 1]];
    return [
      {
        ...measureStructure(stack, spine, place.disc, `disc-${place.ordinal}`),
        ordinal: place.ordinal,
        ...(above && !('disc' in above) ? { above } : {}),
        ...(below && !('disc' in below) ? { below } : {}),
      },
    ];
  });
  return { vertebrae, discs };
}

/** The sacrum narrows downward and bends, so its frame is taken from the disc above it where that was found. */
function measureVertebra(
  stack: ProbabilityStack,
  spine: FoundSpine,
  instance: SpineInstance,
  id: string,
): MeasuredStructure {
  if (instance.kind !== 'sacrum') return measureStructure(stack, spine, instance, id);
  const above = spine.map.instances[spine.map.instances.indexOf(instance) - 1];
  if (above?.kind !== 'disc' || above.voxels === 0) return measureStructure(stack, spine, instance, id);
  const disc = measureStructure(stack, spine, above, id);
  return measureStructure(stack, spine, instance, id, disc.central[0]?.frame.caudal);
}

function measureStructure(
  stack: ProbabilityStack,
  spine: FoundSpine,
  instance: SpineInstance,
  id: string,
  caudal?: PlanePoint,
): MeasuredStructure {
  const { segment } = instance;
  const middle = spine.line[Math.min(Math.floor((segment.from + segment.to) / 2), spine.line.length - 1)]!;
  const sliceMm = stack.spacingMm[2];
  let profiles = structureProfiles(stack, spine.map, instance, caudal ?? middle.tangent);
  const turned = caudal ? undefined : caudalDirection(centralProfiles(profiles, instance.centroid[2], sliceMm));
  if (turned) profiles = structureProfiles(stack, spine.map, instance, turned);
  return {
    id,
    instance,
    profiles,
    central: centralProfiles(profiles, instance.centroid[2], sliceMm),
    centroidLps: applyAffine(stack.affine, instance.centroid),
    cut: segment.cut || touchesBorder(spine, instance),
    support: segment.support,
  };
}

/** The direction across a structure: at right angles to the mean of its two borders. */
function caudalDirection(profiles: readonly StructureProfile[]): PlanePoint | undefined {
  if (profiles.length === 0) return undefined;
  let [x, y] = [0, 0];
  for (const profile of profiles) {
    for (const border of ['top', 'bottom'] as const) {
      const direction = borderDirection(profile, borderLine(profile, border));
      x += direction[0];
      y += direction[1];
    }
  }
  // Posterior is (x, y); caudal is a quarter turn from it: posterior = (caudal row, -caudal column).
  const norm = Math.hypot(x, y);
  return norm > 0 ? [-y / norm, x / norm] : undefined;
}

/** Whether the instance has voxels in the first or last row or column of the stack. */
function touchesBorder(spine: FoundSpine, instance: SpineInstance): boolean {
  const { dims, labels } = spine.map;
  const extent = labelExtents(labels, dims)[instance.label];
  if (!extent) return false;
  return [0, 1].some((axis) => extent.low[axis] === 0 || extent.high[axis] === dims[axis]! - 1);
}

/** Mean of the three heights of a structure, mm; undefined where it can't be measured. */
export function meanHeightMm(structure: MeasuredStructure): number | undefined {
  if (structure.cut) return undefined;
  const heights = structureHeights(structure.central);
  return heights && (heights.anteriorMm + heights.middleMm + heights.posteriorMm) / 3;
}

/** Directions of a structure's frame in LPS, unit: posterior, cranial and left. */
export function structureAxes(
  structure: MeasuredStructure,
  stack: ProbabilityStack,
): { posterior: Vec3; cranial: Vec3; left: Vec3 } | undefined {
  const profile = structure.central[0];
  if (!profile) return undefined;
  const origin = applyAffine(stack.affine, [0, 0, 0]);
  const direction = (c: number, r: number, s: number): Vec3 =>
    normalise(sub(applyAffine(stack.affine, [c / stack.spacingMm[0], r / stack.spacingMm[1], s]), origin));
  const { posterior, caudal } = profile.frame;
  return {
    posterior: direction(posterior[0], posterior[1], 0),
    cranial: direction(-caudal[0], -caudal[1], 0),
    left: direction(0, 0, 1),
  };
}
