import { deriveUid, encodePart10, SopClass, type UID } from '@endplate/dicom';
import { type StudyFindings } from '@endplate/findings';
import { contentTime } from '../module/content-time';
import { equipmentModules } from '../module/equipment';
import { patientStudyModules } from '../module/patient-study';
import { type ReportContext } from '../report-context';
import { reportText } from '../text/report-text';

/** SOP Instance UID of the page: a pure function of study, version and destination profile. */
export function encapsulatedPageUid(findings: StudyFindings, context: ReportContext): UID {
  return deriveUid('pdf', findings.studyInstanceUID, String(findings.version), context.destinationProfile);
}

/**
 * Writes a page as DICOM Encapsulated PDF. The same input gives the same bytes.
 *
 * @param pdf - the page
 * @returns Part 10 bytes, explicit VR little endian
 * @standard PS3.3 A.45.1
 */
export function renderEncapsulatedPage(pdf: Buffer, findings: StudyFindings, context: ReportContext): Buffer {
  const { date, time } = contentTime(findings.createdAt, context);
  const words = reportText(context.language);
  return encodePart10({
    SOPClassUID: SopClass.EncapsulatedPDFStorage,
    SOPInstanceUID: encapsulatedPageUid(findings, context),
    ...patientStudyModules(findings.studyInstanceUID, context),
    Modality: 'DOC',
    SeriesInstanceUID: deriveUid('pdf-series', findings.studyInstanceUID, context.destinationProfile),
    SeriesNumber: 9103,
    SeriesDescription: words.say('series.page'),
    SeriesDate: date,
    SeriesTime: time,
    ...equipmentModules(context),
    ConversionType: 'WSD',
    InstanceNumber: findings.version,
    InstanceCreationDate: date,
    InstanceCreationTime: time,
    ContentDate: date,
    ContentTime: time,
    AcquisitionDateTime: null,
    BurnedInAnnotation: 'YES',
    RecognizableVisualFeatures: 'NO',
    DocumentTitle: words.say('join.note', { what: words.say('object.title'), use: words.say('use.intended') }),
    ConceptNameCodeSequence: [],
    MIMETypeOfEncapsulatedDocument: 'application/pdf',
    EncapsulatedDocumentLength: pdf.length,
    EncapsulatedDocument: pdf,
  });
}
