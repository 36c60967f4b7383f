/** Stable codes of why an instance is not taken, or a source not asked. */
export type ListenerErrorCode =
  | 'LISTENER_INSTANCE_MISMATCH'
  | 'LISTENER_CLASS_MISMATCH'
  | 'LISTENER_CLASS_UNSUPPORTED'
  | 'LISTENER_SYNTAX_UNSUPPORTED'
  | 'LISTENER_STUDY_MISMATCH'
  | 'LISTENER_INSTANCE_TOO_LARGE'
  | 'LISTENER_MULTIPART_INVALID'
  | 'LISTENER_SOURCE_REFUSED'
  | 'LISTENER_SOURCE_AWAY'
  | 'LISTENER_FILTERED'
  | 'LISTENER_QUOTA'
  | 'LISTENER_PRESSURE'
  | 'LISTENER_NOT_ACCEPTABLE'
  | 'LISTENER_MEDIA_UNSUPPORTED';

/** Base of every failure of the listener. */
export class ListenerError extends Error {
  /** False: the same bytes fail again. */
  readonly retryable: boolean;

  constructor(
    readonly code: ListenerErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
    this.retryable = ['LISTENER_PRESSURE', 'LISTENER_QUOTA', 'LISTENER_SOURCE_AWAY'].includes(code);
  }
}

/** An instance that is not stored, and why; the text fits into (0000,0902) and says nothing of the patient. */
export class InstanceRefusedError extends ListenerError {}

/** The body of a STOW-RS request is no `multipart/related` within the limits. */
export class MultipartInvalidError extends ListenerError {
  constructor(what: string) {
    super('LISTENER_MULTIPART_INVALID', `The multipart body is broken: ${what}`);
  }
}

/** A STOW-RS request that is refused as a whole. */
export class RequestRefusedError extends ListenerError {}

/** A source cannot be asked now what it has of a study. */
export class SourceAwayError extends ListenerError {
  constructor(why: string) {
    super('LISTENER_SOURCE_AWAY', why);
  }
}
