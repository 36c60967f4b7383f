import { deriveUid, encodePart10, type NaturalDataset, SopClass, type UID } from '@endplate/dicom';
import { type StudyFindings } from '@endplate/findings';
import { ReportNotPossibleError } from '../../errors';
import { contentTime } from '../../module/content-time';
import { equipmentModules } from '../../module/equipment';
import { evidenceSequence } from '../../module/evidence';
import { patientStudyModules } from '../../module/patient-study';
import { type ReportContext } from '../../report-context';
import { type SegmentationReference } from '../../seg/segmentation-reference';
import { reportText } from '../../text/report-text';
import { sopItem } from '../content/content-item';
import { encodeContent, referencedInstances } from '../content/encode-content';
import { reportContent } from './report-content';

/** Comprehensive 3D SR carries outlines of reformats in space; Comprehensive SR and Enhanced SR are read by more viewers. */
export type ReportProfile = 'comprehensive-3d' | 'comprehensive' | 'enhanced';

const SOP_CLASS = {
  'comprehensive-3d': SopClass.Comprehensive3DSRStorage,
  comprehensive: SopClass.ComprehensiveSRStorage,
  enhanced: SopClass.EnhancedSRStorage,
} as const satisfies Record<ReportProfile, UID>;

type StudyVersion = Pick<StudyFindings, 'studyInstanceUID' | 'version'>;

/** Volumetric groups with outlines, or with segments of the segmentation that goes to the same place. */
export type RegionForm = 'outlines' | 'segments';

/** SOP Class of the reports of a profile. */
export function reportSopClass(profile: ReportProfile): UID {
  return SOP_CLASS[profile];
}

/** SOP Instance UID of the report: a pure function of study, version, kind, destination profile and form of regions. */
export function reportUid(
  findings: StudyVersion,
  profile: ReportProfile,
  destinationProfile: string,
  regions: RegionForm = 'outlines',
): UID {
  const names = ['sr', findings.studyInstanceUID, String(findings.version), profile, destinationProfile];
  return deriveUid(...names, ...(regions === 'outlines' ? [] : [regions]));
}

/**
 * Writes the findings as a DICOM SR, TID 1500. The same input gives the same bytes.
 *
 * @param segmentation - what volumetric groups refer to; only for those who get it too
 *
 * @returns Part 10 bytes, explicit VR little endian
 * @throws {@link ReportNotPossibleError} `REPORTING_NOT_POSSIBLE` for a version that was not analysed
 * @throws ReferenceUnknownError `REPORTING_REFERENCE_UNKNOWN` for an outline on an image that no series lists
 * @throws ContentInvalidError `REPORTING_CONTENT_INVALID` for a value that no content item can hold
 * @standard PS3.3 A.35.2, PS3.3 A.35.3, PS3.3 A.35.13, PS3.16 TID 1500
 */
export function renderStructuredReport(
  findings: StudyFindings,
  context: ReportContext,
  profile: ReportProfile,
  segmentation?: SegmentationReference,
): Buffer {
  if (findings.outcome.status !== 'analysed') throw new ReportNotPossibleError(findings.outcome.reason.text);
  const coordinates = profile === 'comprehensive-3d' ? 'space' : 'image';
  const regions = segmentation ? 'segments' : 'outlines';
  const content = reportContent(findings, context, coordinates, segmentation);
  const referenced = referencedInstances(content).keys();
  const evidence = evidenceSequence(findings, referenced, segmentation ? [segmentation] : []);
  if (evidence.length === 0) throw new ReportNotPossibleError('no series was used.');
  return encodePart10({
    SOPClassUID: SOP_CLASS[profile],
    SOPInstanceUID: reportUid(findings, profile, context.destinationProfile, regions),
    ...patientStudyModules(findings.studyInstanceUID, context),
    ...documentModules(findings, context, profile),
    ...equipmentModules(context),
    CurrentRequestedProcedureEvidenceSequence: evidence,
    ...predecessor(findings, context, profile, regions),
    ...encodeContent(content),
  });
}

/** SR Document Series and SR Document General. @standard PS3.3 C.17.1, PS3.3 C.17.2 */
function documentModules(findings: StudyFindings, context: ReportContext, profile: ReportProfile): NaturalDataset {
  const { date, time } = contentTime(findings.createdAt, context);
  const words = reportText(context.language);
  return {
    Modality: 'SR',
    SeriesInstanceUID: seriesUid(findings, context, profile),
    SeriesNumber: 9100,
    SeriesDescription: words.say('series.measurements'),
    SeriesDate: date,
    SeriesTime: time,
    ReferencedPerformedProcedureStepSequence: [],
    InstanceNumber: findings.version,
    ContentDate: date,
    ContentTime: time,
    InstanceCreationDate: date,
    InstanceCreationTime: time,
    // A physician's reading is missing from every report of ours.
    CompletionFlag: 'PARTIAL',
    CompletionFlagDescription: words.say('object.notRead'),
    VerificationFlag: 'UNVERIFIED',
    PreliminaryFlag: 'PRELIMINARY',
    PerformedProcedureCodeSequence: [],
  };
}

/** Reports of all versions of a study lie in one series. */
function seriesUid(findings: StudyVersion, context: ReportContext, profile: ReportProfile): UID {
  return deriveUid('sr-series', findings.studyInstanceUID, profile, context.destinationProfile);
}

/** The report of the version that this one replaces. @standard PS3.3 C.17.2.6 */
function predecessor(
  findings: StudyFindings,
  context: ReportContext,
  profile: ReportProfile,
  regions: RegionForm,
): NaturalDataset {
  if (findings.predecessorVersion === undefined) return {};
  const { studyInstanceUID } = findings;
  const before = { studyInstanceUID, version: findings.predecessorVersion };
  const reference = {
    sopClassUID: SOP_CLASS[profile],
    sopInstanceUID: reportUid(before, profile, context.destinationProfile, regions),
  };
  return {
    PredecessorDocumentsSequence: [
      {
        StudyInstanceUID: studyInstanceUID,
        ReferencedSeriesSequence: [
          { SeriesInstanceUID: seriesUid(findings, context, profile), ReferencedSOPSequence: [sopItem(reference)] },
        ],
      },
    ],
  };
}
