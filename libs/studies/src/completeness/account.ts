import { type ExpectedInstances } from '../evidence/expected-instances';
import { type FetchRequest } from '../evidence/study-evidence';
import { type CompletenessEvidence } from '../version/manifest';
import { type InstanceSet } from '../version/manifests';
import { type CompletenessDecision } from './decide-completeness';
import { type KnownSource } from './study-inquiry';

/** Everything that a manifest says of why its instances were taken to be all. */
export interface Account {
  readonly quietMs: number;
  readonly set: InstanceSet;
  readonly lastAt: Date;
  readonly decision: Extract<CompletenessDecision, { kind: 'complete' }>;
  readonly statements: readonly ExpectedInstances[];
  readonly sources: readonly KnownSource[];
  readonly fetches: readonly FetchRequest[];
}

/** The part of a manifest that says what the version rests on. Who said nothing is not mentioned. */
export function accountOf({ quietMs, set, lastAt, decision, ...rest }: Account): CompletenessEvidence {
  const { statements, sources, fetches } = rest;
  const { expected, missing, missingNamed } = decision.expectation;
  return {
    kind: 'quiet-period',
    quietMs,
    lastInstanceAt: lastAt.toISOString(),
    basis: decision.basis,
    ...(statements.length > 0
      ? { statements: statements.map(cited), expected, missing, missingNamed: missingNamed.length }
      : {}),
    ...(sources.length > 0 ? { sources: sources.map(asked) } : {}),
    ...(fetches.length > 0 ? { fetched: fetchedOf(set, fetches) } : {}),
  };
}

function cited({ source, saidBy, at, count, instances, leftOut }: ExpectedInstances) {
  return {
    ...{ source, saidBy, at, count },
    ...(instances ? { named: instances.length } : {}),
    ...(leftOut === undefined ? {} : { leftOut }),
  };
}

function asked({ aeTitle, canAsk, answeredAt, unansweredAt, fetchedAt, code }: KnownSource) {
  const attempts = answeredAt.length + unansweredAt.length;
  const told = answeredAt.length > 0 ? 'answered' : unansweredAt.length > 0 ? 'unanswered' : 'unasked';
  return {
    aeTitle,
    asked: canAsk ? told : 'no-address',
    attempts,
    ...(code === undefined ? {} : { code }),
    fetches: fetchedAt.length,
  } as const;
}

/** Those of the set that were asked for by name; where the whole study was asked for, those that came since. */
function fetchedOf({ instances }: InstanceSet, fetches: readonly FetchRequest[]): number {
  const whole = fetches.find((one) => !one.instances);
  if (whole) return Math.max(0, instances.length - whole.here);
  const names = namesOf(fetches);
  return instances.filter(({ sopInstanceUID }) => names.has(sopInstanceUID)).length;
}

/** SOP Instance UIDs that were asked for by name. */
export function namesOf(fetches: readonly FetchRequest[]): Set<string> {
  return new Set(fetches.flatMap(({ instances = [] }) => instances.map((one) => one.sopInstanceUID)));
}
