import { CODE } from '../../code/concept';
import { code, container, type ContentItem } from '../content/content-item';

/** Parts of a measurement report. */
export interface MeasurementReportInput {
  readonly language: ContentItem;
  readonly observer: readonly ContentItem[];
  /** Modalities of the images that were measured. */
  readonly modalities: readonly string[];
  readonly imageLibrary: ContentItem;
  /** Never empty: with it there are Imaging Measurements even where there is no group. */
  readonly algorithm: readonly ContentItem[];
  readonly groups: readonly ContentItem[];
  /** What is said of the whole study; never empty, since every report states its intended use. */
  readonly evaluations: readonly ContentItem[];
}

/** Root of the report. @standard PS3.16 TID 1500 */
export function measurementReport(input: MeasurementReportInput): ContentItem {
  const children = [
    input.language,
    ...input.observer,
    ...input.modalities.map((modality) =>
      code('HAS CONCEPT MOD', CODE.procedureReported, modality === 'CT' ? CODE.ctUnspecified : CODE.mrUnspecified),
    ),
    input.imageLibrary,
    container(CODE.imagingMeasurements, [...input.algorithm, ...input.groups]),
    container(CODE.qualitativeEvaluations, input.evaluations),
  ];
  return container(CODE.measurementReport, children, { templateId: '1500' });
}
