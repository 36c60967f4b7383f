export * from './errors';
export { type ReportContext, SOURCE_KEYWORDS } from './report-context';
export { readSourceAttributes } from './read-source-attributes';
export { renderStructuredReport, type ReportProfile, reportUid } from './sr/document/structured-report';
