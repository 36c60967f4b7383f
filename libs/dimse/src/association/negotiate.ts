import { MIN_MAX_LENGTH } from '../pdu/p-data';
import {
  ContextResult,
  DICOM_APPLICATION_CONTEXT,
  type AnsweredContext,
  type AssociateAc,
  type AssociateRj,
  type AssociateRq,
  type ExtendedNegotiation,
  type ProposedContext,
  type RoleSelection,
} from '../pdu/pdu';
import { isAETitle } from './ae-title';
import { Rejection } from './rejection';

/** One abstract syntax the acceptor takes. */
export interface SupportedContext {
  readonly abstractSyntax: string;
  /** In order of our preference. */
  readonly transferSyntaxes: readonly string[];
  /** Roles the requestor may have, where it asks by role selection; default: requestor is SCU, we are SCP. */
  readonly requestorRoles?: { readonly scu: boolean; readonly scp: boolean };
}

/** What the acceptor takes from this requestor. */
export interface AcceptancePolicy {
  readonly kind: 'accept';
  /** Our AE titles; undefined: any called AE title. */
  readonly calledAETitles?: readonly string[];
  /** Known requestors; undefined: any calling AE title. */
  readonly callingAETitles?: readonly string[];
  readonly contexts: readonly SupportedContext[];
  /** Whose order decides between transfer syntaxes both sides have; default `requestor`. */
  readonly transferSyntaxPreference?: 'requestor' | 'acceptor';
  /**
   * Answer to SOP class extended negotiation of an accepted SOP class; absent or undefined: none, the defaults of the
   * service class hold.
   */
  readonly extendedNegotiation?: (asked: ExtendedNegotiation) => Buffer | undefined;
  /** Operations that the requestor may have outstanding, where it asks for an asynchronous window; default 1. */
  readonly maxOperations?: number;
  /** Server response where the requestor asked for a positive user identity response. */
  readonly userIdentityResponse?: Buffer;
}

/** What we are and what we can receive. */
export interface LocalIdentity {
  /** Bytes of the PDV list of one P-DATA-TF. */
  readonly maxPduLength: number;
  readonly implementationClassUID: string;
  readonly implementationVersionName: string;
}

/** A presentation context both sides agreed on. */
export interface AcceptedContext {
  readonly id: number;
  readonly abstractSyntax: string;
  readonly transferSyntax: string;
  /** The requestor's roles after role selection. */
  readonly requestorRoles: { readonly scu: boolean; readonly scp: boolean };
}

/** The decision, with the PDU that says it. */
export type NegotiationResult =
  | { readonly kind: 'accept'; readonly pdu: AssociateAc; readonly contexts: readonly AcceptedContext[] }
  | { readonly kind: 'reject'; readonly pdu: AssociateRj };

/** Roles where nobody negotiates them. @standard PS3.7 D.3.3.4 */
export const DEFAULT_ROLES = { scu: true, scp: false } as const;

/**
 * What the service provider cannot take whatever the policy: wrong protocol version or application context, an AE
 * title that is none, a maximum length in which no fragment fits.
 * @standard PS3.8 9.3.4
 */
export function refuseRequest(request: AssociateRq): AssociateRj | undefined {
  if ((request.protocolVersion & 1) === 0) return Rejection.ProtocolVersionNotSupported;
  if (request.applicationContextName !== DICOM_APPLICATION_CONTEXT) return Rejection.ApplicationContextNotSupported;
  if (!isAETitle(request.calledAETitle)) return Rejection.CalledAETitleNotRecognised;
  if (!isAETitle(request.callingAETitle)) return Rejection.CallingAETitleNotRecognised;
  const maximum = request.userInformation.maximumLength;
  if (maximum !== 0 && maximum < MIN_MAX_LENGTH) return Rejection.NoReason;
  return undefined;
}

/**
 * Decides on an association request; the result always holds the PDU to send.
 * @standard PS3.7 D.3
 * @standard PS3.8 7.1.1
 */
export function negotiate(request: AssociateRq, policy: AcceptancePolicy, local: LocalIdentity): NegotiationResult {
  const refusal = refuseRequest(request) ?? refuseByPolicy(request, policy);
  if (refusal) return { kind: 'reject', pdu: refusal };
  const contexts: AcceptedContext[] = [];
  const roles = new Map<string, RoleSelection>();
  const answers = request.presentationContexts.map((proposed) => {
    const supported = policy.contexts.find((c) => c.abstractSyntax === proposed.abstractSyntax);
    const answer = answerContext(proposed, supported, policy.transferSyntaxPreference ?? 'requestor');
    if (answer.result !== ContextResult.Acceptance) return answer;
    const requestorRoles = selectRoles(request, proposed.abstractSyntax, supported, roles);
    // A context in which the requestor would have no role is of no use to either side.
    if (!requestorRoles.scu && !requestorRoles.scp) return { ...answer, result: ContextResult.UserRejection };
    contexts.push({ ...proposedSyntax(proposed, answer), requestorRoles });
    return answer;
  });
  const extended = answerExtended(request, policy, contexts);
  return { kind: 'accept', pdu: acceptance(request, policy, local, answers, [...roles.values()], extended), contexts };
}

function refuseByPolicy(request: AssociateRq, policy: AcceptancePolicy): AssociateRj | undefined {
  if (policy.calledAETitles && !policy.calledAETitles.includes(request.calledAETitle)) {
    return Rejection.CalledAETitleNotRecognised;
  }
  if (policy.callingAETitles && !policy.callingAETitles.includes(request.callingAETitle)) {
    return Rejection.CallingAETitleNotRecognised;
  }
  return undefined;
}

function answerContext(
  proposed: ProposedContext,
  supported: SupportedContext | undefined,
  preference: 'requestor' | 'acceptor',
): AnsweredContext {
  const fallback = proposed.transferSyntaxes[0] ?? '';
  if (!supported) {
    return { id: proposed.id, result: ContextResult.AbstractSyntaxNotSupported, transferSyntax: fallback };
  }
  const [first, second] =
    preference === 'requestor'
      ? [proposed.transferSyntaxes, supported.transferSyntaxes]
      : [supported.transferSyntaxes, proposed.transferSyntaxes];
  const chosen = first.find((uid) => second.includes(uid));
  return chosen === undefined
    ? { id: proposed.id, result: ContextResult.TransferSyntaxesNotSupported, transferSyntax: fallback }
    : { id: proposed.id, result: ContextResult.Acceptance, transferSyntax: chosen };
}

function proposedSyntax(proposed: ProposedContext, answer: AnsweredContext) {
  return { id: proposed.id, abstractSyntax: proposed.abstractSyntax, transferSyntax: answer.transferSyntax };
}

/** A role is granted where it was asked for and is supported; without a role item the defaults hold. */
function selectRoles(
  request: AssociateRq,
  sopClassUID: string,
  supported: SupportedContext | undefined,
  answered: Map<string, RoleSelection>,
): { scu: boolean; scp: boolean } {
  const asked = request.userInformation.roleSelections.find((role) => role.sopClassUID === sopClassUID);
  if (!asked) return DEFAULT_ROLES;
  const allowed = supported?.requestorRoles ?? DEFAULT_ROLES;
  const roles = { scu: asked.scu && allowed.scu, scp: asked.scp && allowed.scp };
  if (roles.scu || roles.scp) answered.set(sopClassUID, { sopClassUID, ...roles });
  return roles;
}

/** One answer per accepted SOP class, of what was asked alone. @standard PS3.7 D.3.3.5 */
function answerExtended(
  { userInformation }: AssociateRq,
  { extendedNegotiation }: AcceptancePolicy,
  contexts: readonly AcceptedContext[],
): ExtendedNegotiation[] {
  if (!extendedNegotiation) return [];
  const accepted = new Set(contexts.map(({ abstractSyntax }) => abstractSyntax));
  return userInformation.extendedNegotiations.flatMap((asked) => {
    const applicationInformation = accepted.delete(asked.sopClassUID) ? extendedNegotiation(asked) : undefined;
    return applicationInformation ? [{ sopClassUID: asked.sopClassUID, applicationInformation }] : [];
  });
}

/**
 * The window we grant: as many operations of the requestor as it offers and we take, one of ours at a time. Zero offers
 * without limit.
 * @standard PS3.7 D.3.3.3
 */
function grantedWindow(offered: { readonly invoked: number }, maxOperations = 1) {
  return { invoked: offered.invoked === 0 ? maxOperations : Math.min(offered.invoked, maxOperations), performed: 1 };
}

function acceptance(
  request: AssociateRq,
  policy: AcceptancePolicy,
  local: LocalIdentity,
  presentationContexts: readonly AnsweredContext[],
  roleSelections: readonly RoleSelection[],
  extendedNegotiations: readonly ExtendedNegotiation[],
): AssociateAc {
  const asked = request.userInformation;
  const window = asked.asynchronousOperations && grantedWindow(asked.asynchronousOperations, policy.maxOperations);
  const response = asked.userIdentity?.positiveResponseRequested ? policy.userIdentityResponse : undefined;
  return {
    kind: 'associate-ac',
    protocolVersion: 1,
    calledAETitle: request.calledAETitle,
    callingAETitle: request.callingAETitle,
    applicationContextName: DICOM_APPLICATION_CONTEXT,
    presentationContexts,
    userInformation: {
      maximumLength: local.maxPduLength,
      implementationClassUID: local.implementationClassUID,
      implementationVersionName: local.implementationVersionName,
      ...(window ? { asynchronousOperations: window } : {}),
      roleSelections,
      extendedNegotiations,
      ...(response ? { userIdentityResponse: response } : {}),
    },
  };
}

/**
 * The contexts an acceptor granted us, as the requestor reads them: only identifiers we proposed, only transfer
 * syntaxes we offered for them.
 * @standard PS3.8 9.3.3.2
 */
export function grantedContexts(request: AssociateRq, answer: AssociateAc): AcceptedContext[] {
  return answer.presentationContexts.flatMap((context) => {
    const proposed = request.presentationContexts.find((p) => p.id === context.id);
    if (!proposed || context.result !== ContextResult.Acceptance) return [];
    if (!proposed.transferSyntaxes.includes(context.transferSyntax)) return [];
    const asked = request.userInformation.roleSelections.find((r) => r.sopClassUID === proposed.abstractSyntax);
    const role = asked && answer.userInformation.roleSelections.find((r) => r.sopClassUID === proposed.abstractSyntax);
    const requestorRoles = role ? { scu: role.scu, scp: role.scp } : DEFAULT_ROLES;
    return [{ ...proposedSyntax(proposed, context), requestorRoles }];
  });
}
