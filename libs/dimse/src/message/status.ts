/** Outcome of an operation as the DIMSE response carries it. */
export interface DimseStatus {
  /** 16-bit status; 0x0000 is success. */
  readonly status: number;
  /** (0000,0902), at most 64 characters. */
  readonly errorComment?: string;
  /** (0000,0901), elements the status is about, as 0xggggeeee. */
  readonly offendingElement?: readonly number[];
  /** (0000,0903). */
  readonly errorID?: number;
  /** (0000,1005), attributes that are missing or not known, as 0xggggeeee. */
  readonly attributeIdentifierList?: readonly number[];
}

/**
 * The statuses this room sends or its callers choose from.
 * @standard PS3.7 Annex C
 * @standard PS3.4 B.2.3
 */
export const Status = {
  Success: 0x0000,
  Pending: 0xff00,
  PendingWithWarning: 0xff01,
  Cancel: 0xfe00,
  NoSuchAttribute: 0x0105,
  InvalidAttributeValue: 0x0106,
  ProcessingFailure: 0x0110,
  DuplicateSOPInstance: 0x0111,
  NoSuchSOPInstance: 0x0112,
  NoSuchEventType: 0x0113,
  InvalidArgumentValue: 0x0115,
  InvalidSOPInstance: 0x0117,
  NoSuchSOPClass: 0x0118,
  MissingAttribute: 0x0120,
  MissingAttributeValue: 0x0121,
  SOPClassNotSupported: 0x0122,
  NoSuchActionType: 0x0123,
  NotAuthorised: 0x0124,
  DuplicateInvocation: 0x0210,
  UnrecognisedOperation: 0x0211,
  MistypedArgument: 0x0212,
  ResourceLimitation: 0x0213,
  OutOfResources: 0xa700,
  MoveDestinationUnknown: 0xa801,
  DataSetDoesNotMatchSOPClass: 0xa900,
  CannotUnderstand: 0xc000,
  CoercionOfDataElements: 0xb000,
  ElementsDiscarded: 0xb006,
  DataSetDoesNotMatchSOPClassWarning: 0xb007,
} as const;

/** What a status says about the operation. @standard PS3.7 C.1 */
export type StatusKind = 'success' | 'pending' | 'cancel' | 'warning' | 'failure';

/** Which of the five kinds a status is. @standard PS3.7 C.1 */
export function statusKind(status: number): StatusKind {
  if (status === Status.Success) return 'success';
  if (status === Status.Pending || status === Status.PendingWithWarning) return 'pending';
  if (status === Status.Cancel) return 'cancel';
  const warning = status === 0x0001 || status === 0x0107 || status === 0x0116 || status >> 12 === 0xb;
  return warning ? 'warning' : 'failure';
}

/** A text that fits (0000,0902): printable ASCII without backslash, at most 64 characters. @standard PS3.5 6.2 */
export function errorCommentOf(text: string): string {
  return text
    .replace(/[^\x20-\x5b\x5d-\x7e]/g, ' ')
    .slice(0, 64)
    .trim();
}
