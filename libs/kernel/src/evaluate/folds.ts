/** An interval of a statistic, 2.5th to 97.5th percentile. */
export type Interval = readonly [low: number, high: number];

const FOLDS = 5;
const RESAMPLES = 1000;

/**
 * Judges every item by a model that was fitted to the patients of the other folds.
 *
 * @param studyOf - patient of an item; all items of a patient are in one fold
 * @param split - another number parts the patients otherwise
 */
export function acrossFolds<Item, Model, Result>(
  items: readonly Item[],
  studyOf: (item: Item) => string,
  fit: (others: readonly Item[]) => Model,
  judge: (item: Item, model: Model) => Result,
  split = 0,
): { item: Item; result: Result }[] {
  const foldOf = (item: Item): number => hash(split === 0 ? studyOf(item) : `${studyOf(item)} ${split}`) % FOLDS;
  return Array.from({ length: FOLDS }, (_, fold) => fold).flatMap((fold) => {
    const own = items.filter((item) => foldOf(item) === fold);
    if (own.length === 0) return [];
    const model = fit(items.filter((item) => foldOf(item) !== fold));
    return own.map((item) => ({ item, result: judge(item, model) }));
  });
}

/** Bootstrap interval of a statistic, patients drawn with replacement; the same input gives the same interval. */
export function bootstrapByStudy<Item>(
  items: readonly Item[],
  studyOf: (item: Item) => string,
  statistic: (items: readonly Item[]) => number,
): Interval {
  const byStudy = new Map<string, Item[]>();
  for (const item of items) {
    const list = byStudy.get(studyOf(item));
    if (list) list.push(item);
    else byStudy.set(studyOf(item), [item]);
  }
  const studies = [...byStudy.values()];
  if (studies.length === 0) return [0, 0];
  let state = 1;
  const draw = (): number => {
    // Lehmer's generator with the constants of Park and Miller 1988, Commun ACM 31:1192.
    state = (state * 48271) % 2147483647;
    return Math.floor((state / 2147483647) * studies.length);
  };
  const values = Array.from({ length: RESAMPLES }, () =>
    statistic(Array.from({ length: studies.length }, () => studies[draw()]!).flat()),
  ).sort((a, b) => a - b);
  return [values[Math.floor(0.025 * RESAMPLES)]!, values[Math.floor(0.975 * RESAMPLES)]!];
}

/** FNV-1a, 32 bits: the fold of a patient depends on the name alone. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ character.codePointAt(0)!, 0x01000193) >>> 0;
  return value;
}
