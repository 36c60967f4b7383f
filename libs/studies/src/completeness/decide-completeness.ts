import { digestExpected, type ExpectedInstances, type NamedInstance } from '../evidence/expected-instances';
import { NAMED_QUIET_MS } from '../evidence/evidence-recorder';
import { expectationOf, type Expectation } from './expectation';

/** A peer that can be asked for a study, and what came of it since the latest version. */
export interface SourceHistory {
  readonly aeTitle: string;
  /** Whether instances may be fetched from there. */
  readonly canFetch: boolean;
  /** Times of the questions that got an answer, and of those that did not; ms since 1970, ascending. */
  readonly answeredAt: readonly number[];
  readonly unansweredAt: readonly number[];
  /** Times at which a fetch began. */
  readonly fetchedAt: readonly number[];
}

/** Bounds of the decision. */
export interface CompletenessLimits {
  /** Longest time after the quiet period that a study waits for instances or answers, ms. */
  readonly waitMs: number;
  /** First pause after a question without an answer, or a fetch that left instances missing, ms; it doubles. */
  readonly retryMs: number;
  /** Questions without an answer, per source. */
  readonly maxUnanswered: number;
  /** Questions at all, per source. */
  readonly maxAsked: number;
  /** Fetches, per source. */
  readonly maxFetches: number;
  /** How often the study is put off, whatever the clocks say. */
  readonly maxRearmed: number;
}

/** The bounds where nothing else is asked for. */
export const COMPLETENESS_LIMITS: CompletenessLimits = {
  waitMs: 300_000,
  retryMs: 10_000,
  maxUnanswered: 3,
  maxAsked: 6,
  maxFetches: 3,
  maxRearmed: 40,
};

/** Everything the decision rests on. */
export interface CompletenessFacts {
  readonly now: Date;
  readonly quietMs: number;
  /** The queue did not wait for the quiet period: somebody named instances. */
  readonly early: boolean;
  readonly rearmed: number;
  /** What is stored. */
  readonly instances: readonly NamedInstance[];
  /** Store's time of the youngest instance that came by itself; what we fetched prolongs nothing. */
  readonly lastAt: Date;
  /** Everything that was said; of C-FIND only answers since the latest version count. */
  readonly statements: readonly ExpectedInstances[];
  /** When the latest version was made. */
  readonly since?: Date;
  readonly sources: readonly SourceHistory[];
  readonly limits: CompletenessLimits;
}

/** What is to be done with a study now. */
export type CompletenessDecision =
  | { readonly kind: 'wait'; readonly delayMs: number; readonly reason: WaitReason }
  /** C-FIND. */
  | { readonly kind: 'ask'; readonly aeTitle: string }
  /** C-MOVE to ourselves: these instances, or the whole study where their names are not known. */
  | { readonly kind: 'fetch'; readonly aeTitle: string; readonly instances?: readonly NamedInstance[] }
  | { readonly kind: 'complete'; readonly basis: CompletenessBasis; readonly expectation: Expectation };

/** Why a study waits: for silence, for a source to be asked or fetched from again, for instances. */
export type WaitReason = 'moving' | 'source-away' | 'fetch-retry' | 'instances-missing';

/** What ended the wait: silence, or that everything here was named and nothing else was. */
export type CompletenessBasis = 'quiet-period' | 'named-instances';

/** How often a study whose instances came while its job waited for a hand is waited for again. */
const MAX_MOVING = 5;

/**
 * Decides whether a study is complete.
 *
 * The quiet period comes first. It ends early only where procedure steps or notifications name exactly the instances
 * that are here: nothing that was announced is missing, and nothing is here whose series might go on. That is safe,
 * for what comes later all the same makes a new version. Then its sources are asked; what is missing is fetched where
 * that is allowed; and what cannot be had is waited for up to a bound that begins with the end of the quiet period.
 * Every path ends in a version: a source that is away costs time, never the analysis.
 */
export function decideCompleteness(facts: CompletenessFacts): CompletenessDecision {
  const { quietMs, limits, now } = facts;
  const expectation = expectationOf(facts.instances, statementsThatCount(facts));
  const basis = expectation.namedExactly ? 'named-instances' : 'quiet-period';
  const neededMs = expectation.namedExactly ? Math.min(quietMs, NAMED_QUIET_MS) : quietMs;
  const silentMs = Math.max(0, now.getTime() - facts.lastAt.getTime());
  if (isMoving(facts, neededMs, silentMs)) return wait('moving', neededMs - silentMs);
  const leftMs = neededMs + limits.waitMs - silentMs;
  const complete = { kind: 'complete', basis, expectation } as const;
  if (leftMs <= 0 || facts.rearmed >= limits.maxRearmed) return complete;
  const next = nextQuestion(facts) ?? (expectation.missing > 0 ? nextFetch(facts, expectation) : undefined);
  if (next?.kind === 'wait') return wait(next.reason, Math.min(next.delayMs, leftMs));
  if (next) return next;
  // Who was allowed to fetch and could not has learned that there is no more to be had.
  if (expectation.missing === 0 || facts.sources.some(({ fetchedAt }) => fetchedAt.length > 0)) return complete;
  return wait('instances-missing', leftMs);
}

/**
 * Of C-FIND the latest answer of each peer since the latest version; of a step or notification that was told again the
 * latest telling; of the rest everything.
 */
export function statementsThatCount({
  statements,
  since,
}: Pick<CompletenessFacts, 'statements' | 'since'>): ExpectedInstances[] {
  const latest = new Map<string, ExpectedInstances>();
  for (const one of [...statements].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))) {
    const { source, saidBy, reference } = one;
    if (source === 'c-find' && since && Date.parse(one.at) <= since.getTime()) continue;
    const what = source === 'c-find' ? '' : (reference ?? digestExpected(one));
    latest.set(`${source} ${what} ${saidBy}`, one);
  }
  return [...latest.values()];
}

/**
 * The queue has measured the quiet period; this catches instances that came while the job waited for a hand, and half
 * the period leaves room for a store whose clock is not ours. A job that came early has measured nothing.
 */
function isMoving({ early, rearmed }: CompletenessFacts, neededMs: number, silentMs: number): boolean {
  return early ? silentMs < neededMs : rearmed < MAX_MOVING && silentMs < neededMs / 2;
}

/** The first source that is to be asked, or the shortest pause until one is; undefined where all has been said. */
function nextQuestion(facts: CompletenessFacts): Step | undefined {
  const answers = statementsThatCount(facts).filter(({ source }) => source === 'c-find');
  const open = facts.sources.filter((source) => {
    const { aeTitle, answeredAt, unansweredAt } = source;
    if (unansweredAt.length >= facts.limits.maxUnanswered) return false;
    if (answeredAt.length + unansweredAt.length >= facts.limits.maxAsked) return false;
    const answer = answers.find(({ saidBy }) => saidBy === aeTitle);
    // An answer of fewer than are here is of a moment at which the source had not got them all.
    return !answer || (answer.count < facts.instances.length && Date.parse(answer.at) < facts.lastAt.getTime());
  });
  return firstDue(open, 'unansweredAt', 'source-away', facts, ({ aeTitle }) => ({ kind: 'ask', aeTitle }));
}

/** The first source that has what is missing and may be fetched from. */
function nextFetch(facts: CompletenessFacts, { missingNamed }: Expectation): Step | undefined {
  const answers = statementsThatCount(facts).filter(({ source }) => source === 'c-find');
  const able = facts.sources.flatMap((source): FetchableSource[] => {
    const answer = answers.find(({ saidBy }) => saidBy === source.aeTitle);
    if (!source.canFetch || source.fetchedAt.length >= facts.limits.maxFetches || !answer) return [];
    const there = new Set(answer.instances?.map((one) => one.sopInstanceUID));
    const instances = missingNamed.filter((one) => there.has(one.sopInstanceUID));
    if (instances.length > 0) return [{ ...source, instances }];
    return answer.count > facts.instances.length && !answer.instances ? [source] : [];
  });
  return firstDue(able, 'fetchedAt', 'fetch-retry', facts, ({ aeTitle, instances }) => ({
    kind: 'fetch',
    aeTitle,
    ...(instances ? { instances } : {}),
  }));
}

type FetchableSource = SourceHistory & { readonly instances?: readonly NamedInstance[] };
type Step = Exclude<CompletenessDecision, { kind: 'complete' }>;

function firstDue<S extends SourceHistory>(
  sources: readonly S[],
  tries: 'unansweredAt' | 'fetchedAt',
  reason: WaitReason,
  { now, limits }: CompletenessFacts,
  step: (source: S) => Step,
): Step | undefined {
  let shortestMs = Infinity;
  for (const source of sources) {
    const last = source[tries].at(-1);
    const pauseMs = limits.retryMs * 2 ** (source[tries].length - 1);
    const dueInMs = last === undefined ? 0 : last + pauseMs - now.getTime();
    if (dueInMs <= 0) return step(source);
    shortestMs = Math.min(shortestMs, dueInMs);
  }
  return shortestMs === Infinity ? undefined : wait(reason, shortestMs);
}

/** Never at once: a job that gives itself again without a pause would turn in a circle. */
function wait(reason: WaitReason, delayMs: number): Step {
  return { kind: 'wait', reason, delayMs: Math.max(Math.ceil(delayMs), 50) };
}
