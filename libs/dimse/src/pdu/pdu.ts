/**
 * First byte of each PDU.
 * @standard PS3.8 9.3.1
 */
export const PduType = {
  AssociateRq: 0x01,
  AssociateAc: 0x02,
  AssociateRj: 0x03,
  PDataTf: 0x04,
  ReleaseRq: 0x05,
  ReleaseRp: 0x06,
  Abort: 0x07,
} as const;

/**
 * Result, source and reason values of A-ASSOCIATE-RJ and A-ABORT.
 * @standard PS3.8 9.3.4
 * @standard PS3.8 9.3.8
 */
export const AbortReason = {
  NotSpecified: 0,
  UnrecognisedPdu: 1,
  UnexpectedPdu: 2,
  UnrecognisedPduParameter: 4,
  UnexpectedPduParameter: 5,
  InvalidPduParameterValue: 6,
} as const;

/** Who aborted: the application on top, or the upper layer itself. */
export const AbortSource = { ServiceUser: 0, ServiceProvider: 2 } as const;

/** One presentation context as the requestor proposes it. */
export interface ProposedContext {
  /** Odd, 1 to 255. */
  readonly id: number;
  readonly abstractSyntax: string;
  readonly transferSyntaxes: readonly string[];
}

/**
 * Outcome for one proposed presentation context.
 * @standard PS3.8 9.3.3.2
 */
export const ContextResult = {
  Acceptance: 0,
  UserRejection: 1,
  NoReason: 2,
  AbstractSyntaxNotSupported: 3,
  TransferSyntaxesNotSupported: 4,
} as const;

/** One presentation context as the acceptor answers it; the transfer syntax means nothing unless `result` is 0. */
export interface AnsweredContext {
  readonly id: number;
  readonly result: number;
  readonly transferSyntax: string;
}

/** SCP/SCU role selection for one SOP class. @standard PS3.7 D.3.3.4 */
export interface RoleSelection {
  readonly sopClassUID: string;
  readonly scu: boolean;
  readonly scp: boolean;
}

/** SOP Class Extended Negotiation: bytes whose meaning the service class defines. @standard PS3.7 D.3.3.5 */
export interface ExtendedNegotiation {
  readonly sopClassUID: string;
  readonly applicationInformation: Buffer;
}

/** User identity of the requestor; secrets, never to be logged. @standard PS3.7 D.3.3.7 */
export interface UserIdentity {
  /** 1 user name, 2 user name and passcode, 3 Kerberos, 4 SAML, 5 JSON Web Token. */
  readonly type: number;
  readonly positiveResponseRequested: boolean;
  readonly primaryField: Buffer;
  readonly secondaryField: Buffer;
}

/** The User Information item of A-ASSOCIATE. @standard PS3.7 D.3.3 */
export interface UserInformation {
  /** Bytes of the PDV list in one P-DATA-TF that the sender of this item can receive; 0 is no limit. */
  readonly maximumLength: number;
  readonly implementationClassUID: string;
  readonly implementationVersionName?: string;
  readonly asynchronousOperations?: { readonly invoked: number; readonly performed: number };
  readonly roleSelections: readonly RoleSelection[];
  readonly extendedNegotiations: readonly ExtendedNegotiation[];
  /** In A-ASSOCIATE-RQ only. */
  readonly userIdentity?: UserIdentity;
  /** Server response of the user identity, in A-ASSOCIATE-AC only. */
  readonly userIdentityResponse?: Buffer;
}

interface AssociateCommon {
  readonly protocolVersion: number;
  /** Leading and trailing spaces removed; not yet checked. */
  readonly calledAETitle: string;
  readonly callingAETitle: string;
  readonly applicationContextName: string;
  readonly userInformation: UserInformation;
}

/** A-ASSOCIATE-RQ. @standard PS3.8 9.3.2 */
export interface AssociateRq extends AssociateCommon {
  readonly kind: 'associate-rq';
  readonly presentationContexts: readonly ProposedContext[];
}

/** A-ASSOCIATE-AC. @standard PS3.8 9.3.3 */
export interface AssociateAc extends AssociateCommon {
  readonly kind: 'associate-ac';
  readonly presentationContexts: readonly AnsweredContext[];
}

/** A-ASSOCIATE-RJ. @standard PS3.8 9.3.4 */
export interface AssociateRj {
  readonly kind: 'associate-rj';
  readonly result: number;
  readonly source: number;
  readonly reason: number;
}

/** A-RELEASE-RQ. @standard PS3.8 9.3.6 */
export interface ReleaseRq {
  readonly kind: 'release-rq';
}

/** A-RELEASE-RP. @standard PS3.8 9.3.7 */
export interface ReleaseRp {
  readonly kind: 'release-rp';
}

/** A-ABORT. @standard PS3.8 9.3.8 */
export interface Abort {
  readonly kind: 'abort';
  readonly source: number;
  readonly reason: number;
}

/** Every PDU but P-DATA-TF, which is streamed and never held whole. */
export type ControlPdu = AssociateRq | AssociateAc | AssociateRj | ReleaseRq | ReleaseRp | Abort;

/** The only application context of DICOM. @standard PS3.7 A.2.1 */
export const DICOM_APPLICATION_CONTEXT = '1.2.840.10008.3.1.1.1';
