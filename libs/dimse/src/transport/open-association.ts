import { ENDPLATE_IMPLEMENTATION_CLASS_UID, ENDPLATE_IMPLEMENTATION_VERSION_NAME } from '@endplate/dicom';
import { Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { isAETitle } from '../association/ae-title';
import { grantedContexts } from '../association/negotiate';
import { ConnectFailed, ContextRefused, PeerTimeout, UsageInvalid, type DimseError } from '../errors';
import { MAX_CONTEXTS } from '../pdu/decode-pdu';
import {
  DICOM_APPLICATION_CONTEXT,
  type AssociateRq,
  type ExtendedNegotiation,
  type RoleSelection,
  type UserIdentity,
} from '../pdu/pdu';
import { DEFAULT_PDU_LIMITS } from '../pdu/pdu-reader';
import type { EventReportHandler } from '../service/event-report';
import { ScuAssociation } from '../service/scu-association';
import { ScuSession } from '../service/scu-session';
import { AssociationChannel } from './association-channel';
import { systemTimers, type Timers } from './timers';

/** Whom to call and what to propose. */
export interface AssociationOptions {
  readonly host: string;
  readonly port: number;
  readonly callingAETitle: string;
  readonly calledAETitle: string;
  /** At most 128; each becomes one presentation context. */
  readonly contexts: readonly { readonly abstractSyntax: string; readonly transferSyntaxes: readonly string[] }[];
  /** Maximum length we tell the peer, bytes of a PDV list. Default 262144. */
  readonly maxPduLength?: number;
  /** Connection and A-ASSOCIATE answer, each, ms. Default 10000. */
  readonly connectTimeoutMs?: number;
  /** Each response, and each stretch of bytes the peer has to take, ms. Default 60000. */
  readonly responseTimeoutMs?: number;
  readonly roleSelections?: readonly RoleSelection[];
  readonly extendedNegotiations?: readonly ExtendedNegotiation[];
  readonly userIdentity?: UserIdentity;
  /** Present: DICOM over TLS with these options of node:tls. */
  readonly tls?: ConnectionOptions;
  readonly implementationClassUID?: string;
  readonly implementationVersionName?: string;
  readonly timers?: Timers;
  /** What is done with events that the peer reports on this association, for example storage commitment. */
  readonly eventReport?: EventReportHandler;
}

/**
 * Connects and negotiates.
 * @throws DIMSE_CONNECT_FAILED, DIMSE_TIMEOUT, DIMSE_ASSOCIATION_REJECTED, DIMSE_ASSOCIATION_ABORTED,
 * DIMSE_CONTEXT_REFUSED where the peer accepts none of the contexts, DIMSE_USAGE_INVALID
 * @standard PS3.8 7.1
 */
export async function openAssociation(options: AssociationOptions): Promise<ScuAssociation> {
  const { connectTimeoutMs = 10_000, responseTimeoutMs = 60_000, timers = systemTimers } = options;
  const request = requestOf(options);
  const socket = new Socket({ highWaterMark: 1 << 20 } as ConstructorParameters<typeof Socket>[0]);
  const stream = options.tls ? wrapTls(socket, options.tls, options.host) : socket;
  const channel = new AssociationChannel(stream, {
    role: 'requestor',
    artimMs: connectTimeoutMs,
    limits: { ...DEFAULT_PDU_LIMITS, maxPDataLength: request.userInformation.maximumLength },
    timers,
    stallMs: responseTimeoutMs,
  });
  const session = new ScuSession(channel, timers);
  await connect(options, socket, stream, channel, session, request, connectTimeoutMs);
  const answer = await session.accepted(connectTimeoutMs);
  const contexts = grantedContexts(request, answer);
  const peerMaximumLength = answer.userInformation.maximumLength;
  const association = new ScuAssociation(channel, session, {
    contexts,
    peerMaximumLength,
    responseTimeoutMs,
    timers,
    ...(options.eventReport ? { eventReport: options.eventReport } : {}),
  });
  if (contexts.length > 0) return association;
  association.abort();
  throw new ContextRefused('the peer accepted none of the presentation contexts', {
    proposed: options.contexts.length,
  });
}

function wrapTls(socket: Socket, tls: ConnectionOptions, host: string): Socket {
  const servername = /^[\d.]+$|:/.test(host) ? {} : { servername: host };
  return connectTls({ ...servername, ...tls, socket });
}

/** Opens the transport; the machine sends A-ASSOCIATE-RQ once it is up. */
async function connect(
  { host, port, tls, timers }: AssociationOptions,
  socket: Socket,
  stream: Socket,
  channel: AssociationChannel,
  session: ScuSession,
  request: AssociateRq,
  timeoutMs: number,
): Promise<void> {
  let cause: DimseError | undefined;
  const fail = (error: Error) => {
    cause ??= new ConnectFailed(`no connection to ${host}:${port}: ${error.message}`, { host, port }, { cause: error });
  };
  session.connectError = () => cause;
  channel.start(session, request);
  const connected = new Promise<void>((resolve, reject) => {
    const cancel = (timers ?? systemTimers).after(timeoutMs, () => {
      cause ??= new PeerTimeout(`no connection to ${host}:${port} within ${timeoutMs} ms`, { host, port, timeoutMs });
      stream.destroy();
      socket.destroy();
    });
    stream.once('error', fail);
    socket.once('error', fail);
    stream.once('close', () => {
      cancel();
      reject(cause ?? new ConnectFailed(`connection to ${host}:${port} closed`, { host, port }));
    });
    stream.once(tls ? 'secureConnect' : 'connect', () => {
      cancel();
      session.connectError = undefined;
      resolve();
    });
  });
  socket.setNoDelay(true);
  socket.connect({ host, port });
  await connected;
  channel.connected();
}

/** @throws DIMSE_USAGE_INVALID where the standard does not allow the request */
function requestOf(options: AssociationOptions): AssociateRq {
  const { callingAETitle, calledAETitle, contexts } = options;
  for (const title of [callingAETitle, calledAETitle]) {
    if (!isAETitle(title)) throw new UsageInvalid('an AE title has 1 to 16 characters, none a backslash (PS3.5 6.2)');
  }
  if (contexts.length === 0 || contexts.length > MAX_CONTEXTS) {
    throw new UsageInvalid(`${contexts.length} presentation contexts: 1 to ${MAX_CONTEXTS} are possible`);
  }
  return {
    kind: 'associate-rq',
    protocolVersion: 1,
    callingAETitle,
    calledAETitle,
    applicationContextName: DICOM_APPLICATION_CONTEXT,
    presentationContexts: contexts.map((context, i) => ({ id: 2 * i + 1, ...context })),
    userInformation: {
      maximumLength: options.maxPduLength ?? 256 * 1024,
      implementationClassUID: options.implementationClassUID ?? ENDPLATE_IMPLEMENTATION_CLASS_UID,
      implementationVersionName: options.implementationVersionName ?? ENDPLATE_IMPLEMENTATION_VERSION_NAME,
      roleSelections: options.roleSelections ?? [],
      extendedNegotiations: options.extendedNegotiations ?? [],
      ...(options.userIdentity ? { userIdentity: options.userIdentity } : {}),
    },
  };
}
