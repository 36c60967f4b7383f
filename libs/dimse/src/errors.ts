/** Facts that an error carries beside its message; never a name, a patient identifier or dataset bytes. */
export type DimseErrorFacts = Readonly<Record<string, string | number | boolean>>;

/** Base of every error of this room: a stable `code`, whether doing it again may help, and safe facts. */
export abstract class DimseError extends Error {
  /** Stable upper-case code, listed in docs/errors.md. */
  abstract readonly code: string;
  /** True where the same call may succeed later without a change on our side. */
  abstract readonly retryable: boolean;

  constructor(
    message: string,
    readonly facts: DimseErrorFacts = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Bytes that are no PDU of PS3.8 9.3, or one that breaks a limit of ours. */
export class PduInvalid extends DimseError {
  readonly code = 'DIMSE_PDU_INVALID';
  readonly retryable = false;

  /** @param abortReason - Reason for the A-ABORT of the service provider (PS3.8 Table 9-26). */
  constructor(
    message: string,
    readonly abortReason: number,
    facts: DimseErrorFacts = {},
  ) {
    super(message, facts);
  }
}

/** A sequence of messages or fragments that PS3.7 6.3 or PS3.8 Annex E does not allow. */
export class MessageInvalid extends DimseError {
  readonly code = 'DIMSE_MESSAGE_INVALID';
  readonly retryable = false;
}

/** The peer answered A-ASSOCIATE-RJ. Retryable where the result says transient. */
export class AssociationRejected extends DimseError {
  readonly code = 'DIMSE_ASSOCIATION_REJECTED';
  readonly retryable: boolean;

  constructor(
    message: string,
    readonly rejection: { readonly result: number; readonly source: number; readonly reason: number },
  ) {
    super(message, { ...rejection });
    this.retryable = rejection.result === 2;
  }
}

/** The association ended before its work was done: A-ABORT from either side or a lost connection. */
export class AssociationAborted extends DimseError {
  readonly code = 'DIMSE_ASSOCIATION_ABORTED';
  readonly retryable = true;
}

/** No transport connection could be made. */
export class ConnectFailed extends DimseError {
  readonly code = 'DIMSE_CONNECT_FAILED';
  readonly retryable = true;
}

/** The peer did not answer within the time allowed. */
export class PeerTimeout extends DimseError {
  readonly code = 'DIMSE_TIMEOUT';
  readonly retryable = true;
}

/** The peer accepted no presentation context that fits the SOP class and transfer syntax. */
export class ContextRefused extends DimseError {
  readonly code = 'DIMSE_CONTEXT_REFUSED';
  readonly retryable = false;
}

/** A call that this association, or these arguments, do not allow. */
export class UsageInvalid extends DimseError {
  readonly code = 'DIMSE_USAGE_INVALID';
  readonly retryable = false;
}

/** What a failure may say beside its status: Error ID (0000,0903), Attribute Identifier List (0000,1005). */
export interface FailureDetail {
  readonly errorID?: number;
  /** Tags as 0xggggeeee. */
  readonly attributeIdentifierList?: readonly number[];
}

/** Thrown by a service handler to answer with a status of its choice (PS3.7 Annex C). */
export class ServiceFailure extends DimseError {
  readonly code = 'DIMSE_SERVICE_FAILURE';
  readonly retryable = false;
  /** What goes out beside status and comment. */
  readonly detail: FailureDetail;

  /**
   * @param status - 16-bit DIMSE status.
   * @param errorComment - Text for (0000,0902); cut to 64 characters, no patient data.
   */
  constructor(
    readonly status: number,
    readonly errorComment: string,
    options?: ErrorOptions & FailureDetail,
  ) {
    super(errorComment, { status }, options);
    const { errorID, attributeIdentifierList } = options ?? {};
    this.detail = {
      ...(errorID === undefined ? {} : { errorID }),
      ...(attributeIdentifierList ? { attributeIdentifierList } : {}),
    };
  }
}
