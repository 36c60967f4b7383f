import { type ExpectedInstances, type NamedInstance, namesAll } from '../evidence/expected-instances';

/** What is here of a study, beside what others say it has. */
export interface Expectation {
  /** Instances that the study has as far as anybody said; never fewer than are here. */
  readonly expected: number;
  readonly missing: number;
  /** Those of the missing ones that somebody named, each once. */
  readonly missingNamed: readonly NamedInstance[];
  /** True when procedure steps and notifications name exactly what is here: nothing missing, nothing unnamed. */
  readonly namedExactly: boolean;
}

/**
 * Holds what is here against what was said. Procedure steps and notifications each tell of a part, so their names are
 * taken together; a count tells of at least so many.
 * @param statements - what counts now: of C-FIND the latest answer of each peer
 */
export function expectationOf(here: readonly NamedInstance[], statements: readonly ExpectedInstances[]): Expectation {
  const present = new Set(here.map((one) => one.sopInstanceUID));
  const named = new Map<string, NamedInstance>();
  let most = present.size;
  for (const statement of statements) {
    for (const one of statement.instances ?? []) named.set(one.sopInstanceUID, one);
    most = Math.max(most, statement.count);
  }
  const missingNamed = [...named.values()].filter((one) => !present.has(one.sopInstanceUID));
  const expected = Math.max(most, present.size + missingNamed.length);
  return {
    expected,
    missing: expected - present.size,
    missingNamed,
    namedExactly: expected === present.size && areNamed(present, statements),
  };
}

/** Whether steps and notifications, all of them with every name, name each instance. */
function areNamed(present: ReadonlySet<string>, statements: readonly ExpectedInstances[]): boolean {
  const told = statements.filter(({ source }) => source !== 'c-find');
  if (told.length === 0 || !told.every(namesAll)) return false;
  const names = new Set(told.flatMap(({ instances = [] }) => instances.map((one) => one.sopInstanceUID)));
  return [...present].every((uid) => names.has(uid));
}
