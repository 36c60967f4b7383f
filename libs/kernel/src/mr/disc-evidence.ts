import { quantile } from '../measure/statistics';
import { type EndplateSide } from '../measure/endplate-course';
import { depthFrom } from './lesion';
import { type MarrowVoxel } from './marrow';
import { type MarrowReference } from './marrow-reference';

/** Measures of the region around one disc from which the presence of Modic change is told. */
export interface DiscEvidence {
  /** 90th percentile of T1 and of T2 in the band under the endplate over the reference; the brighter of two endplates. */
  readonly t1High: number;
  readonly t2High: number;
  /** ln(1 + mm2) of what is bright on T1 and T2 in the band of one endplate, mean of its middle slices; the larger of two. */
  readonly fatArea: number;
  /** Median T2 of the nucleus over the T2 of the reference marrow. */
  readonly discT2: number;
  /** Height over the height of its neighbours. */
  readonly discHeight: number;
  /** Number from the lowest disc upward, from 1. */
  readonly ordinal: number;
}

/** One endplate of a disc: its marrow on the middle slices and what it is compared with. */
export interface EndplateMarrow {
  readonly side: EndplateSide;
  readonly marrow: readonly MarrowVoxel[];
  readonly reference: MarrowReference;
  /** Area of a voxel in the slice over the number of slices, mm2. */
  readonly pixelAreaMm2: number;
}

const BAND_MM = [1, 6.5] as const;
const BRIGHT = 0.9;
const FAT_T1 = 1.12;
const FAT_T2 = 1.05;
const MIN_VOXELS = 24;

/**
 * The measures of one disc.
 *
 * @returns undefined when neither endplate shows enough marrow
 */
export function discEvidence(
  endplates: readonly EndplateMarrow[],
  disc: Pick<DiscEvidence, 'discT2' | 'discHeight' | 'ordinal'>,
): DiscEvidence | undefined {
  const measured = endplates.map(measureEndplate).filter((m) => m !== undefined);
  if (measured.length === 0) return undefined;
  const top = (name: 't1High' | 't2High' | 'fatArea'): number => Math.max(...measured.map((m) => m[name]));
  return { t1High: top('t1High'), t2High: top('t2High'), fatArea: top('fatArea'), ...disc };
}

function measureEndplate(endplate: EndplateMarrow): Pick<DiscEvidence, 't1High' | 't2High' | 'fatArea'> | undefined {
  const { side, reference, pixelAreaMm2 } = endplate;
  const band = endplate.marrow
    .filter((v) => Number.isFinite(v.t1) && Number.isFinite(v.t2))
    .filter((v) => depthFrom(v, side) >= BAND_MM[0] && depthFrom(v, side) < BAND_MM[1])
    .map((v) => [v.t1 / reference.t1, v.t2 / reference.t2] as const);
  if (band.length < MIN_VOXELS) return undefined;
  const fat = band.filter(([r1, r2]) => r1 > FAT_T1 && r2 > FAT_T2).length;
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
  };
}
