import { type StudyFindings } from './study-findings.schema';

/** What a reader changed in findings, or why the file is no correction of them. */
export interface CorrectionReview {
  /** What differs, in words: `calcification of disc-2 (L4/L5)`, `remarks`. */
  readonly changed: readonly string[];
  /** Parts that a reader can't correct because they say how the version came about. Empty for a correction. */
  readonly problems: readonly string[];
}

/** Where the findings come from: a correction has the same. */
const PROVENANCE = [
  'schema',
  'studyInstanceUID',
  'version',
  'digest',
  'createdAt',
  'software',
  'model',
  'thresholdsVersion',
  'intendedUse',
  'outcome',
  'series',
] as const satisfies readonly (keyof StudyFindings)[];

/** Compares a reader's findings with those that they correct. */
export function reviewCorrection(base: StudyFindings, corrected: StudyFindings): CorrectionReview {
  const problems = PROVENANCE.filter((part) => !same(base[part], corrected[part])).map(
    (part) => `${part} differs from the version that is corrected`,
  );
  const changed = [
    ...changedIn(base.vertebrae, corrected.vertebrae, ({ id }) => id),
    ...changedIn(base.discs, corrected.discs, ({ id, level }) => `${id}${level ? ` (${level})` : ''}`),
    ...changedIn(base.endplates, corrected.endplates, ({ id }) => id),
    ...(same(base.labelling, corrected.labelling) ? [] : ['level names']),
    ...(same(base.remarks, corrected.remarks) ? [] : ['remarks']),
  ];
  return { changed, problems };
}

function changedIn<T extends { readonly id: string }>(
  before: readonly T[],
  after: readonly T[],
  nameOf: (one: T) => string,
): string[] {
  const old = new Map(before.map((one) => [one.id, one]));
  const changed = after.flatMap((one) => {
    const was = old.get(one.id);
    old.delete(one.id);
    if (!was) return [`${nameOf(one)} added`];
    const fields = (Object.keys({ ...was, ...one }) as (keyof T & string)[]).filter((key) => !same(was[key], one[key]));
    return fields.map((field) => `${field} of ${nameOf(one)}`);
  });
  return [...changed, ...[...old.values()].map((one) => `${nameOf(one)} removed`)];
}

/** Both were parsed by the same schema, so that their fields stand in the same order. */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
