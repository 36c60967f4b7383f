import type { AssociateRj } from '../pdu/pdu';

const PERMANENT = 1;
const TRANSIENT = 2;
const SERVICE_USER = 1;
const ACSE_PROVIDER = 2;
const PRESENTATION_PROVIDER = 3;

/** Every reason for which we reject an association. @standard PS3.8 Table 9-21 */
export const Rejection = {
  NoReason: rejection(PERMANENT, SERVICE_USER, 1),
  ApplicationContextNotSupported: rejection(PERMANENT, SERVICE_USER, 2),
  CallingAETitleNotRecognised: rejection(PERMANENT, SERVICE_USER, 3),
  CalledAETitleNotRecognised: rejection(PERMANENT, SERVICE_USER, 7),
  AuthenticationFailed: rejection(PERMANENT, ACSE_PROVIDER, 1),
  ProtocolVersionNotSupported: rejection(PERMANENT, ACSE_PROVIDER, 2),
  TemporaryCongestion: rejection(TRANSIENT, PRESENTATION_PROVIDER, 1),
  LocalLimitExceeded: rejection(TRANSIENT, PRESENTATION_PROVIDER, 2),
} as const;

/** Name of a reason of {@link Rejection}. */
export type RejectionName = keyof typeof Rejection;

/** The name of a received or sent rejection, for messages; `undefined` where the values are none of ours. */
export function rejectionName(rj: Pick<AssociateRj, 'source' | 'reason'>): RejectionName | undefined {
  const names = Object.keys(Rejection) as RejectionName[];
  return names.find((name) => Rejection[name].source === rj.source && Rejection[name].reason === rj.reason);
}

function rejection(result: number, source: number, reason: number): AssociateRj {
  return { kind: 'associate-rj', result, source, reason };
}
