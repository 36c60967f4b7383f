/** Base of what this room throws. */
export abstract class ReportingError extends Error {
  abstract readonly code: string;
  readonly retryable = false;
}

/** Findings that can't become a report, for example those of a version that was not analysed. */
export class ReportNotPossibleError extends ReportingError {
  readonly code = 'REPORTING_NOT_POSSIBLE';

  constructor(why: string) {
    super(`No structured report can be made: ${why}`);
    this.name = 'ReportNotPossibleError';
  }
}
