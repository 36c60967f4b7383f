import { assessed, modicCaveats, notAssessed, type Assessment, type Modic } from '@endplate/findings';
import { findingConfidence } from '../confidence/finding-confidence';
import { median } from '../measure/statistics';
import { THRESHOLDS } from '../thresholds';
import { partFocalLesion, type PartedLesions } from './focal-lesion';
import { type EndplateSide } from '../measure/endplate-course';
import { depthFrom, endplateLesions, inBand, type ChangedVoxel, type SliceLesion } from './lesion';
import { type MarrowVoxel } from './marrow';
import { voxelType, type MarrowReference } from './marrow-reference';

const MODIC = THRESHOLDS.modic;

/** One endplate as it is judged. */
export interface EndplateOnMr {
  readonly side: EndplateSide;
  readonly marrow: readonly MarrowVoxel[];
  readonly reference: MarrowReference | undefined;
  readonly fatSuppressed: boolean;
  /** In-plane size (mm) and area (mm2) of a native voxel. */
  readonly pixelMm: number;
  readonly pixelAreaMm2: number;
  readonly sliceCount: number;
  readonly bodyHeightMm: number;
  readonly endplateLengthMm: number;
  readonly outlineConfidence: number;
  /** 0 to 1: how sure the level is. */
  readonly labelConfidence: number;
}

/** The assessment without outlines, and the lesion's voxels for them. */
export interface ModicResult {
  readonly assessment: Assessment<Modic>;
  readonly lesions: readonly SliceLesion[];
}

/** Judges one endplate on T1 and T2 by the marrow rules; withholds where the reference does not hold. */
export function assessModic(endplate: EndplateOnMr): ModicResult {
  const { reference, marrow, side } = endplate;
  const withhold = (code: Parameters<typeof notAssessed>[0], text: string): ModicResult => ({
    assessment: notAssessed(code, text),
    lesions: [],
  });
  if (!reference) return withhold('REFERENCE_UNSTABLE', 'Too little marrow away from the endplates for a reference.');
  const spread = Math.max(reference.t1Sigma / reference.t1, reference.t2Sigma / reference.t2);
  if (!(spread <= MODIC.maxReferenceSpread)) {
    return withhold('REFERENCE_UNSTABLE', 'The marrow away from the endplates is too uneven for a reference.');
  }
  const inside = marrow.filter((v) => inBand(v, side));
  const band = measured(marrow, side);
  if (band.length < MODIC.minReferenceVoxels || band.length < MODIC.minCovered * inside.length)
    return withhold('COVERAGE_INCOMPLETE', 'The band under the endplate is not covered.');
  const parted = partedAt(endplate, reference, band, 1);
  const { lesions } = parted;
  if (endplate.fatSuppressed && fatty(endplate, reference, band)) {
    return withhold('T2_FAT_SUPPRESSED', 'Bright on T1; type 2 can not be told on T2 with fat suppression.');
  }
  const value = describe(endplate, reference, band, parted);
  const confidence = findingConfidence({
    voxelMargin: Math.min(1 - spread, marginConfidence(endplate, lesions)),
    shapePlausibility: endplate.outlineConfidence,
    labelGap: endplate.labelConfidence,
    stability: stability(endplate, reference, band, value.type),
  });
  return { assessment: assessed(value, confidence), lesions };
}

/**
 * 1 when type and presence stay under +-10 % of the reference and with the endplate a voxel further in or out; 0.7 when the
 * type alone changes, 0.5 when the change comes or goes.
 */
function stability(
  endplate: EndplateOnMr,
  reference: MarrowReference,
  band: readonly MarrowVoxel[],
  type: Modic['type'],
): number {
  const typeOf = (own: EndplateOnMr, voxels: readonly MarrowVoxel[], factor: number): Modic['type'] =>
    lesionType(partedAt(own, reference, voxels, factor).lesions.flatMap((lesion) => lesion.voxels)).type;
  const moved = [-endplate.pixelMm, endplate.pixelMm].map((mm) => {
    const marrow = endplate.marrow.map((v) => ({
      ...v,
      fromTopMm: v.fromTopMm + mm,
      fromBottomMm: v.fromBottomMm + mm,
    }));
    return typeOf({ ...endplate, marrow }, measured(marrow, endplate.side), 1);
  });
  const scaled = [1 - MODIC.stability, 1 + MODIC.stability].map((factor) => typeOf(endplate, band, factor));
  const types = [...moved, ...scaled];
  if (types.some((other) => (other === 'none') !== (type === 'none'))) return 0.5;
  return types.every((other) => other === type) ? 1 : 0.7;
}

/** Voxels of the band with both signals. */
function measured(marrow: readonly MarrowVoxel[], side: EndplateSide): MarrowVoxel[] {
  return marrow.filter((v) => inBand(v, side) && Number.isFinite(v.t1) && Number.isFinite(v.t2));
}

/** Lesions when the reference of both channels is multiplied by a factor, a round one told apart. */
function partedAt(
  endplate: EndplateOnMr,
  reference: MarrowReference,
  band: readonly MarrowVoxel[],
  factor: number,
): PartedLesions {
  const lesions = lesionsAt(endplate, reference, band, factor);
  const { side, pixelMm, pixelAreaMm2 } = endplate;
  const other: EndplateSide = side === 'superior' ? 'inferior' : 'superior';
  const beyond = endplate.marrow.filter(
    (v) => depthFrom(v, side) >= MODIC.bandFromMm && depthFrom(v, other) >= MODIC.bandFromMm,
  );
  const changed = changedVoxels(endplate, reference, beyond, factor);
  const near =
    lesions.length > 0 ? changed : changed.filter(({ voxel }) => depthFrom(voxel, side) <= depthFrom(voxel, other));
  return partFocalLesion(lesions, near, pixelMm, pixelAreaMm2);
}

/** Lesions when the reference of both channels is multiplied by a factor. */
function lesionsAt(
  endplate: EndplateOnMr,
  reference: MarrowReference,
  band: readonly MarrowVoxel[],
  factor: number,
): readonly SliceLesion[] {
  const changed = changedVoxels(endplate, reference, band, factor);
  return endplateLesions(changed, endplate.pixelMm, endplate.pixelAreaMm2, endplate.sliceCount);
}

function changedVoxels(
  endplate: EndplateOnMr,
  reference: MarrowReference,
  voxels: readonly MarrowVoxel[],
  factor: number,
): ChangedVoxel[] {
  const scaled = { ...reference, t1: reference.t1 * factor, t2: reference.t2 * factor };
  return voxels.flatMap((voxel): ChangedVoxel[] => {
    const type = voxelType(voxel, scaled, endplate.fatSuppressed);
    return type === 'none' ? [] : [{ voxel, type, depthMm: depthFrom(voxel, endplate.side) }];
  });
}

/** Whether type 2 would be in question if T2 did not suppress fat: bright on T1, whatever T2 shows. */
function fatty(endplate: EndplateOnMr, reference: MarrowReference, band: readonly MarrowVoxel[]): boolean {
  const bright = band.map((voxel) => ({ ...voxel, t2: reference.t2 }));
  return lesionsAt({ ...endplate, fatSuppressed: false }, reference, bright, 1).length > 0;
}

/** Low where the lesion is only just large enough. */
function marginConfidence(endplate: EndplateOnMr, lesions: readonly SliceLesion[]): number {
  if (lesions.length === 0) return 1;
  const area = Math.max(...lesions.map((lesion) => lesion.areaMm2));
  return Math.min(1, 0.4 + (0.6 * (area - MODIC.minAreaMm2)) / MODIC.minAreaMm2);
}

function describe(
  endplate: EndplateOnMr,
  reference: MarrowReference,
  band: readonly MarrowVoxel[],
  { lesions, focal }: PartedLesions,
): Modic {
  const voxels = lesions.flatMap((lesion) => lesion.voxels);
  const seen = voxels.length > 0 ? voxels.map((v) => v.voxel) : band;
  const depths = voxels.map((v) => v.depthMm);
  const kind = lesionType(voxels);
  return {
    type: kind.type,
    ...(kind.mixedOf ? { mixedOf: kind.mixedOf } : {}),
    t1Ratio: Math.max(0, median(seen.map((v) => v.t1)) / reference.t1),
    t2Ratio: Math.max(0, median(seen.map((v) => v.t2)) / reference.t2),
    areaMm2: Math.max(0, ...lesions.map((lesion) => lesion.areaMm2)),
    sliceCount: lesions.length,
    heightPercent: depths.length > 0 ? Math.min(100, (100 * Math.max(...depths)) / endplate.bodyHeightMm) : 0,
    apFraction: Math.min(1, Math.max(0, ...lesions.map((lesion) => lesion.contactMm)) / endplate.endplateLengthMm),
    caveats: [...modicCaveats(kind), ...(focal ? ['Focal marrow lesion, not Modic.'] : [])],
    ...(focal ? { focalLesion: focal } : {}),
    outlines: [],
  };
}

interface Kind {
  readonly type: Modic['type'];
  readonly mixedOf?: NonNullable<Modic['mixedOf']>;
}

function lesionType(voxels: readonly ChangedVoxel[]): Kind {
  if (voxels.length === 0) return { type: 'none' };
  const types = ['1', '2', '3-possible'] as const;
  const counts = types
    .map((type) => ({ type, share: voxels.filter((v) => v.type === type).length / voxels.length }))
    .sort((a, b) => b.share - a.share);
  const [first, second] = counts as [(typeof counts)[number], (typeof counts)[number]];
  if (second.share >= MODIC.mixedFraction) return { type: 'mixed', mixedOf: [first.type, second.type] };
  return { type: first.type };
}
