import { type Reason, type SeriesRole, type SeriesUse } from '@endplate/findings';
import { type Series } from '@endplate/imaging';
import { isSharpKernel } from './sharp-kernel';
import { unfitness } from './series-fitness';
import { seriesRole } from './series-role';

/** A series with what the gate took it for. */
export interface GatedSeries {
  readonly series: Series;
  readonly role: SeriesRole;
}

/** Series to analyse: one CT, or MR with a primary series and its partners of the same frame of reference. */
export type AnalysisPlan =
  | { readonly kind: 'ct'; readonly ct: GatedSeries }
  | {
      readonly kind: 'mr';
      /** Series on which anatomy is reported: T2 where there is one. */
      readonly primary: GatedSeries;
      readonly t1?: GatedSeries;
      readonly t2?: GatedSeries;
      /** STIR or fat-suppressed T2. */
      readonly t2FatSuppressed?: GatedSeries;
    };

/** Decision of the gate. */
export interface GateDecision {
  readonly uses: readonly SeriesUse[];
  readonly plan?: AnalysisPlan;
  /** Why nothing is analysed, when there is no plan. */
  readonly reason?: Reason;
}

/** Refusals from the one that says most to the one that says least; the study carries the first that occurs. */
const TELLING: readonly Reason['code'][] = [
  'PIXEL_DATA_UNREADABLE', 'NO_HU_SCALE', 'SPACING_TOO_COARSE', 'ORIENTATION_NOT_SUPPORTED', 'TOO_FEW_SLICES',
  'GEOMETRY_UNUSABLE', 'GEOMETRY_MISSING', 'NO_PIXEL_DATA', 'LOCALISER_ONLY', 'MODALITY_NOT_SUPPORTED',
]; // prettier-ignore

/** Decides, from headers alone, which series are analysed and why the others are not. */
export function gateStudy(seriesList: readonly Series[]): GateDecision {
  const entries = seriesList.map((series) => {
    const header = series.headers[0];
    const decision = header ? seriesRole(header) : { role: 'other' as const, evidence: 'empty' };
    return { series, ...decision, reason: unfitness(series, decision.role) };
  });
  const fit = entries.filter((entry) => entry.reason === undefined);
  const plan = planCt(fit) ?? planMr(fit);
  const chosen = new Set(plan ? planSeries(plan).map((gated) => gated.series) : []);
  const uses = entries.map((entry) => seriesUse(entry, chosen.has(entry.series)));
  if (plan) return { uses, plan };
  const refusals = entries.flatMap((entry) => (entry.reason ? [entry.reason] : []));
  const reason =
    TELLING.flatMap((code) => refusals.filter((refusal) => refusal.code === code))[0] ??
    ({ code: 'NO_IMAGES', text: 'The study has no images.' } satisfies Reason);
  return { uses, reason };
}

/** The series of a plan, the primary one first. */
export function planSeries(plan: AnalysisPlan): readonly GatedSeries[] {
  if (plan.kind === 'ct') return [plan.ct];
  const partners = [plan.t2, plan.t1, plan.t2FatSuppressed].filter((gated) => gated !== undefined);
  return [plan.primary, ...partners.filter((gated) => gated.series !== plan.primary.series)];
}

/** The CT that covers most at the finest slices, soft kernels before sharp ones. */
function planCt(fit: readonly GatedSeries[]): AnalysisPlan | undefined {
  const ct = fit.filter((gated) => gated.role === 'ct');
  const rank = ({ series }: GatedSeries): number => {
    const coverage = Math.min(series.headers.length * series.spacingMm, 500) / 50;
    const sharp = isSharpKernel(series.headers[0]?.convolutionKernel) ? 1 : 0;
    return coverage - 2 * Math.max(series.spacingMm, 0.75) - sharp;
  };
  const best = [...ct].sort((a, b) => rank(b) - rank(a) || compareUid(a, b))[0];
  return best && { kind: 'ct', ct: best };
}

function planMr(fit: readonly GatedSeries[]): AnalysisPlan | undefined {
  const mr = fit.filter((gated) => gated.role !== 'ct');
  const byRole = (...roles: SeriesRole[]): GatedSeries[] =>
    mr
      .filter((gated) => roles.includes(gated.role))
      .sort((a, b) => b.series.headers.length - a.series.headers.length || compareUid(a, b));
  const t2 = byRole('mr-t2')[0];
  const primary =
    t2 ??
    byRole('mr-t1')[0] ??
    byRole('mr-t2-fat-suppressed')[0] ??
    byRole('mr-gre', 'mr-t1-fat-suppressed', 'mr-other')[0];
  if (!primary) return undefined;
  const partner = (role: SeriesRole): GatedSeries | undefined =>
    byRole(role).find((gated) => sameFrame(gated.series, primary.series));
  const t1 = partner('mr-t1');
  const t2FatSuppressed = partner('mr-t2-fat-suppressed');
  return {
    kind: 'mr',
    primary,
    ...(t1 ? { t1 } : {}),
    ...(t2 ? { t2 } : {}),
    ...(t2FatSuppressed ? { t2FatSuppressed } : {}),
  };
}

function compareUid(a: GatedSeries, b: GatedSeries): number {
  return a.series.seriesInstanceUID < b.series.seriesInstanceUID ? -1 : 1;
}

function sameFrame(a: Series, b: Series): boolean {
  const frame = a.headers[0]?.frameOfReferenceUID;
  return frame !== undefined && frame === b.headers[0]?.frameOfReferenceUID;
}

function seriesUse(
  entry: GatedSeries & { readonly evidence: string; readonly reason: Reason | undefined },
  used: boolean,
): SeriesUse {
  const { series } = entry;
  const header = series.headers[0];
  const spacing = header?.pixelSpacing;
  return {
    seriesInstanceUID: series.seriesInstanceUID,
    ...(header?.frameOfReferenceUID ? { frameOfReferenceUID: header.frameOfReferenceUID } : {}),
    modality: series.modality,
    role: entry.role,
    roleEvidence: entry.evidence,
    used,
    ...(entry.reason ? { reason: entry.reason } : {}),
    ...(spacing ? { spacingMm: { row: spacing[0], column: spacing[1], slice: series.spacingMm } } : {}),
    instances: uniqueImages(series),
  };
}

/** One reference per image, whatever its frames. */
function uniqueImages(series: Series): SeriesUse['instances'] {
  const images = new Map(series.headers.map((h) => [h.sopInstanceUID, h.sopClassUID]));
  return [...images].map(([sopInstanceUID, sopClassUID]) => ({ sopClassUID, sopInstanceUID }));
}
