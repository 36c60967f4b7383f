/** Stable codes of what the console itself can fail with. */
export type ConsoleErrorCode = 'CONSOLE_STUDY_NOT_FOUND' | 'CONSOLE_OBJECT_NOT_FOUND' | 'CONSOLE_PAGE_MISSING';

/** Base of every failure of the console. */
export class ConsoleError extends Error {
  readonly retryable = false;

  constructor(
    readonly code: ConsoleErrorCode,
    message: string,
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** Nothing is stored of the study, or what was asked for is no Study Instance UID. */
export class StudyNotFoundError extends ConsoleError {
  constructor() {
    super('CONSOLE_STUDY_NOT_FOUND', 'Nothing is stored of such a study.');
  }
}

/** The version has no such object. */
export class ObjectMissingError extends ConsoleError {
  constructor(what: string) {
    super('CONSOLE_OBJECT_NOT_FOUND', `This version has no such ${what}.`);
  }
}

/** The files of the page are not installed beside the program. */
export class PageMissingError extends ConsoleError {
  constructor() {
    super(
      'CONSOLE_PAGE_MISSING',
      'The page of the console is missing: apps/console/src/web/page must be part of the installation.',
    );
  }
}
