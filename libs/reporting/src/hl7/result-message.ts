import { createHash } from 'node:crypto';
import { type StudyFindings } from '@endplate/findings';
import { CODE } from '../code/concept';
import { contentTime } from '../module/content-time';
import { patientStudyModules } from '../module/patient-study';
import { reportObservations } from '../observation/structure-observation';
import { type ReportContext } from '../report-context';
import { LANGUAGE_CODE } from '../text/language';
import { type ReportText, reportText } from '../text/report-text';
import { observationSegments } from './observation-segments';
import { patientSegment } from './patient-segment';
import { segment } from './segment';

/** Results stored, not yet verified. @standard HL7 v2.5.1 table 0123 */
const NOT_VERIFIED = 'R';

/**
 * The report as an HL7 v2.5.1 ORU^R01 in UTF-8: patient, order, and an OBX for everything that the structured report says.
 * The control ID comes of study and version, so that the same report sent twice is the same message.
 *
 * @returns segments ended by carriage returns; undefined for a version that was not analysed
 * @standard HL7 v2.5.1 7.3.1
 */
export function renderResultMessage(findings: StudyFindings, context: ReportContext): Buffer | undefined {
  if (findings.outcome.status !== 'analysed') return undefined;
  const words = reportText(context.language);
  const study = patientStudyModules(findings.studyInstanceUID, context);
  const { date, time } = contentTime(findings.createdAt, context);
  const offset = context.source['TimezoneOffsetFromUTC'];
  const made = `${date}${time}${typeof offset === 'string' && /^[+-][0-9]{4}$/.test(offset) ? offset : '+0000'}`;
  const observedAt = typeof study['StudyDate'] === 'string' ? study['StudyDate'] : undefined;
  const ct = findings.series.some(({ used, modality }) => used && modality === 'CT');
  const service = ct ? CODE.ctUnspecified : CODE.mrUnspecified;
  const accession = typeof study['AccessionNumber'] === 'string' ? study['AccessionNumber'] : undefined;
  const filler = createHash('sha256').update(findings.studyInstanceUID).digest('hex').slice(0, 20);
  const segments = [
    header(findings, made, words),
    patientSegment(findings, context),
    segment('ORC', ['RE', accession, filler]),
    segment('OBR', [
      ...[1, accession, filler, [service.value, service.meaning, service.scheme]],
      ...[undefined, undefined, observedAt],
      ...Array<undefined>(14),
      made,
      undefined,
      ct ? 'CT' : 'NMR',
      NOT_VERIFIED,
    ]),
    ...observationSegments(findings, reportObservations(findings, context), observedAt, words),
  ];
  return Buffer.from(segments.map((one) => `${one}\r`).join(''), 'utf8');
}

function header({ studyInstanceUID, version, software }: StudyFindings, made: string, words: ReportText): string {
  const controlId = createHash('sha256').update(`${studyInstanceUID}/${version}`).digest('hex').slice(0, 20);
  const fields = [
    'ENDPLATE',
    software.version,
    undefined,
    undefined,
    made,
    undefined,
    ['ORU', 'R01', 'ORU_R01'],
  ] as const;
  const { value, meaning } = LANGUAGE_CODE[words.language];
  const language = [value, meaning, 'ISO639'];
  const rest = segment('', [...fields, controlId, 'P', '2.5.1', ...Array<undefined>(5), 'UNICODE UTF-8', language]);
  return `MSH|^~\\&${rest}`;
}
