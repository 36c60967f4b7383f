/** Stable codes of everything that can be wrong with what we know of a study. */
export type StudiesErrorCode =
  | 'STUDIES_RECORD_INVALID'
  | 'STUDIES_EVIDENCE_INVALID'
  | 'STUDIES_VERSION_CONTENDED'
  | 'STUDIES_NO_VERSION'
  | 'STUDIES_VERSION_OVERTAKEN';

/** Base of every failure of the studies room. */
export class StudiesError extends Error {
  constructor(
    readonly code: StudiesErrorCode,
    readonly retryable: boolean,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** An object of ours in the store does not have the form we write; somebody or something changed it. */
export class RecordInvalidError extends StudiesError {
  constructor(
    readonly key: string,
    options?: ErrorOptions,
  ) {
    super('STUDIES_RECORD_INVALID', false, `${key} does not have the form it was written in.`, options);
  }
}

/** What a peer said of a study's instances cannot be kept: a UID, an AE title or a count is none. */
export class EvidenceInvalidError extends StudiesError {
  constructor(readonly paths: readonly string[]) {
    super(
      'STUDIES_EVIDENCE_INVALID',
      false,
      `A statement about a study's instances does not fit: ${paths.join(', ')}.`,
    );
  }
}

/** Other processes took every version number that was tried; the job runs again. */
export class VersionContendedError extends StudiesError {
  constructor(tries: number) {
    super('STUDIES_VERSION_CONTENDED', true, `${tries} version numbers in a row were taken by other processes.`);
  }
}

/** A further version was asked for of a study that has none. */
export class NoVersionError extends StudiesError {
  constructor() {
    super('STUDIES_NO_VERSION', false, 'The study has no version yet.');
  }
}

/** A correction is of a version that is not the latest any more: who wrote it has not seen the latest. */
export class VersionOvertakenError extends StudiesError {
  constructor(ofVersion: number, latest: number) {
    super('STUDIES_VERSION_OVERTAKEN', false, `Version ${ofVersion} was corrected; the latest is ${latest} by now.`);
  }
}
