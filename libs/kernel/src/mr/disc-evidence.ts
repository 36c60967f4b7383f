import { median, quantile } from '../measure/statistics';
import { THRESHOLDS } from '../thresholds';
import { depthFrom, type EndplateSide } from './lesion';
import { type MarrowVoxel } from './marrow';
import { type MarrowReference } from './marrow-reference';

/** Measures of the region around one disc from which the presence of Modic change is told; names as in the table below. */
export type DiscEvidence = Readonly<Record<EvidenceName, number>>;

/** One endplate of a disc: its marrow and what it is compared with. */
export interface EndplateMarrow {
  readonly side: EndplateSide;
  readonly marrow: readonly MarrowVoxel[];
  readonly reference: MarrowReference;
  readonly pixelAreaMm2: number;
}

/** The disc itself. */
export interface DiscState {
  /** Median T2 of the nucleus over the T2 of the reference marrow. */
  readonly t2ToMarrow: number;
  /** Height over the height of its neighbours. */
  readonly heightIndex: number;
  /** Lower and middle height over depth. */
  readonly thinnest: number;
  /** Number from the lowest disc upward, from 1. */
  readonly ordinal: number;
}

/** What is measured per disc, in the order of the weights. */
export const EVIDENCE_NAMES = [
  't1High', 't1Spread', 't1Level', 't2High', 't2Spread', 't2Level', 'fatShare', 'fatArea', 'oedemaShare', 'darkShare', 't1Gradient', 't2Gradient',
  't1HighOther', 't2HighOther', 't1Front', 't1Back', 't2Front', 't2Back', 'discT2', 'discHeight', 'discThinnest', 'ordinal',
] as const; // prettier-ignore
/** Name of a measure. */
export type EvidenceName = (typeof EVIDENCE_NAMES)[number];

const NEAR_MM = [1, 3.5] as const;
const BAND_MM = [1, 6.5] as const;
const FAR_MM = [6.5, 11] as const;
const MIN_VOXELS = 12;

type Measures = Readonly<Record<string, number>>;

/**
 * The measures of one disc: of its two endplates the larger value, of `...Other` the smaller one.
 *
 * @returns undefined when neither endplate shows enough marrow
 */
export function discEvidence(endplates: readonly EndplateMarrow[], disc: DiscState): DiscEvidence | undefined {
  const measured = endplates.map(measureEndplate).filter((m) => m !== undefined);
  if (measured.length === 0) return undefined;
  const top = (name: string): number => Math.max(...measured.map((m) => m[name]!));
  const other = (name: string): number => Math.min(...measured.map((m) => m[name]!));
  return {
    t1High: top('t1High'), t1Spread: top('t1Spread'), t1Level: top('t1Level'),
    t2High: top('t2High'), t2Spread: top('t2Spread'), t2Level: top('t2Level'),
    fatShare: top('fatShare'), fatArea: top('fatArea'), oedemaShare: top('oedemaShare'), darkShare: top('darkShare'),
    t1Gradient: top('t1Gradient'), t2Gradient: top('t2Gradient'),
    t1HighOther: other('t1High'), t2HighOther: other('t2High'),
    t1Front: top('t1Front'), t1Back: top('t1Back'), t2Front: top('t2Front'), t2Back: top('t2Back'),
    discT2: disc.t2ToMarrow, discHeight: disc.heightIndex, discThinnest: disc.thinnest, ordinal: disc.ordinal,
  }; // prettier-ignore
}

function measureEndplate({ side, marrow, reference, pixelAreaMm2 }: EndplateMarrow): Measures | undefined {
  const seen = marrow
    .filter((v) => Number.isFinite(v.t1) && Number.isFinite(v.t2))
    .map((v) => ({ r1: v.t1 / reference.t1, r2: v.t2 / reference.t2, depth: depthFrom(v, side), u: v.u }));
  const within = ([from, to]: readonly [number, number]): typeof seen =>
    seen.filter((v) => v.depth >= from && v.depth < to);
  const [near, band, far] = [within(NEAR_MM), within(BAND_MM), within(FAR_MM)];
  if (near.length < MIN_VOXELS || band.length < 2 * MIN_VOXELS || far.length < MIN_VOXELS) return undefined;
  const of = (list: typeof seen, key: 'r1' | 'r2'): number[] => list.map((v) => v[key]);
  const share = (test: (v: (typeof seen)[number]) => boolean): number => band.filter(test).length / band.length;
  const places = band.map((v) => v.u);
  const [front, back] = [quantile(places, 0.33), quantile(places, 0.67)];
  const anterior = band.filter((v) => v.u <= front);
  const posterior = band.filter((v) => v.u >= back);
  const fat = (v: (typeof seen)[number]): boolean => v.r1 > 1.12 && v.r2 > 1.05;
  return {
    t1High: quantile(of(band, 'r1'), 0.9), t1Spread: spread(of(band, 'r1')), t1Level: median(of(band, 'r1')),
    t2High: quantile(of(band, 'r2'), 0.9), t2Spread: spread(of(band, 'r2')), t2Level: median(of(band, 'r2')),
    fatShare: share(fat), fatArea: Math.log1p(band.filter(fat).length * pixelAreaMm2),
    oedemaShare: share((v) => v.r1 < 0.88 && v.r2 > 1.08), darkShare: share((v) => v.r1 < THRESHOLDS.modic.type1T1Max),
    t1Gradient: mean(of(near, 'r1')) - mean(of(far, 'r1')), t2Gradient: mean(of(near, 'r2')) - mean(of(far, 'r2')),
    t1Front: mean(of(anterior, 'r1')), t1Back: mean(of(posterior, 'r1')),
    t2Front: mean(of(anterior, 'r2')), t2Back: mean(of(posterior, 'r2')),
  }; // prettier-ignore
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function spread(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}
