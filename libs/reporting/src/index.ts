export * from './errors';
export { type ReportContext, SOURCE_KEYWORDS } from './report-context';
export { readSourceAttributes } from './read-source-attributes';
export {
  type RegionForm,
  renderStructuredReport,
  type ReportProfile,
  reportSopClass,
  reportUid,
} from './sr/document/structured-report';
export { checkStructuredReport } from './sr/check/check-structured-report';
export { type FontBytes, type FontSet } from './capture/font-set';
export { drawKeyImage, type DrawnKeyImage } from './capture/draw-key-image';
export { keyImageName, keyImageUid, renderSecondaryCapture } from './capture/secondary-capture';
export { renderSegmentation } from './seg/segmentation';
export { segmentationUid } from './seg/segmentation-uid';
export { segmentationReference } from './seg/refer-to-segmentation';
export { type SegmentationReference } from './seg/segmentation-reference';
export { type LesionMask, type SegmentationSource } from './seg/segmentation-source';
export { presentationStateUid, renderPresentationState } from './presentation/presentation-state';
export { checkPresentationState } from './presentation/check-presentation-state';
export { renderReportPage } from './pdf/report-page';
export { keyObjectUid, renderKeyObjectSelection } from './key-object/key-object-selection';
export { checkSegmentation } from './seg/check-segmentation';
export { encapsulatedPageUid, renderEncapsulatedPage } from './pdf/encapsulated-page';
export {
  type ImageObjectKind,
  type RenderInput,
  renderReports,
  type RenderedReport,
  type RenderOptions,
} from './render-reports';
export { REPORT_LANGUAGES, type ReportLanguage } from './text/language';
export { renderFhirBundle } from './fhir/report-bundle';
export { renderResultMessage } from './hl7/result-message';
