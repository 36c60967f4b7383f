import { z } from 'zod';

const pattern = z.string().min(1).max(64);

/** Which instances of a sender are taken. Descriptions are matched without regard to case, `*` and `?` as wild cards. */
export const instanceFilterSchema = z
  .strictObject({
    modalities: z
      .array(z.string().regex(/^[A-Z0-9_ ]{1,16}$/))
      .min(1)
      .optional(),
    /** Series or Study Description must match one of them. */
    descriptions: z.array(pattern).min(1).max(100).optional(),
    /** Neither description may match any of them. */
    exceptDescriptions: z.array(pattern).min(1).max(100).optional(),
  })
  .refine((one) => Object.keys(one).length > 0, 'must have at least one rule');
/** Which instances of a sender are taken. */
export type InstanceFilter = z.output<typeof instanceFilterSchema>;

/** What a filter looks at. */
export interface FilteredInstance {
  readonly modality: string | undefined;
  /** Series Description and Study Description, as far as they are there. */
  readonly descriptions: readonly string[];
}

/** Why a filter leaves an instance out, without any value of it; undefined where it is taken. */
export function filteredOutBy(filter: InstanceFilter, instance: FilteredInstance): string | undefined {
  const { modalities, descriptions, exceptDescriptions } = filter;
  const matches = (patterns: readonly string[]) =>
    instance.descriptions.some((text) => patterns.some((one) => matchesWildCards(one, text)));
  if (modalities && !modalities.includes(instance.modality ?? '')) return 'Modality is not taken from this AE';
  if (descriptions && !matches(descriptions)) return 'Description is not one that is taken from this AE';
  if (exceptDescriptions && matches(exceptDescriptions)) return 'Description is one that is not taken from this AE';
  return undefined;
}

/**
 * Wild card matching in time of at most pattern times text: on a mismatch it goes back to the last `*` alone.
 * @standard PS3.4 C.2.2.2.4
 */
export function matchesWildCards(pattern: string, text: string): boolean {
  const wanted = pattern.toLowerCase();
  const given = text.trim().toLowerCase();
  let at = 0;
  let star = -1;
  let resumeAt = 0;
  for (let i = 0; i < given.length;) {
    if (wanted[at] === '*') {
      star = at++;
      resumeAt = i;
    } else if (at < wanted.length && (wanted[at] === '?' || wanted[at] === given[i])) {
      at += 1;
      i += 1;
    } else if (star >= 0) {
      at = star + 1;
      i = ++resumeAt;
    } else return false;
  }
  while (wanted[at] === '*') at += 1;
  return at === wanted.length;
}
