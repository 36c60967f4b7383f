/** Stable codes of what the console itself can fail with. */
export type ConsoleErrorCode =
  | 'CONSOLE_STUDY_NOT_FOUND'
  | 'CONSOLE_OBJECT_NOT_FOUND'
  | 'CONSOLE_PAGE_MISSING'
  | 'CONSOLE_ORIGIN_REFUSED'
  | 'CONSOLE_RETRY_CONFLICT'
  | 'CONSOLE_CORRECTION_INVALID';

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

/** A request that would change something does not come from our own page. */
export class ForeignOriginError extends ConsoleError {
  constructor(why: string) {
    super('CONSOLE_ORIGIN_REFUSED', `The request was not carried out: ${why}.`);
  }
}

/** The delivery is on its way, or is over and well. */
export class NothingToRetryError extends ConsoleError {
  constructor() {
    super('CONSOLE_RETRY_CONFLICT', 'There is no such delivery that was given up or could not be proven.');
  }
}

/** What a reader sent is no correction of that version. */
export class CorrectionInvalidError extends ConsoleError {
  constructor(problems: readonly string[]) {
    super('CONSOLE_CORRECTION_INVALID', `This is no correction: ${problems.join('; ')}.`);
  }
}
