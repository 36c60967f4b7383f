import { type Vec3 } from '@endplate/dicom';
import { type SagittalGrid } from '../segment/probability-stack';
import { THRESHOLDS } from '../thresholds';
import { type CentrelinePoint } from './centreline';
import { type ChainSegment, type SpineChain } from './chain';
import { type SpineProfile } from './profile';
import { findSacralCleft } from './sacral-cleft';

const SEARCH = [0.75, 1.3] as const;
const HEIGHT = 1.05;
const CLEFT = 0.12;
/** What is left of the sacrum below a cut, mm. */
const MIN_REST_MM = 3;

/** What the sacrum of a chain is parted by. */
export interface SacrumEvidence {
  readonly grid: SagittalGrid;
  readonly line: readonly CentrelinePoint[];
  readonly profile: SpineProfile;
  /** Grey values of MR series that lie on the grid, by LPS point; none where they are not to be used. */
  readonly signals: readonly ((p: Vec3) => number | undefined)[];
}

/**
 * Parts the first sacral segment from the rest: at the remnant of the disc between S1 and S2 where the images show it, else
 * where the network does, else by the height of the body above.
 */
export function splitSacrum(chain: SpineChain, evidence: SacrumEvidence): SpineChain {
  const sacrum = chain.segments.at(-1);
  if (sacrum?.kind !== 'sacrum') return chain;
  const heights = chain.segments.filter((s) => s.kind === 'body' && !s.cut).map((s) => s.to - s.from);
  const body = heights.length > 0 ? heights.at(-1)! : THRESHOLDS.level.bodyHeightMm;
  const { grid, line, profile, signals } = evidence;
  const shown = findSacralCleft(grid, line, sacrum.from, body, signals);
  const cut = shown?.at ?? cleftOfNetwork(sacrum, body, profile) ?? Math.round(sacrum.from + HEIGHT * body);
  if (cut >= sacrum.to - MIN_REST_MM) return chain;
  const upper: ChainSegment = { ...sacrum, to: cut, cut: false };
  const lower: ChainSegment = {
    ...sacrum,
    kind: 'lower-sacrum',
    from: cut,
    ...(shown ? { upperBorder: shown.border } : {}),
  };
  return { ...chain, segments: [...chain.segments.slice(0, -1), upper, lower] };
}

/** Where the network sees most of a disc in the sacrum, if that stands out. */
function cleftOfNetwork(sacrum: ChainSegment, bodyMm: number, profile: SpineProfile): number | undefined {
  const cleft = (at: number): number => profile.disc[at]! + 0.5 * profile.other[at]!;
  let cut: number | undefined;
  let [best, mean, count] = [0, 0, 0];
  const low = sacrum.from + SEARCH[0] * bodyMm;
  const high = Math.min(sacrum.from + SEARCH[1] * bodyMm, sacrum.to - MIN_REST_MM);
  for (let at = Math.round(low); at <= high; at++) {
    mean += cleft(at);
    count++;
    if (cleft(at) > best) [best, cut] = [cleft(at), at];
  }
  return count === 0 || best - mean / count < CLEFT ? undefined : cut;
}
