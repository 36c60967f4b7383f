import { type EndplateFinding, type Reason, type SeriesUse, type StudyFindings } from '@endplate/findings';
import { CODE } from '../../code/concept';
import { PRIVATE } from '../../code/private-code';
import { type ReportText } from '../../text/report-text';
import { code, type ContentItem, text } from '../content/content-item';
import { notAssessedItem } from './withheld';

/** What is said of the whole study: intended use, level names, what was not assessed anywhere, series passed over. */
export function studyItems(findings: StudyFindings, words: ReportText): ContentItem[] {
  const reason = endplatesReason(findings.endplates);
  return [
    text('CONTAINS', PRIVATE.intendedUse, words.say('use.intended')),
    ...levelNames(findings, words),
    ...(reason
      ? [
          notAssessedItem(
            reason,
            words.say('join.explained', { what: words.say('what.everyEndplate'), why: words.reasonSentence(reason) }),
          ),
        ]
      : []),
    ...findings.remarks
      .filter((remark) => remark.trim() !== '')
      .map((remark) => text('CONTAINS', CODE.comment, words.sentence(remark))),
    ...findings.series.filter((series) => !series.used).map((series) => seriesNotUsed(series, words)),
  ];
}

/** The one reason for which Modic changes of all endplates were withheld; undefined where endplates have their own say. */
export function endplatesReason(endplates: readonly EndplateFinding[]): Reason | undefined {
  const [first] = endplates;
  if (first?.modic.status !== 'not-assessed') return undefined;
  const { reason } = first.modic;
  const same = endplates.every(({ modic }) => modic.status === 'not-assessed' && modic.reason.code === reason.code);
  return same ? reason : undefined;
}

function levelNames({ labelling }: StudyFindings, words: ReportText): ContentItem[] {
  if (!labelling) return [];
  if (!labelling.reason) {
    return [
      code('CONTAINS', PRIVATE.levelNames, labelling.anchored ? PRIVATE.levelNamesGiven : PRIVATE.levelNamesWithheld),
    ];
  }
  return [
    code('CONTAINS', PRIVATE.levelNames, PRIVATE.levelNamesWithheld, [
      text('HAS PROPERTIES', CODE.comment, words.reasonSentence(labelling.reason)),
    ]),
  ];
}

function seriesNotUsed(series: SeriesUse, words: ReportText): ContentItem {
  const why = series.reason ? words.reasonSentence(series.reason) : words.say('what.notNeeded');
  return text(
    'CONTAINS',
    PRIVATE.seriesNotUsed,
    words.say('join.explained', { what: `${series.modality} ${series.seriesInstanceUID} (${series.role})`, why }),
  );
}
