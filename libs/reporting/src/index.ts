export * from './errors';
export { type ReportContext, SOURCE_KEYWORDS } from './report-context';
export { readSourceAttributes } from './read-source-attributes';
export { renderStructuredReport, type ReportProfile, reportUid } from './sr/document/structured-report';
export { checkStructuredReport } from './sr/check/check-structured-report';
export { type FontSet } from './capture/font-set';
export { BURNED_IN_WARNING, drawKeyImage, type DrawnKeyImage } from './capture/draw-key-image';
export { keyImageUid, renderSecondaryCapture } from './capture/secondary-capture';
export { renderReports, type RenderedReport, type RenderOptions } from './render-reports';
