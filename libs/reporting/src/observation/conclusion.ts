import { type StudyFindings } from '@endplate/findings';
import { findingRows } from '../pdf/finding-rows';

/**
 * The report in a few lines for readers who see text alone: intended use first, then each disc with a finding, then what
 * was not assessed, and the version.
 */
export function conclusionLines(findings: StudyFindings): string[] {
  const modality = findings.series.some(({ used, modality }) => used && modality === 'CT') ? 'CT' : 'MR';
  const rows = findingRows(findings, modality);
  const line = ({ level, finding, detail }: (typeof rows)[number]): string =>
    `${level}: ${[finding, detail].filter(Boolean).join(', ')}.`;
  const rest = rows.filter((row) => !row.positive);
  return [
    findings.intendedUse,
    ...rows.filter((row) => row.positive).map(line),
    ...(rest.length === rows.length && rows.length > 0 ? ['No disc with a finding.'] : []),
    ...rest.map(line),
    ...findings.remarks.filter((remark) => remark.trim() !== ''),
    findings.predecessorVersion === undefined
      ? `Version ${findings.version} of this study's results.`
      : `Version ${findings.version} of this study's results; it replaces version ${findings.predecessorVersion}.`,
  ];
}
