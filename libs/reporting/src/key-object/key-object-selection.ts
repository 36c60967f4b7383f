import { deriveUid, encodePart10, SopClass, type UID } from '@endplate/dicom';
import { type ImageReference, type KeySlice, type StudyFindings } from '@endplate/findings';
import { CODE } from '../code/concept';
import { ReportNotPossibleError } from '../errors';
import { contentTime } from '../module/content-time';
import { equipmentModules } from '../module/equipment';
import { evidenceSequence } from '../module/evidence';
import { patientStudyModules } from '../module/patient-study';
import { type ReportContext } from '../report-context';
import { reportText } from '../text/report-text';
import { container, image, text } from '../sr/content/content-item';
import { encodeContent } from '../sr/content/encode-content';

/** SOP Instance UID of the selection: a pure function of study, version and destination profile. */
export function keyObjectUid(findings: StudyFindings, context: ReportContext): UID {
  return deriveUid('ko', findings.studyInstanceUID, String(findings.version), context.destinationProfile);
}

/**
 * Writes a Key Object Selection of the source images nearest to the key slices: the middle of the spine and each disc
 * with a finding. The same input gives the same bytes.
 *
 * @returns Part 10 bytes, explicit VR little endian
 * @throws {@link ReportNotPossibleError} `REPORTING_NOT_POSSIBLE` without a key slice
 * @throws ReferenceUnknownError `REPORTING_REFERENCE_UNKNOWN` for an image that no series lists
 * @standard PS3.3 A.35.4, PS3.16 TID 2010
 */
export function renderKeyObjectSelection(
  findings: StudyFindings,
  slices: readonly KeySlice[],
  context: ReportContext,
): Buffer {
  const images = keyImages(slices);
  if (images.length === 0) throw new ReportNotPossibleError('there is no key slice.');
  const { date, time } = contentTime(findings.createdAt, context);
  const words = reportText(context.language);
  const said = words.say('join.note', { what: words.say('object.keyObjects'), use: words.say('use.intended') });
  const content = container(
    CODE.ofInterest,
    [text('CONTAINS', CODE.keyObjectDescription, said), ...images.map((reference) => image('CONTAINS', reference))],
    { templateId: '2010' },
  );
  return encodePart10({
    SOPClassUID: SopClass.KeyObjectSelectionDocumentStorage,
    SOPInstanceUID: keyObjectUid(findings, context),
    ...patientStudyModules(findings.studyInstanceUID, context),
    Modality: 'KO',
    SeriesInstanceUID: deriveUid('ko-series', findings.studyInstanceUID, context.destinationProfile),
    SeriesNumber: 9104,
    SeriesDescription: words.say('series.keyObjects'),
    SeriesDate: date,
    SeriesTime: time,
    ReferencedPerformedProcedureStepSequence: [],
    ...equipmentModules(context),
    InstanceNumber: findings.version,
    InstanceCreationDate: date,
    InstanceCreationTime: time,
    ContentDate: date,
    ContentTime: time,
    CurrentRequestedProcedureEvidenceSequence: evidenceSequence(
      findings,
      images.map(({ sopInstanceUID }) => sopInstanceUID),
    ),
    ...encodeContent(content),
  });
}

/** Each image, or frame, once, in the order of the slices. */
function keyImages(slices: readonly KeySlice[]): ImageReference[] {
  const once = slices.map(
    ({ reference }) => [`${reference.sopInstanceUID} ${reference.frameNumber ?? ''}`, reference] as const,
  );
  return [...new Map(once).values()];
}
