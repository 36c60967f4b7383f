import type { Indication } from '../association/association-machine';
import {
  AssociationAborted,
  AssociationRejected,
  MessageInvalid,
  PeerTimeout,
  type DimseError,
  type ServiceFailure,
} from '../errors';
import { rejectionName } from '../association/rejection';
import type { AssociateAc, AssociateRj } from '../pdu/pdu';
import type { PdvFragment } from '../pdu/pdu-reader';
import { RESPONSE_BIT, type CommandSet } from '../message/command-set';
import { MessageAssembler } from '../message/message-assembler';
import type { AssociationChannel, ChannelUser } from '../transport/association-channel';
import type { Timers } from '../transport/timers';
import { BoundedDataSet } from './receiver';

/** A response with its dataset, where it has one. */
export interface DimseResponse {
  readonly command: CommandSet;
  readonly dataSet?: Buffer;
}

/** Longest dataset of a response that is held, bytes. */
const MAX_RESPONSE_DATA_SET = 4 * 1024 * 1024;

/** Responses held for a caller that does not take them; then the peer has to wait. */
const MAX_HELD_RESPONSES = 32;

type Settled<T> = { readonly resolve: (value: T) => void; readonly reject: (error: DimseError) => void };

/** The requestor's side of one association: what comes from the peer, and the waits for it. */
export class ScuSession implements ChannelUser {
  readonly #assembler = new MessageAssembler();
  #dataSet: BoundedDataSet | undefined;
  readonly #responses: DimseResponse[] = [];
  /** Lets the reading go on once a held response was taken. */
  #makeRoom: (() => void) | undefined;
  #awaitingAnswer: Settled<AssociateAc> | undefined;
  #awaitingResponse: Settled<DimseResponse> | undefined;
  #awaitingRelease: Settled<void> | undefined;
  #failure: DimseError | undefined;
  /** Takes requests of the peer, with their dataset; without it a request breaks the protocol. */
  onRequest: ((contextId: number, command: CommandSet, hasDataSet: boolean) => BoundedDataSet | undefined) | undefined;
  /** Set by the caller before it connects, so that a failed connection names its cause. */
  connectError: (() => DimseError | undefined) | undefined;

  constructor(
    private readonly channel: AssociationChannel,
    private readonly timers: Timers,
  ) {}

  /** Why the association is no longer usable, if so. */
  get failure(): DimseError | undefined {
    return this.#failure;
  }

  /** The peer's A-ASSOCIATE-AC. @throws DIMSE_ASSOCIATION_REJECTED, DIMSE_ASSOCIATION_ABORTED, DIMSE_TIMEOUT */
  accepted(timeoutMs: number): Promise<AssociateAc> {
    return this.#await(timeoutMs, 'association', (settled) => (this.#awaitingAnswer = settled));
  }

  /** The next response. @throws DIMSE_ASSOCIATION_ABORTED, DIMSE_TIMEOUT */
  response(timeoutMs: number): Promise<DimseResponse> {
    const ready = this.#responses.shift();
    this.#makeRoom?.();
    if (ready) return Promise.resolve(ready);
    return this.#await(timeoutMs, 'response', (settled) => (this.#awaitingResponse = settled));
  }

  /** The end of a release. @throws DIMSE_ASSOCIATION_ABORTED, DIMSE_TIMEOUT */
  released(timeoutMs: number): Promise<void> {
    return this.#await(timeoutMs, 'release', (settled) => (this.#awaitingRelease = settled));
  }

  /** Fails every wait, now and later. */
  fail(error: DimseError): void {
    this.#failure ??= error;
    this.#awaitingAnswer?.reject(this.#failure);
    this.#awaitingResponse?.reject(this.#failure);
    this.#awaitingRelease?.reject(this.#failure);
    this.#makeRoom?.();
  }

  indicate(indication: Indication): void {
    switch (indication.kind) {
      case 'accepted':
        this.#awaitingAnswer?.resolve(indication.answer);
        return;
      case 'rejected':
        this.fail(rejected(indication.answer));
        return;
      case 'released':
        this.#awaitingRelease?.resolve();
        this.fail(new AssociationAborted('the association was released'));
        return;
      case 'release':
        // An acceptor that releases: unusual, and allowed (PS3.8 7.2).
        this.channel.request({ name: 'Evt14' });
        if (this.channel.state === 'Sta13') this.fail(new AssociationAborted('the peer released the association'));
        return;
      case 'aborted':
        this.fail(this.#cause(indication));
        return;
      default:
        return;
    }
  }

  pdv(fragment: PdvFragment): void | Promise<void> {
    this.#takeFragment(fragment);
    if (this.#responses.length < MAX_HELD_RESPONSES || this.#failure) return undefined;
    return new Promise((resolve) => (this.#makeRoom = resolve));
  }

  #takeFragment(fragment: PdvFragment): void {
    const event = this.#assembler.push(fragment);
    if (event === undefined) return;
    if (event.kind === 'data-set') {
      this.#dataSet?.write(event.bytes);
      if (event.end) void this.#dataSet?.end();
      return;
    }
    const { command } = event;
    if ((command.CommandField & RESPONSE_BIT) === 0) {
      if (!this.onRequest) throw new MessageInvalid('a request where a response is due');
      this.#dataSet = this.onRequest(event.contextId, command, event.hasDataSet);
      return;
    }
    if (!event.hasDataSet) this.#deliver({ command });
    else this.#dataSet = new BoundedDataSet(MAX_RESPONSE_DATA_SET, (bytes) => this.#deliverWith(command, bytes));
  }

  #deliverWith(command: CommandSet, dataSet: Buffer | ServiceFailure): void {
    if (!Buffer.isBuffer(dataSet)) throw new MessageInvalid(dataSet.message);
    this.#deliver({ command, dataSet });
  }

  #deliver(response: DimseResponse): void {
    const waiting = this.#awaitingResponse;
    // Taken away at once: the next response may be in the same chunk.
    this.#awaitingResponse = undefined;
    if (waiting) waiting.resolve(response);
    else this.#responses.push(response);
  }

  #cause(indication: Extract<Indication, { kind: 'aborted' }>): DimseError {
    if (this.channel.stalled) return new PeerTimeout('the peer does not take our bytes');
    return this.connectError?.() ?? aborted(indication);
  }

  /** One wait with its deadline; at the deadline the association is aborted. */
  async #await<T>(timeoutMs: number, what: string, register: (settled: Settled<T> | undefined) => void): Promise<T> {
    if (this.#failure) throw this.#failure;
    let stop = (): void => undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        register({ resolve, reject });
        stop = this.timers.after(timeoutMs, () => {
          this.fail(new PeerTimeout(`no ${what} within ${timeoutMs} ms`, { timeoutMs }));
          this.channel.request({ name: 'Evt15' });
        });
      });
    } finally {
      stop();
      register(undefined);
    }
  }
}

function rejected(rj: AssociateRj): AssociationRejected {
  const name = rejectionName(rj) ?? `source ${rj.source} reason ${rj.reason}`;
  return new AssociationRejected(`association rejected: ${name}`, rj);
}

function aborted({ by, reason }: Extract<Indication, { kind: 'aborted' }>): AssociationAborted {
  const message = by === 'ourselves' ? 'the peer broke the protocol' : `association ended: ${by}`;
  return new AssociationAborted(message, { by, reason });
}
