import { deriveUid, encodePart10, type NaturalDataset, SopClass, type UID } from '@endplate/dicom';
import { type StudyFindings } from '@endplate/findings';
import { CODE } from '../../code/coded-concept';
import { ReportNotPossibleError } from '../../errors';
import { type ReportContext, TYPE_2_KEYWORDS } from '../../report-context';
import { codeItem, sopItem } from '../content/content-item';
import { measurementReport } from '../template/measurement-report';

/** Comprehensive 3D SR carries outlines of reformats in space; Comprehensive SR is read by more viewers. */
export type ReportProfile = 'comprehensive-3d' | 'comprehensive';

/** SOP Instance UID of the report: a pure function of study, version, kind and destination profile. */
export function reportUid(
  findings: Pick<StudyFindings, 'studyInstanceUID' | 'version'>,
  profile: ReportProfile,
  destinationProfile: string,
): UID {
  return deriveUid('sr', findings.studyInstanceUID, String(findings.version), profile, destinationProfile);
}

/**
 * Writes the findings as a DICOM SR, TID 1500. The same input gives the same bytes.
 *
 * @returns Part 10 bytes, explicit VR little endian
 * @throws {@link ReportNotPossibleError} `REPORTING_NOT_POSSIBLE` for a version that was not analysed
 * @standard PS3.3 A.35.3, PS3.3 A.35.13, PS3.16 TID 1500
 */
export function renderStructuredReport(
  findings: StudyFindings,
  context: ReportContext,
  profile: ReportProfile,
): Buffer {
  if (findings.outcome.status !== 'analysed') throw new ReportNotPossibleError(findings.outcome.reason.text);
  const sopClassUID =
    profile === 'comprehensive-3d' ? SopClass.Comprehensive3DSRStorage : SopClass.ComprehensiveSRStorage;
  const [date, time] = dicomDateTime(findings.createdAt);
  const series = deriveUid('sr-series', findings.studyInstanceUID, profile, context.destinationProfile);
  return encodePart10({
    SOPClassUID: sopClassUID,
    SOPInstanceUID: reportUid(findings, profile, context.destinationProfile),
    ...sourceModules(findings, context),
    Modality: 'SR',
    SeriesInstanceUID: series,
    SeriesNumber: 9100,
    SeriesDescription: 'Endplate measurements (research use)',
    SeriesDate: date,
    SeriesTime: time,
    ReferencedPerformedProcedureStepSequence: [],
    InstanceNumber: findings.version,
    ContentDate: date,
    ContentTime: time,
    CompletionFlag: 'COMPLETE',
    VerificationFlag: 'UNVERIFIED',
    PerformedProcedureCodeSequence: [],
    ...equipment(context),
    ...evidence(findings),
    ...predecessor(findings, context, profile, sopClassUID, series),
    ...measurementReport(findings, context, profile === 'comprehensive-3d' ? 'space' : 'image'),
  });
}

function sourceModules(findings: StudyFindings, context: ReportContext): NaturalDataset {
  const empty = Object.fromEntries(TYPE_2_KEYWORDS.map((keyword) => [keyword, null]));
  return { ...empty, ...context.source, StudyInstanceUID: findings.studyInstanceUID };
}

/** @standard PS3.3 C.7.5.1, PS3.3 C.12.1 */
function equipment(context: ReportContext): NaturalDataset {
  const own = {
    Manufacturer: context.manufacturer,
    ManufacturerModelName: context.manufacturerModelName,
    SoftwareVersions: context.softwareVersion,
  };
  return {
    ...own,
    ContributingEquipmentSequence: [
      {
        ...own,
        PurposeOfReferenceCodeSequence: [codeItem(CODE.processingEquipment)],
        ContributionDescription: 'Measurement of discs and endplates. Research and triage only. Not a diagnosis.',
      },
    ],
  };
}

/** Every image that the report references. @standard PS3.3 C.17.2 */
function evidence(findings: StudyFindings): NaturalDataset {
  const used = findings.series.filter((s) => s.used && s.instances.length > 0);
  if (used.length === 0) return {};
  return {
    CurrentRequestedProcedureEvidenceSequence: [
      {
        StudyInstanceUID: findings.studyInstanceUID,
        ReferencedSeriesSequence: used.map((s) => ({
          SeriesInstanceUID: s.seriesInstanceUID,
          ReferencedSOPSequence: s.instances.map(({ sopClassUID, sopInstanceUID }) =>
            sopItem({ sopClassUID, sopInstanceUID }),
          ),
        })),
      },
    ],
  };
}

function predecessor(
  findings: StudyFindings,
  context: ReportContext,
  profile: ReportProfile,
  sopClassUID: UID,
  series: UID,
): NaturalDataset {
  if (findings.predecessorVersion === undefined) return {};
  const before = { studyInstanceUID: findings.studyInstanceUID, version: findings.predecessorVersion };
  return {
    PredecessorDocumentsSequence: [
      {
        StudyInstanceUID: findings.studyInstanceUID,
        ReferencedSeriesSequence: [
          {
            SeriesInstanceUID: series,
            ReferencedSOPSequence: [
              sopItem({ sopClassUID, sopInstanceUID: reportUid(before, profile, context.destinationProfile) }),
            ],
          },
        ],
      },
    ],
  };
}

/** DA and TM of an ISO 8601 UTC instant. */
function dicomDateTime(iso: string): [date: string, time: string] {
  const [date = '', time = ''] = new Date(iso).toISOString().split('T');
  return [date.replaceAll('-', ''), time.slice(0, 8).replaceAll(':', '')];
}
