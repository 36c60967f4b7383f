import { type Assessment, type Reason } from '@endplate/findings';
import { CODE } from '../../code/concept';
import { PRIVATE } from '../../code/private-code';
import { reasonConcept } from '../../code/reason-code';
import { type ReportText } from '../../text/report-text';
import { code, type ContentItem, text } from '../content/content-item';

/** Something that was to be assessed, by its name. */
export type NamedAssessment = readonly [what: string, assessment: Assessment<unknown>];

/** One item per reason, naming everything that was withheld for it: `Calcification, intradiscal gas: …`. */
export function withheldItems(assessments: readonly NamedAssessment[], words: ReportText): ContentItem[] {
  const byReason = new Map<string, { reason: Reason; what: string[] }>();
  for (const [what, assessment] of assessments) {
    if (assessment.status === 'assessed') continue;
    const { reason } = assessment;
    const key = `${reason.code} ${reason.text}`;
    const entry = byReason.get(key) ?? { reason, what: [] };
    entry.what.push(what);
    byReason.set(key, entry);
  }
  return [...byReason.values()].map(({ reason, what }) =>
    notAssessedItem(reason, words.say('join.explained', { what: words.list(what), why: words.reasonSentence(reason) })),
  );
}

/** "Not assessed" with the reason as a code for machines and a sentence for people. */
export function notAssessedItem(reason: Reason, sentence: string): ContentItem {
  return code('CONTAINS', PRIVATE.notAssessed, reasonConcept(reason.code), [
    text('HAS PROPERTIES', CODE.comment, sentence),
  ]);
}

/** The items of a value, none where it was withheld. */
export function given<T>(
  assessment: Assessment<T>,
  items: (value: T, confidence: number) => ContentItem[],
): ContentItem[] {
  return assessment.status === 'assessed' ? items(assessment.value, assessment.confidence) : [];
}
