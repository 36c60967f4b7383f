import { deriveUid, type UID } from '@endplate/dicom';
import { type StudyFindings } from '@endplate/findings';
import { type ReportContext } from '../report-context';
import { type SegmentationSource } from './segmentation-source';

type Version = Pick<StudyFindings, 'studyInstanceUID' | 'version'>;
type Profile = Pick<ReportContext, 'destinationProfile'>;
type Source = Pick<SegmentationSource, 'seriesInstanceUID'>;

/** SOP Instance UID of the segmentation of one series: a pure function of study, version, series and destination profile. */
export function segmentationUid(version: Version, source: Source, profile: Profile): UID {
  return deriveUid('seg', ...names(version, profile), source.seriesInstanceUID);
}

/** Series Instance UID of the segmentations of a version. */
export function segmentationSeriesUid(version: Version, profile: Profile): UID {
  return deriveUid('seg-series', ...names(version, profile));
}

/** Of the order in which the frames lie. @standard PS3.3 C.7.6.17 */
export function dimensionOrganizationUid(version: Version, source: Source, profile: Profile): UID {
  return deriveUid('seg-dimensions', ...names(version, profile), source.seriesInstanceUID);
}

function names({ studyInstanceUID, version }: Version, { destinationProfile }: Profile): [string, string, string] {
  return [studyInstanceUID, String(version), destinationProfile];
}
