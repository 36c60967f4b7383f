import type { Socket } from 'node:net';
import {
  AssociationMachine,
  eventOf,
  type AssociationRole,
  type Effect,
  type Indication,
  type MachineEvent,
} from '../association/association-machine';
import type { State } from '../association/state-table';
import { MessageInvalid, PduInvalid } from '../errors';
import { AbortReason, type AssociateRj, type AssociateRq } from '../pdu/pdu';
import { PduReader, type PduEvent, type PduLimits, type PdvFragment } from '../pdu/pdu-reader';
import type { Timers } from './timers';

/** What sits on top of a channel. A returned promise stops the reading until it settles: that is the backpressure. */
export interface ChannelUser {
  /** A primitive of the upper layer service, p-data excepted. */
  indicate(indication: Indication): void | Promise<void>;
  /** A piece of a PDV; its bytes are a view of the socket's buffer. */
  pdv(fragment: PdvFragment): void | Promise<void>;
}

/** Settings of one channel. */
export interface ChannelOptions {
  readonly role: AssociationRole;
  /** Association request/reject/release timer, ms. @standard PS3.8 9.1.4 */
  readonly artimMs: number;
  readonly limits: PduLimits;
  readonly timers: Timers;
  /** True where the socket's owner calls {@link AssociationChannel.receive}, instead of 'data' events. */
  readonly readsIntoBuffer?: boolean;
  /** Time the peer may take to make room for what we write, ms; absent: no bound here. */
  readonly stallMs?: number;
  /** What the provider refuses whatever the user says. */
  readonly refuse?: (request: AssociateRq) => AssociateRj | undefined;
}

/** A primitive that the user on top may ask for at any time. */
export type LocalRequest = Extract<MachineEvent, { readonly name: 'Evt7' | 'Evt8' | 'Evt11' | 'Evt14' | 'Evt15' }>;

/** The socket shell of one association: bytes to reader to machine to user, and back. */
export class AssociationChannel {
  readonly #machine: AssociationMachine;
  readonly #reader: PduReader;
  #user: ChannelUser | undefined;
  #stopArtim: (() => void) | undefined;
  /** Whether the machine let the current P-DATA-TF pass. */
  #deliver = false;
  #waitingSince: number | undefined;
  #heardAt: number;
  #pduSince: number | undefined;
  #drainWaiters: (() => void)[] = [];
  #stopStall: (() => void) | undefined;
  #stalled = false;
  /** True while the user may still look at the bytes it was given. */
  #held = false;
  /** True where the socket was told to stop. */
  #stopped = false;
  #bytesIn = 0;

  constructor(
    readonly socket: Socket,
    private readonly options: ChannelOptions,
  ) {
    this.#machine = new AssociationMachine(options.role);
    this.#reader = new PduReader(options.limits);
    this.#heardAt = options.timers.now();
  }

  /** State of the association. */
  get state(): State {
    return this.#machine.state;
  }

  /** Bytes received so far. */
  get bytesIn(): number {
    return this.#bytesIn;
  }

  /** Starts to listen to the socket. An acceptor's socket is connected; a requestor gives its request and connects. */
  start(user: ChannelUser, request?: AssociateRq): void {
    this.#user = user;
    if (!this.options.readsIntoBuffer) {
      this.socket.on('data', (chunk: Buffer) => void (this.receive(chunk) || this.socket.pause()));
    }
    this.socket.resume();
    this.socket.on('drain', () => this.#releaseWriters());
    // The reason of an error is of no use to the machine: 'close' always follows it.
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => this.#onClose());
    this.#fire(request ? { name: 'Evt1', request } : { name: 'Evt5' });
  }

  /** Tells the machine that a requestor's connection is open. */
  connected(): void {
    this.#fire({ name: 'Evt2' });
  }

  /** A local primitive: response, release or abort. Too late, it has no effect. */
  request(event: LocalRequest): void {
    this.#fire(event);
  }

  /**
   * Sends ready-made P-DATA-TF bytes; the promise, if any, settles when the peer has made room.
   * Where the association is no longer there the bytes are dropped.
   */
  sendPData(bytes: readonly Buffer[]): void | Promise<void> {
    this.#fire({ name: 'Evt9', bytes });
    if (!this.socket.writableNeedDrain || this.socket.destroyed) return undefined;
    this.#watchDrain();
    return new Promise((resolve) => this.#drainWaiters.push(resolve));
  }

  /** True where the connection was ended because the peer did not take our bytes. */
  get stalled(): boolean {
    return this.#stalled;
  }

  #watchDrain(): void {
    const { stallMs, timers } = this.options;
    if (stallMs === undefined || this.#stopStall) return;
    this.#stopStall = timers.after(stallMs, () => {
      this.#stalled = true;
      this.destroy();
    });
  }

  /** Ends the connection at once. */
  destroy(): void {
    this.socket.destroy();
  }

  /** Since when (ms) the peer has been silent while we wait for it; undefined while we are the ones who work. */
  get silentSince(): number | undefined {
    return this.#waitingSince === undefined ? this.#heardAt : undefined;
  }

  /** Since when (ms) the user on top has kept us waiting. */
  get busySince(): number | undefined {
    return this.#waitingSince;
  }

  /** Since when (ms) a PDU is incomplete. */
  get pduSince(): number | undefined {
    return this.#pduSince;
  }

  /**
   * Takes bytes from the socket.
   * @param chunk - Must stay as it is until true is returned or the socket is resumed; then it is no longer looked at.
   * @returns false where the user is busy and bytes are left, or in its hands: the socket is to be stopped, it will be
   * resumed from here. Most peers wait for the answer to what they sent last; nothing is stopped for these.
   */
  receive(chunk: Buffer): boolean {
    this.#heardAt = this.options.timers.now();
    this.#bytesIn += chunk.length;
    this.#reader.push(chunk);
    if (this.#waitingSince === undefined) this.#pump();
    this.#stopped = this.#waitingSince !== undefined && (this.#held || this.#reader.hasBytes);
    return !this.#stopped;
  }

  /** The user no longer looks at the bytes of the fragment it was given, although its promise has not settled. */
  letGo(): void {
    this.#held = false;
  }

  #pump(): void {
    try {
      for (let event = this.#reader.next(); event !== undefined; event = this.#reader.next()) {
        const waiting = this.#take(event);
        if (waiting) {
          this.#wait(waiting);
          return;
        }
      }
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#reader.detach();
    this.#pduSince = this.#reader.insidePdu ? (this.#pduSince ?? this.#heardAt) : undefined;
  }

  #wait(waiting: Promise<void>): void {
    this.#waitingSince = this.options.timers.now();
    waiting
      .catch((error: unknown) => this.#fail(error))
      .then(() => {
        this.#waitingSince = undefined;
        this.#heardAt = this.options.timers.now();
        this.#pduSince = undefined;
        this.#pump();
        this.#resume();
      })
      .catch(() => this.destroy());
  }

  #resume(): void {
    if (!this.#stopped || this.#waitingSince !== undefined) return;
    this.#stopped = false;
    this.socket.resume();
  }

  #take(event: PduEvent): void | Promise<void> {
    this.#held = event.kind === 'pdv';
    switch (event.kind) {
      case 'pdv':
        return this.#deliver && this.#open ? this.#user?.pdv(event) : undefined;
      case 'p-data':
        this.#pduSince = undefined;
        this.#deliver = false;
        return this.#apply({ name: 'Evt10' });
      case 'associate-rq': {
        const refusal = this.options.refuse?.(event);
        return this.#apply({ name: 'Evt6', pdu: event, ...(refusal ? { refusal } : {}) });
      }
      default:
        return this.#apply(eventOf(event));
    }
  }

  /** Whether P-DATA may still reach the user: an abort also cuts off the rest of the PDU under way. */
  get #open(): boolean {
    return this.state === 'Sta6' || this.state === 'Sta7';
  }

  /** An event whose indication nobody waits for. An error of the user on top ends this connection, not the process. */
  #fire(event: MachineEvent): void {
    try {
      const waiting = this.#apply(event);
      if (waiting) waiting.catch(() => this.destroy());
    } catch {
      this.destroy();
    }
  }

  #apply(event: MachineEvent): void | Promise<void> {
    let waiting: void | Promise<void> = undefined;
    for (const effect of this.#machine.handle(event)) waiting = this.#perform(effect) ?? waiting;
    return waiting;
  }

  #perform(effect: Effect): void | Promise<void> {
    switch (effect.kind) {
      case 'connect':
        return;
      case 'send':
        this.#write(effect.bytes);
        return;
      case 'start-artim':
        this.#stopArtim?.();
        this.#stopArtim = this.options.timers.after(this.options.artimMs, () => {
          this.#fire({ name: 'Evt18' });
          this.destroy();
        });
        return;
      case 'stop-artim':
        this.#stopArtim?.();
        this.#stopArtim = undefined;
        return;
      case 'close':
        this.socket.destroySoon();
        return;
      case 'indicate':
        if (effect.indication.kind !== 'p-data') return this.#user?.indicate(effect.indication);
        this.#deliver = true;
        return;
    }
  }

  #write(bytes: readonly Buffer[]): void {
    if (this.socket.destroyed || this.socket.writableEnded) return;
    if (bytes.length > 1) this.socket.cork();
    for (const part of bytes) this.socket.write(part);
    if (bytes.length > 1) this.socket.uncork();
  }

  #fail(error: unknown): void {
    if (error instanceof PduInvalid) this.#fire({ name: 'Evt19', abortReason: error.abortReason });
    else if (error instanceof MessageInvalid) {
      this.#fire({ name: 'Evt19', abortReason: AbortReason.UnexpectedPduParameter });
    } else {
      this.#fire({ name: 'Evt15' });
      void this.#user?.indicate({ kind: 'aborted', by: 'ourselves', reason: AbortReason.NotSpecified });
    }
    this.#deliver = false;
  }

  #onClose(): void {
    this.#fire({ name: 'Evt17' });
    this.#stopArtim?.();
    this.#releaseWriters();
  }

  #releaseWriters(): void {
    this.#stopStall?.();
    this.#stopStall = undefined;
    const waiters = this.#drainWaiters;
    this.#drainWaiters = [];
    for (const resume of waiters) resume();
  }
}
