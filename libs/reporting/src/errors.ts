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

/** A content item that the standard does not allow: a fault of ours, found before anything is written. */
export class ContentInvalidError extends ReportingError {
  readonly code = 'REPORTING_CONTENT_INVALID';

  constructor(what: string) {
    super(`A content item is not valid: ${what}`);
    this.name = 'ContentInvalidError';
  }
}

/** Findings that refer to an image that no series of them lists, so that the report's evidence would be incomplete. */
export class ReferenceUnknownError extends ReportingError {
  readonly code = 'REPORTING_REFERENCE_UNKNOWN';

  constructor(readonly sopInstanceUID: string) {
    super(`The findings refer to the image ${sopInstanceUID}, which none of their series lists.`);
    this.name = 'ReferenceUnknownError';
  }
}

/** Text that can't be drawn, because the fonts given can't be read. */
export class FontUnusableError extends ReportingError {
  readonly code = 'REPORTING_FONT_UNUSABLE';

  constructor(family: string) {
    super(`The font "${family}" can't be read. Give the bytes of a TrueType or OpenType file.`);
    this.name = 'FontUnusableError';
  }
}
