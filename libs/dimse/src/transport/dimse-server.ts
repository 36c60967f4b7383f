import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket, type Server as TlsServer, type TlsOptions } from 'node:tls';
import { refuseRequest, type LocalIdentity } from '../association/negotiate';
import { Rejection } from '../association/rejection';
import { DEFAULT_PDU_LIMITS } from '../pdu/pdu-reader';
import type { AssociateRj, AssociateRq } from '../pdu/pdu';
import type { PeerAddress } from '../service/association-info';
import { ScpSession } from '../service/scp-session';
import type { SessionContext } from '../service/session-context';
import { AssociationChannel } from './association-channel';
import { withReusedReadBuffer } from './reused-read-buffer';
import { serverSettings, type ServerOptions, type ServerSettings } from './server-options';

/** Where to listen. */
export interface ListenOptions {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Present: DICOM over TLS with these options of node:tls. */
  readonly tls?: TlsOptions;
}

interface Connection {
  readonly channel: AssociationChannel;
  readonly session: ScpSession;
  readonly address: string;
}

/** Connections over the limit that are still heard, so that they can be told why they are rejected. */
const REJECTION_ROOM = 32;
/** How often deadlines are looked at, ms. */
const SWEEP_MS = 500;
/** Silence after which a draining server ends an association, ms. */
const DRAIN_IDLE_MS = 250;
/** Bytes that wait in a socket for the peer before `write` asks to stop. */
const HIGH_WATER_MARK = 256 * 1024;

/** Accepts DICOM associations and hands their messages to services. */
export class DimseServer {
  readonly #settings: ServerSettings;
  readonly #connections = new Set<Connection>();
  readonly #context: SessionContext;
  #server: Server | undefined;
  #stopSweep: (() => void) | undefined;
  #draining = false;
  #serial = 0;
  #emptied: (() => void) | undefined;

  constructor(options: ServerOptions) {
    this.#settings = serverSettings(options);
    const { accept, services, timers, notify, maxPduLength, implementationClassUID, implementationVersionName } =
      this.#settings;
    const local: LocalIdentity = { maxPduLength, implementationClassUID, implementationVersionName };
    const draining = () => this.#draining;
    const nextId = () => (this.#serial += 1);
    this.#context = { accept, services, local, timers, notify, draining, nextId };
  }

  /** Associations and connections that are open now. */
  get openConnections(): number {
    return this.#connections.size;
  }

  /**
   * Starts to listen; a server listens once.
   * @returns the address and the port it got.
   * @throws the error of node:net, for example EADDRINUSE
   */
  async listen({ host, port, tls }: ListenOptions): Promise<AddressInfo> {
    const tuning = { noDelay: true, keepAlive: true, highWaterMark: HIGH_WATER_MARK };
    const server = tls
      ? createTlsServer({ handshakeTimeout: this.#settings.artimMs, ...tuning, ...tls }, (s) => this.#onConnection(s))
      : createServer({ ...tuning, pauseOnConnect: true }, (socket) => this.#onConnection(socket));
    // TLS handshakes count as connections too: this bound holds before there is any association.
    server.maxConnections = this.#settings.maxAssociations + REJECTION_ROOM;
    server.on('drop', (dropped) => {
      this.#settings.notify({ kind: 'connection-refused', peer: droppedPeer(dropped), limit: 'all' });
    });
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port, backlog: 511 }, resolve);
    });
    server.removeAllListeners('error');
    server.on('error', () => undefined);
    this.#server = server;
    this.#stopSweep = this.#settings.timers.every(SWEEP_MS, () => this.#sweep());
    return server.address() as AddressInfo;
  }

  /** New certificates for connections to come; those that are open keep theirs. */
  reloadTls(options: TlsOptions): void {
    const server = this.#server;
    if (server && 'setSecureContext' in server) (server as TlsServer).setSecureContext(options);
  }

  /**
   * Stops: takes no connection, lets operations under way end and answers new ones with A700, aborts an association
   * when it has nothing under way, and every one that is left after `drainMs`.
   */
  async close({ drainMs = 5000 }: { drainMs?: number } = {}): Promise<void> {
    this.#draining = true;
    const closed = new Promise<void>((resolve) => (this.#server ? this.#server.close(() => resolve()) : resolve()));
    const emptied = new Promise<void>((resolve) => (this.#emptied = resolve));
    const { timers } = this.#settings;
    const stopTimers = [
      timers.every(DRAIN_IDLE_MS / 5, () => this.#endIdle()),
      timers.after(drainMs, () => this.#connections.forEach(({ session }) => session.abort('aborted-by-us'))),
      // A peer that leaves the connection open after our A-ABORT does not keep us.
      timers.after(drainMs + DRAIN_IDLE_MS, () => this.#connections.forEach(({ channel }) => channel.destroy())),
    ];
    if (this.#connections.size > 0) await emptied;
    stopTimers.forEach((stop) => stop());
    this.#stopSweep?.();
    await closed;
  }

  #onConnection(accepted: Socket): void {
    const peer = peerOf(accepted);
    const { maxAssociationsPerAddress: perAddress, maxAssociations, notify, artimMs, timers } = this.#settings;
    const fromAddress = [...this.#connections].filter((c) => c.address === peer.remoteAddress).length;
    if (fromAddress >= perAddress + REJECTION_ROOM / 4) {
      notify({ kind: 'connection-refused', peer, limit: 'address' });
      accepted.destroy();
      return;
    }
    const overLimit = this.#connections.size >= maxAssociations || fromAddress >= perAddress;
    const refuse = (request: AssociateRq): AssociateRj | undefined => this.#refuse(session, request, overLimit);
    const limits = { ...DEFAULT_PDU_LIMITS, maxPDataLength: this.#settings.maxPduLength };
    const receive = (chunk: Buffer): boolean => channel.receive(chunk);
    const reading = accepted instanceof TLSSocket ? undefined : withReusedReadBuffer(accepted, receive);
    const socket = reading ?? accepted;
    const options = { artimMs, limits, timers, refuse, readsIntoBuffer: reading !== undefined };
    const channel: AssociationChannel = new AssociationChannel(socket, { role: 'acceptor', ...options });
    const session: ScpSession = new ScpSession(channel, peer, this.#context);
    const connection = { channel, session, address: peer.remoteAddress };
    this.#connections.add(connection);
    channel.start(session);
    socket.on('close', () => {
      this.#connections.delete(connection);
      if (!session.association && channel.bytesIn === 0) notify({ kind: 'connection-unused', peer });
      if (this.#connections.size === 0) this.#emptied?.();
    });
  }

  #refuse(session: ScpSession, request: AssociateRq, overLimit: boolean): AssociateRj | undefined {
    const refusal = overLimit ? Rejection.LocalLimitExceeded : refuseRequest(request);
    if (refusal) session.reportRejection(request, refusal);
    return refusal;
  }

  /** Ends what has been waited for too long: the peer, one PDU of it, or a handler of ours. */
  #sweep(): void {
    const { timers, idleMs, pduMs, handlerMs } = this.#settings;
    const now = timers.now();
    for (const { channel, session } of this.#connections) {
      const silent = now - (channel.silentSince ?? now) > idleMs;
      const slow = channel.silentSince !== undefined && now - (channel.pduSince ?? now) > pduMs;
      const stuck = now - (channel.busySince ?? now) > handlerMs;
      if (silent || slow || stuck) session.abort('timed-out');
    }
  }

  #endIdle(): void {
    const now = this.#settings.timers.now();
    for (const { channel, session } of this.#connections) {
      if (!session.busy && now - (channel.silentSince ?? now) > DRAIN_IDLE_MS) session.abort('aborted-by-us');
    }
  }
}

function peerOf(socket: Socket): PeerAddress {
  const peer = { remoteAddress: socket.remoteAddress ?? '', remotePort: socket.remotePort ?? 0 };
  if (!(socket instanceof TLSSocket)) return peer;
  const fingerprint = socket.getPeerCertificate().fingerprint256 as string | undefined;
  const tls = {
    authorised: socket.authorized,
    protocol: socket.getProtocol() ?? '',
    ...(fingerprint === undefined ? {} : { peerFingerprint256: fingerprint }),
  };
  return { ...peer, tls };
}

function droppedPeer(dropped: { remoteAddress?: string; remotePort?: number } | undefined): PeerAddress {
  return { remoteAddress: dropped?.remoteAddress ?? '', remotePort: dropped?.remotePort ?? 0 };
}
