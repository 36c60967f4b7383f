/** Stable codes of what the notifier itself can fail with. */
export type NotifierErrorCode =
  | 'NOTIFIER_NOT_ANALYSED_YET'
  | 'NOTIFIER_RECORD_INVALID'
  | 'NOTIFIER_STORE_STATUS'
  | 'NOTIFIER_NOT_FOUND_YET'
  | 'NOTIFIER_COMMITMENT_REFUSED'
  | 'NOTIFIER_NOT_COMMITTED_YET'
  | 'NOTIFIER_QIDO_FAILED'
  | 'NOTIFIER_QIDO_REFUSED'
  | 'NOTIFIER_HTTP_FAILED'
  | 'NOTIFIER_HTTP_REFUSED'
  | 'NOTIFIER_SECRET_MISSING'
  | 'NOTIFIER_FETCH_FAILED'
  | 'NOTIFIER_HL7_FAILED';

/** Base of every failure of the notifier. */
export class NotifierError extends Error {
  constructor(
    readonly code: NotifierErrorCode,
    readonly retryable: boolean,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A delivery was asked for before the version had findings. */
export class NotAnalysedYetError extends NotifierError {
  constructor() {
    super('NOTIFIER_NOT_ANALYSED_YET', true, 'The version has no findings yet; its delivery is tried again later.');
  }
}

/** The record of a delivery is not one: nothing is sent before somebody has looked at it. */
export class RecordInvalidError extends NotifierError {
  constructor(options?: ErrorOptions) {
    super('NOTIFIER_RECORD_INVALID', false, 'The record of this delivery cannot be read. Look at the object.', options);
  }
}

/** The destination answered what was sent with a failure that may pass. */
export class StoreStatusError extends NotifierError {
  /** @param answer - for example `status 0xA700`, `HTTP 503` */
  constructor(answer: string) {
    super('NOTIFIER_STORE_STATUS', true, `The destination can't take what was sent now: ${answer}.`);
  }
}

/** The destination does not show what it has accepted. */
export class NotFoundYetError extends NotifierError {
  constructor(missing: number) {
    super('NOTIFIER_NOT_FOUND_YET', true, `The destination does not show ${missing} object(s) that it accepted.`);
  }
}

/** The destination answered the request for storage commitment with a failure. */
export class CommitmentRefusedError extends NotifierError {
  constructor(readonly status: number) {
    super(
      'NOTIFIER_COMMITMENT_REFUSED',
      true,
      `The destination answered the request for storage commitment with status 0x${hex(status)}.`,
    );
  }
}

/** The destination has not taken responsibility for what it accepted. */
export class NotCommittedYetError extends NotifierError {
  /** @param silent - whether the destination has not answered at all */
  constructor(
    what: string,
    readonly silent: boolean,
  ) {
    super('NOTIFIER_NOT_COMMITTED_YET', true, `Storage commitment is open: ${what}.`);
  }
}

/** QIDO-RS gave no usable answer; that may pass. */
export class QidoFailedError extends NotifierError {
  constructor(what: string, options?: ErrorOptions) {
    super('NOTIFIER_QIDO_FAILED', true, `The destination's QIDO-RS gave no answer that can be used: ${what}.`, options);
  }
}

/** QIDO-RS is not open to us. */
export class QidoRefusedError extends NotifierError {
  constructor(status: number) {
    super('NOTIFIER_QIDO_REFUSED', false, `The destination's QIDO-RS refused the query with HTTP status ${status}.`);
  }
}

/** A server of a destination gave no whole answer; that may pass. */
export class HttpFailedError extends NotifierError {
  /** @param service - for example `STOW-RS` */
  constructor(service: string, what: string, options?: ErrorOptions) {
    super(
      'NOTIFIER_HTTP_FAILED',
      true,
      `The destination's ${service} gave no answer that can be used: ${what}.`,
      options,
    );
  }
}

/** A server of a destination refused; asking again would not help. */
export class HttpRefusedError extends NotifierError {
  constructor(service: string, what: string) {
    super('NOTIFIER_HTTP_REFUSED', false, `The destination's ${service} refused: ${what}.`);
  }
}

/** A secret or certificate is not where the file of destinations says; somebody may put it there. */
export class SecretMissingError extends NotifierError {
  constructor(what: string, options?: ErrorOptions) {
    super('NOTIFIER_SECRET_MISSING', true, `A secret or certificate of the destination is missing: ${what}.`, options);
  }
}

/** What came back when an object was fetched is not that object, or can't be read. */
export class FetchFailedError extends NotifierError {
  constructor(what: string, options?: ErrorOptions) {
    super('NOTIFIER_FETCH_FAILED', true, `An object could not be fetched back: ${what}.`, options);
  }
}

/** A receiver of HL7 messages gave no acknowledgement; that may pass. */
export class MllpFailedError extends NotifierError {
  constructor(what: string, options?: ErrorOptions) {
    super('NOTIFIER_HL7_FAILED', true, `The destination has not acknowledged the message: ${what}.`, options);
  }
}

/** A DIMSE status as four hexadecimal digits. */
export function hex(status: number): string {
  return status.toString(16).padStart(4, '0').toUpperCase();
}
