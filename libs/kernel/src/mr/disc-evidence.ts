import { mean, median, quantile } from '../measure/statistics';
import { type EndplateSide } from '../measure/endplate-course';
import { depthFrom } from './lesion';
import { type MarrowVoxel } from './marrow';
import { type MarrowReference } from './marrow-reference';

/** Measures of the region around one disc from which the presence of Modic change is told. */
export interface DiscEvidence extends EndplateEvidence, DiscState {
  /** Mean of {@link DiscState.discT2} over the discs of the study. */
  readonly spineDiscT2: number;
}

/** What is read under both endplates: the larger of the two. */
interface EndplateEvidence {
  /** 90th percentile of T1 and of T2 in the band under the endplate over the reference. */
  readonly t1High: number;
  readonly t2High: number;
  /** ln(1 + mm2) of what is bright on T1 and T2 in the band, mean of the middle slices. */
  readonly fatArea: number;
  /** Median T2 a little away from the endplate over the median reference of all bodies. */
  readonly t2Level: number;
  /** Standard deviation of T1 over the reference, next to the endplate. */
  readonly t1Spread: number;
}

/** What is known of the disc itself. */
export interface DiscState {
  /** Median T2 of the nucleus over the T2 of the reference marrow. */
  readonly discT2: number;
  /** Height over the height of its neighbours. */
  readonly discHeight: number;
  /** Number from the lowest disc upward, from 1. */
  readonly ordinal: number;
  /** ln of the T1 of the reference marrow over that of the nucleus: grows with the fat of the marrow, as age does. */
  readonly marrowContrast: number;
  /** Size of the slip, per cent of the endplate; 0 where it can't be measured. */
  readonly slip: number;
  /** 0 to 1: how sure the network is of the disc, less where it is worn. */
  readonly support: number;
}

/** One endplate of a disc: its marrow on the middle slices and what it is compared with. */
export interface EndplateMarrow {
  readonly side: EndplateSide;
  readonly marrow: readonly MarrowVoxel[];
  readonly reference: MarrowReference;
  /** Median T2 of the references of all bodies. */
  readonly spineT2: number;
  /** Area of a voxel in the slice over the number of slices, mm2. */
  readonly pixelAreaMm2: number;
}

const BAND_MM = [1, 6.5] as const;
const BRIGHT = 0.9;
const FAT_T1 = 1.12;
const FAT_T2 = 1.05;
/** Bands as parts of the body's height. */
const NEXT = [0.04, 0.115] as const;
const AWAY = [0.115, 0.23] as const;
const MIN_VOXELS = 24;
const MIN_BAND_VOXELS = 8;

/**
 * The measures of one disc, but for what the whole spine tells.
 *
 * @returns undefined when neither endplate shows enough marrow
 */
export function discEvidence(
  endplates: readonly EndplateMarrow[],
  disc: DiscState,
): Omit<DiscEvidence, 'spineDiscT2'> | undefined {
  const measured = endplates.map(measureEndplate).filter((m) => m !== undefined);
  if (measured.length === 0) return undefined;
  const top = (name: keyof EndplateEvidence): number => Math.max(...measured.map((m) => m[name]));
  return {
    t1High: top('t1High'),
    t2High: top('t2High'),
    fatArea: top('fatArea'),
    t2Level: top('t2Level'),
    t1Spread: top('t1Spread'),
    ...disc,
  };
}

function measureEndplate(endplate: EndplateMarrow): EndplateEvidence | undefined {
  const { side, reference, spineT2, pixelAreaMm2 } = endplate;
  const marrow = endplate.marrow.filter((v) => Number.isFinite(v.t1) && Number.isFinite(v.t2));
  const ratios = (inside: (voxel: MarrowVoxel) => boolean): (readonly [number, number])[] =>
    marrow.filter(inside).map((v) => [v.t1 / reference.t1, v.t2 / reference.t2] as const);
  const between =
    ([from, to]: readonly [number, number], depth: (v: MarrowVoxel) => number) =>
    (v: MarrowVoxel) =>
      depth(v) >= from && depth(v) < to;
  const share = (v: MarrowVoxel): number => depthFrom(v, side) / (v.fromTopMm + v.fromBottomMm);
  const band = ratios(between(BAND_MM, (v) => depthFrom(v, side)));
  const next = ratios(between(NEXT, share)).map(([r1]) => r1);
  const away = ratios(between(AWAY, share)).map(([, r2]) => r2);
  if (band.length < MIN_VOXELS || Math.min(next.length, away.length) < MIN_BAND_VOXELS) return undefined;
  const fat = band.filter(([r1, r2]) => r1 > FAT_T1 && r2 > FAT_T2).length;
  const middle = mean(next);
  return {
    t1High: quantile(
      band.map(([r1]) => r1),
      BRIGHT,
    ),
    t2High: quantile(
      band.map(([, r2]) => r2),
      BRIGHT,
    ),
    fatArea: Math.log1p(fat * pixelAreaMm2),
    t2Level: (median(away) * reference.t2) / spineT2,
    t1Spread: Math.sqrt(mean(next.map((r1) => (r1 - middle) ** 2))),
  };
}
