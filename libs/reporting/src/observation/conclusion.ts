import { type StudyFindings } from '@endplate/findings';
import { findingRows } from '../pdf/finding-rows';
import { curvatureSentences } from '../text/curvature';
import { type ReportText } from '../text/report-text';

/**
 * The report in a few lines for readers who see text alone: intended use first, then each disc with a finding, then what
 * was not assessed, and the version.
 */
export function conclusionLines(findings: StudyFindings, words: ReportText): string[] {
  const modality = findings.series.some(({ used, modality }) => used && modality === 'CT') ? 'CT' : 'MR';
  const rows = findingRows(findings, modality, words);
  const line = ({ level, finding, detail }: (typeof rows)[number]): string => {
    const why = words.parts([finding, detail].filter(Boolean)) + words.say('join.stop');
    return words.say('join.explained', { what: level, why });
  };
  const rest = rows.filter((row) => !row.positive);
  const { version, predecessorVersion: before } = findings;
  return [
    words.say('use.intended'),
    ...rows.filter((row) => row.positive).map(line),
    ...(rest.length === rows.length && rows.length > 0 ? [words.say('conclusion.noFinding')] : []),
    ...rest.map(line),
    ...curvatureSentences(findings, words),
    ...findings.remarks.filter((remark) => remark.trim() !== '').map((remark) => words.sentence(remark)),
    before === undefined
      ? words.say('conclusion.version', { version })
      : words.say('conclusion.replaces', { version, before }),
  ];
}
