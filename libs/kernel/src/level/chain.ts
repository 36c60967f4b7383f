import { THRESHOLDS } from '../thresholds';
import { type SpineProfile } from './profile';

/** A straight border on every slice of a grid. */
export interface BorderLine {
  /** A point on it, grid units. */
  readonly column: number;
  readonly row: number;
  /** At right angles to it, pointing caudally, [column, row] of length 1. */
  readonly normal: readonly [number, number];
}

/** A stretch of the centreline, [from, to) in mm of arc from its cranial end. */
export interface ChainSegment {
  /** `sacrum` is its first segment, `lower-sacrum` the rest. */
  readonly kind: 'body' | 'disc' | 'sacrum' | 'lower-sacrum';
  readonly from: number;
  readonly to: number;
  /** Mean probability of the classes that belong to this kind. */
  readonly support: number;
  /** Of what looks like bone, the share that looks like sacrum. */
  readonly sacralShare: number;
  /** True when it ends where the image ends, so that it is seen in part. */
  readonly cut: boolean;
  /** Where it begins exactly, where the images show a border to the stretch above of the same tissue. */
  readonly upperBorder?: BorderLine;
}

/** The chain of one labelling, cranial to caudal, and its score. */
export interface SpineChain {
  readonly segments: readonly ChainSegment[];
  readonly score: number;
}

/** The best chain and the best one whose lumbosacral junction lies elsewhere (or that has none). */
export interface ChainPair {
  readonly best: SpineChain;
  readonly alternative?: SpineChain;
}

const OUT = 0;
const BODY = 1;
const DISC = 2;
const SACRUM = 3;
const END = 4;
type State = typeof OUT | typeof BODY | typeof DISC | typeof SACRUM | typeof END;
const FROM = { [BODY]: [OUT, DISC], [DISC]: [OUT, BODY] } as const;
const MAX_LENGTH_MM = { [BODY]: 44, [DISC]: 22 } as const;
const MIN_DISC_MM = 2;
const MIN_SACRUM_MM = 16;
const MIN_CUT_SACRUM_MM = 6;
const JUNCTION_APART_MM = 14;
const FLOOR = 0.02;

interface Emission {
  readonly sums: Readonly<Record<State, Float64Array>>;
  readonly length: number;
}

/**
 * Splits the profile into outside, bodies and discs in turn, sacrum and outside again: a semi-Markov chain by dynamic
 * programming, with height priors that are fitted to the spine in a second pass.
 *
 * @returns undefined when no chain has two bodies or a body and a sacrum
 */
export function findChain(profile: SpineProfile): ChainPair | undefined {
  const emission = emissions(profile);
  let heights = { body: THRESHOLDS.level.bodyHeightMm, disc: THRESHOLDS.level.discHeightMm, spread: 0.24 };
  const first = solve(emission, profile, heights);
  if (!first) return undefined;
  const median = medianBodyHeight(first.best);
  if (median !== undefined) heights = { body: median, disc: heights.disc * (median / heights.body), spread: 0.16 };
  return solve(emission, profile, heights);
}

function medianBodyHeight(chain: SpineChain): number | undefined {
  const heights = chain.segments
    .filter((s) => s.kind === 'body' && !s.cut && s.support > 0.5)
    .map((s) => s.to - s.from)
    .sort((a, b) => a - b);
  return heights.length >= 3 ? heights[Math.floor(heights.length / 2)] : undefined;
}

function emissions(profile: SpineProfile): Emission {
  const sums = (value: (at: number) => number): Float64Array => {
    const out = new Float64Array(profile.length + 1);
    for (let at = 0; at < profile.length; at++) out[at + 1] = out[at]! + Math.log(Math.max(value(at), FLOOR));
    return out;
  };
  const [b, d, s, o] = [profile.body, profile.disc, profile.sacrum, profile.other];
  const outside = sums((at) => o[at]! + 0.1 * (b[at]! + d[at]! + s[at]!));
  return {
    length: profile.length,
    sums: {
      [OUT]: outside,
      [BODY]: sums((at) => b[at]! + 0.6 * s[at]! + 0.1 * o[at]!),
      [DISC]: sums((at) => d[at]! + 0.12 * o[at]!),
      [SACRUM]: sums((at) => s[at]! + 0.3 * b[at]! + 0.05 * d[at]! + 0.1 * o[at]!),
      [END]: outside,
    },
  };
}

interface Heights {
  readonly body: number;
  readonly disc: number;
  readonly spread: number;
}

/** Log prior of a length; a piece cut by the image border may be shorter than it should. */
function prior(state: State, lengthMm: number, cut: boolean, heights: Heights): number {
  if (state === BODY) {
    const x = Math.log(lengthMm / heights.body) / heights.spread;
    return cut && lengthMm < heights.body ? 0 : -0.5 * x * x;
  }
  if (state === DISC) {
    const x = (lengthMm - heights.disc) / (0.5 * heights.disc);
    return cut && lengthMm < heights.disc ? 0 : -0.5 * x * x;
  }
  return 0;
}

function minLength(state: State, cut: boolean): number {
  return state === DISC ? MIN_DISC_MM : cut ? 5 : 12;
}

interface Step {
  readonly from: number;
  readonly state: State;
}

interface Table {
  readonly score: readonly Float64Array[];
  readonly back: readonly (Step | undefined)[][];
}

function fillTable(emission: Emission, heights: Heights): Table {
  const n = emission.length;
  const score = [OUT, BODY, DISC, SACRUM, END].map(() => new Float64Array(n + 1).fill(-Infinity));
  const back: (Step | undefined)[][] = score.map(() => new Array<Step | undefined>(n + 1));
  for (let at = 0; at <= n; at++) score[OUT]![at] = emission.sums[OUT][at]!;
  for (let to = 1; to <= n; to++) {
    for (const state of [BODY, DISC] as const) {
      for (let from = Math.max(0, to - MAX_LENGTH_MM[state]); from < to; from++) {
        const cut = from === 0 || to === n;
        if (to - from < minLength(state, cut)) continue;
        const gain = emission.sums[state][to]! - emission.sums[state][from]! + prior(state, to - from, cut, heights);
        for (const before of FROM[state]) {
          const value = score[before]![from]! + gain;
          if (value > score[state]![to]!) {
            score[state]![to] = value;
            back[state]![to] = { from, state: before };
          }
        }
      }
    }
  }
  return { score, back };
}

function solve(emission: Emission, profile: SpineProfile, heights: Heights): ChainPair | undefined {
  const table = fillTable(emission, heights);
  const n = emission.length;
  const chains: Candidate[] = [];
  for (let start = 1; start < n; start++) {
    const step = table.score[DISC]![start]!;
    if (!Number.isFinite(step)) continue;
    let best = { end: -1, score: -Infinity };
    for (let end = start + MIN_CUT_SACRUM_MM; end <= n; end++) {
      if (end < n && end - start < MIN_SACRUM_MM) continue;
      const value =
        step +
        emission.sums[SACRUM][end]! -
        emission.sums[SACRUM][start]! +
        emission.sums[END][n]! -
        emission.sums[END][end]!;
      if (value > best.score) best = { end, score: value };
    }
    if (best.end < 0) continue;
    const sacrum = { from: start, to: best.end };
    chains.push({ junction: start, last: { from: start, state: DISC }, sacrum, score: best.score });
  }
  for (const state of [BODY, DISC] as const) {
    let best = { end: -1, score: -Infinity };
    for (let end = 1; end <= n; end++) {
      const value = table.score[state]![end]! + emission.sums[END][n]! - emission.sums[END][end]!;
      if (value > best.score) best = { end, score: value };
    }
    if (best.end < 0) continue;
    chains.push({ junction: undefined, last: { from: best.end, state }, score: best.score });
  }
  return pickPair(chains, (candidate) => traceChain(table, profile, candidate));
}

/** A chain by its last step; its segments are traced for the two that are taken. */
interface Candidate {
  /** Where the sacrum begins; undefined without one. */
  readonly junction: number | undefined;
  readonly last: Step;
  readonly sacrum?: { readonly from: number; readonly to: number };
  readonly score: number;
}

function traceChain(table: Table, profile: SpineProfile, { last, sacrum, score }: Candidate): SpineChain {
  const trace = backtrack(table, profile, last);
  return { segments: sacrum ? [...trace, segment('sacrum', sacrum.from, sacrum.to, profile)] : trace, score };
}

function pickPair(chains: readonly Candidate[], trace: (candidate: Candidate) => SpineChain): ChainPair | undefined {
  const highest = (of: readonly Candidate[]): Candidate | undefined =>
    of.reduce<Candidate | undefined>((top, c) => (top === undefined || c.score > top.score ? c : top), undefined);
  const best = highest(chains);
  const chain = best && trace(best);
  if (!chain || chain.segments.filter((s) => s.kind !== 'disc').length < 2) return undefined;
  const elsewhere = chains.filter((c) =>
    best.junction === undefined || c.junction === undefined
      ? c.junction !== best.junction
      : Math.abs(c.junction - best.junction) >= JUNCTION_APART_MM,
  );
  const alternative = highest(elsewhere);
  return { best: chain, ...(alternative ? { alternative: trace(alternative) } : {}) };
}

function backtrack(table: Table, profile: SpineProfile, last: Step): ChainSegment[] {
  const segments: ChainSegment[] = [];
  let { from: to, state } = last;
  while (state === BODY || state === DISC) {
    const step = table.back[state]![to];
    if (!step) break;
    segments.unshift(segment(state === BODY ? 'body' : 'disc', step.from, to, profile));
    [to, state] = [step.from, step.state];
  }
  return segments;
}

function segment(kind: ChainSegment['kind'], from: number, to: number, profile: SpineProfile): ChainSegment {
  let [sum, sacral, bone] = [0, 0, 1e-6];
  for (let at = from; at < to; at++) {
    const [b, d, s] = [profile.body[at]!, profile.disc[at]!, profile.sacrum[at]!];
    sum += kind === 'disc' ? d : kind === 'body' ? b + 0.7 * s : s + 0.3 * b + 0.2 * d;
    sacral += s;
    bone += b + s;
  }
  const cut = from === 0 || to === profile.length;
  return { kind, from, to, support: sum / (to - from), sacralShare: sacral / bone, cut };
}
