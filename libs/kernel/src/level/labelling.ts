import { VERTEBRA_LEVELS, type Labelling, type VertebraLevel } from '@endplate/findings';
import { THRESHOLDS } from '../thresholds';
import { type ChainPair, type SpineChain } from './chain';

/** Vertebrae upward from the sacrum in the usual anatomy of five lumbar ones. */
const UPWARD: readonly VertebraLevel[] = ['L5', 'L4', 'L3', 'L2', 'L1', 'T12', 'T11', 'T10', 'T9', 'T8'];
const GAP_SCALE = 12;
/** Share of sacrum from which a vertebra is no longer plainly lumbar, and below which a sacrum is not plainly one. */
const MIXED_SACRUM = 0.4;

/** Levels of the mobile vertebrae, caudal to cranial; null where naming would be a guess. */
export interface NamedChain {
  readonly labelling: Labelling;
  readonly vertebrae: readonly (VertebraLevel | null)[];
}

/**
 * Names the vertebrae upward from the sacrum, or withholds the names: without a sacrum, or when a labelling whose
 * lumbosacral junction lies elsewhere fits almost as well (a transitional vertebra looks like that).
 *
 * @param pair - best chain and the best one with another junction
 * @param doubtful - the lowest disc could be lumbosacral or the rudiment below S1
 */
export function nameChain(pair: ChainPair, doubtful = false): NamedChain {
  const bodies = pair.best.segments.filter((s) => s.kind === 'body').length;
  const anchor = hasSacrum(pair.best);
  const difference = pair.alternative ? pair.best.score - pair.alternative.score : GAP_SCALE * 10;
  const gap = 1 - Math.exp(-Math.max(difference, 0) / GAP_SCALE);
  const best = anchor ? upward(bodies) : ordinals(bodies);
  const secondBest = pair.alternative ? alternativeNames(pair.best, pair.alternative, bodies) : [];
  const withheld = reasonToWithhold(pair, anchor, doubtful ? 0 : gap);
  const labelling: Labelling = {
    anchored: anchor && !withheld,
    gap,
    best,
    secondBest,
    ...(withheld ? { reason: withheld } : {}),
  };
  const vertebrae = Array.from({ length: bodies }, (_, n) => (labelling.anchored ? (UPWARD[n] ?? null) : null));
  return { labelling, vertebrae };
}

function hasSacrum(chain: SpineChain): boolean {
  return chain.segments.at(-1)?.kind === 'sacrum';
}

function upward(bodies: number): string[] {
  return Array.from({ length: bodies }, (_, n) => UPWARD[n] ?? 'above T8');
}

function ordinals(bodies: number): string[] {
  return Array.from({ length: bodies }, (_, n) => `vertebra ${n + 1}`);
}

/** The names that the same bodies would carry under the other labelling. */
function alternativeNames(best: SpineChain, alternative: SpineChain, bodies: number): string[] {
  if (!hasSacrum(alternative)) return ordinals(bodies);
  const lowest = best.segments.filter((s) => s.kind === 'body').reverse();
  const junction = alternative.segments.at(-1)!.from;
  const shift = lowest.filter((s) => (s.from + s.to) / 2 > junction).length;
  const added = hasSacrum(best) && junction > best.segments.at(-1)!.from ? 1 : 0;
  return Array.from({ length: bodies }, (_, n) => {
    const place = n - shift + added;
    return place < 0
      ? (VERTEBRA_LEVELS[VERTEBRA_LEVELS.indexOf('S1') - 1 - place] ?? 'sacrum')
      : (UPWARD[place] ?? 'above T8');
  });
}

function reasonToWithhold(pair: ChainPair, anchor: boolean, gap: number): Labelling['reason'] {
  if (!anchor) {
    return {
      code: 'NO_SACRUM',
      text: 'The sacrum is not in view, so levels are counted from the lowest disc and not named.',
    };
  }
  const lowest = pair.best.segments.filter((s) => s.kind === 'body').at(-1);
  const sacrum = pair.best.segments.at(-1);
  if (lowest && lowest.sacralShare > MIXED_SACRUM) {
    return {
      code: 'TRANSITIONAL_VERTEBRA',
      text: 'The lowest vertebra looks partly sacral, so levels are counted and not named.',
    };
  }
  if (gap >= THRESHOLDS.level.minGap && (sacrum?.sacralShare ?? 0) >= MIXED_SACRUM) return undefined;
  return {
    code: 'LEVEL_AMBIGUOUS',
    text: 'Two places for the lumbosacral junction fit almost equally well, so levels are not named.',
  };
}
