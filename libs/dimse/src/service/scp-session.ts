import { negotiate, type AcceptedContext } from '../association/negotiate';
import { Rejection, rejectionName } from '../association/rejection';
import type { Indication } from '../association/association-machine';
import { MessageInvalid } from '../errors';
import { CommandField, type CommandSet } from '../message/command-set';
import { MessageAssembler } from '../message/message-assembler';
import { Status, type DimseStatus } from '../message/status';
import type { AssociateRj, AssociateRq } from '../pdu/pdu';
import type { PdvFragment } from '../pdu/pdu-reader';
import type { AssociationChannel, ChannelUser } from '../transport/association-channel';
import { associationInfo, type AssociationInfo, type AssociationRequest, type PeerAddress } from './association-info';
import type { AssociationEnd } from './dimse-event';
import { EventReporter } from './event-reporter';
import type { FindHandler } from './find-handler';
import { FindOperation } from './find-operation';
import { MessageSender, type Command } from './message-sender';
import { receiveNService } from './n-service';
import { BoundedDataSet, type DataSetReceiver } from './receiver';
import { isRequest, readStoreRequest, responseTo } from './scp-operation';
import type { AcceptDecision, SessionContext } from './session-context';
import { StoreReceiver } from './store-receiver';

const SUCCESS: DimseStatus = { status: Status.Success };
const DRAINING: DimseStatus = { status: Status.OutOfResources, errorComment: 'The server is shutting down' };

/** The acceptor's side of one association: answers requests in the order they come, one at a time. */
export class ScpSession implements ChannelUser {
  readonly #assembler = new MessageAssembler();
  #association: AssociationInfo | undefined;
  #contexts = new Map<number, AcceptedContext>();
  #sender: MessageSender | undefined;
  #reporter: EventReporter | undefined;
  #receiver: DataSetReceiver | undefined;
  /** The receiver whose `end` is under way, so that the end of the association reaches its sink. */
  #ending: DataSetReceiver | undefined;
  #find: FindOperation | undefined;
  #ended = false;

  constructor(
    private readonly channel: AssociationChannel,
    private readonly peer: PeerAddress,
    private readonly context: SessionContext,
  ) {}

  /** True from the first fragment of a request until its answer is written. */
  get busy(): boolean {
    return this.#assembler.insideMessage || this.#find !== undefined || this.channel.busySince !== undefined;
  }

  /** The association, once it is accepted. */
  get association(): AssociationInfo | undefined {
    return this.#association;
  }

  /** Aborts the association, because of a deadline or because the server closes. */
  abort(end: 'timed-out' | 'aborted-by-us'): void {
    this.channel.request({ name: 'Evt15' });
    this.#finish(end);
  }

  indicate(indication: Indication): void | Promise<void> {
    switch (indication.kind) {
      case 'associate':
        return this.#answerAssociate(indication.request);
      case 'release':
        this.channel.request({ name: 'Evt14' });
        this.#finish('released');
        return;
      case 'aborted':
        this.#finish(endOf(indication));
        return;
      default:
        return;
    }
  }

  async #answerAssociate(pdu: AssociateRq): Promise<void> {
    const { callingAETitle, calledAETitle } = pdu;
    const decision = await this.#decide({ ...this.peer, callingAETitle, calledAETitle, pdu });
    const result =
      decision.kind === 'accept'
        ? negotiate(pdu, decision, this.context.local)
        : { kind: 'reject' as const, pdu: decision };
    if (result.kind === 'reject') {
      this.reportRejection(pdu, result.pdu);
      this.channel.request({ name: 'Evt8', answer: result.pdu });
      return;
    }
    if (this.channel.state !== 'Sta3') return;
    this.#establish(pdu, result.contexts);
    this.channel.request({ name: 'Evt7', answer: result.pdu });
  }

  async #decide(request: AssociationRequest): Promise<AcceptDecision> {
    if (this.context.draining()) return Rejection.TemporaryCongestion;
    try {
      return await this.context.accept(request);
    } catch (error) {
      this.context.notify({ kind: 'handler-failed', association: undefined, error });
      return Rejection.TemporaryCongestion;
    }
  }

  /** Publishes a rejection, also one the provider decided before the policy was asked. */
  reportRejection(pdu: AssociateRq, rejection: AssociateRj): void {
    const { callingAETitle, calledAETitle } = pdu;
    this.context.notify({ kind: 'association-rejected', peer: this.peer, callingAETitle, calledAETitle, rejection: rejectionName(rejection) }); // prettier-ignore
  }

  #establish(pdu: AssociateRq, contexts: readonly AcceptedContext[]): void {
    this.#association = associationInfo(this.context.nextId(), this.peer, pdu, contexts);
    this.#contexts = new Map(contexts.map((c) => [c.id, c]));
    const peerMaximumLength = pdu.userInformation.maximumLength;
    this.#sender = new MessageSender(this.channel, peerMaximumLength);
    const free = () => this.#find?.finished ?? Promise.resolve();
    this.#reporter = new EventReporter(this.channel, {
      contexts,
      peerMaximumLength,
      timers: this.context.timers,
      free,
    });
    this.context.notify({ kind: 'association-accepted', association: this.#association });
  }

  pdv(fragment: PdvFragment): void | Promise<void> {
    const event = this.#assembler.push(fragment);
    if (event === undefined) return undefined;
    if (event.kind === 'command') return this.#begin(event.contextId, event.command, event.hasDataSet);
    const receiver = this.#receiver;
    if (!receiver) return undefined;
    const waiting = receiver.write(event.bytes);
    if (!event.end) return waiting;
    this.#receiver = undefined;
    this.#ending = receiver;
    return waiting ? waiting.then(() => this.#end(receiver)) : this.#end(receiver);
  }

  async #end(receiver: DataSetReceiver): Promise<void> {
    this.channel.letGo();
    await receiver.end();
    this.#ending = undefined;
  }

  #begin(contextId: number, command: CommandSet, hasDataSet: boolean): void | Promise<void> {
    const context = this.#contexts.get(contextId);
    const association = this.#association;
    if (!context || !association) throw new MessageInvalid(`context ${contextId} was not accepted`, { contextId });
    if (command.CommandField === CommandField.CCancelRq) {
      this.#find?.cancel();
      return undefined;
    }
    if (!isRequest(command)) {
      if (!this.#reporter?.take(command)) throw new MessageInvalid('a response without its request');
      if (hasDataSet) this.#receiver = new BoundedDataSet(0, () => undefined);
      return undefined;
    }
    if (this.#find) return this.#find.finished.then(() => this.#dispatch(association, context, command, hasDataSet));
    return this.#dispatch(association, context, command, hasDataSet);
  }

  #dispatch(
    association: AssociationInfo,
    context: AcceptedContext,
    command: CommandSet,
    hasDataSet: boolean,
  ): void | Promise<void> {
    switch (command.CommandField) {
      case CommandField.CEchoRq:
        return this.#answer(context, command, hasDataSet, this.#echo(association));
      case CommandField.CStoreRq:
        if (!hasDataSet) return this.#answer(context, command, false, { status: Status.CannotUnderstand, errorComment: 'C-STORE without a dataset' }); // prettier-ignore
        return this.#store(association, context, command);
      case CommandField.CFindRq:
        if (this.context.services.find && hasDataSet && !this.context.draining()) {
          this.#receiveFind(association, context, command, this.context.services.find);
          return undefined;
        }
        return this.#answer(context, command, hasDataSet, { status: Status.SOPClassNotSupported });
      default:
        return this.#receiveN(association, context, command, hasDataSet);
    }
  }

  #echo(association: AssociationInfo): DimseStatus {
    try {
      this.context.services.echo?.(association);
      this.context.notify({ kind: 'echo', association });
      return SUCCESS;
    } catch (error) {
      this.context.notify({ kind: 'handler-failed', association, error });
      return { status: Status.ProcessingFailure };
    }
  }

  /** Answers now, or after the dataset that has to be drained first. */
  #answer(
    context: AcceptedContext,
    command: CommandSet,
    hasDataSet: boolean,
    status: DimseStatus,
  ): void | Promise<void> {
    const respond = () => this.#sender?.sendCommand(context.id, responseTo(command, status));
    if (!hasDataSet) return respond();
    this.#receiver = new BoundedDataSet(0, respond);
    return undefined;
  }

  #store(association: AssociationInfo, context: AcceptedContext, command: CommandSet): void | Promise<void> {
    const startedAt = this.context.timers.now();
    const receiver = new StoreReceiver(
      (status, dataSetBytes) => {
        const elapsedMs = this.context.timers.now() - startedAt;
        const { AffectedSOPClassUID: sopClassUID = '', AffectedSOPInstanceUID: sopInstanceUID = '' } = command;
        this.context.notify({ kind: 'store', association, sopClassUID, sopInstanceUID, status: status.status, dataSetBytes, elapsedMs }); // prettier-ignore
        return this.#sender?.sendCommand(context.id, responseTo(command, status));
      },
      (error) => this.context.notify({ kind: 'handler-failed', association, error }),
    );
    this.#receiver = receiver;
    const handler = this.context.services.store;
    if (!handler) return receiver.refuse({ status: Status.SOPClassNotSupported });
    if (this.context.draining()) return receiver.refuse(DRAINING);
    const request = readStoreRequest(command, context, association);
    if ('status' in request) return receiver.refuse(request);
    return receiver.begin(() => handler.begin(request));
  }

  #receiveN(
    association: AssociationInfo,
    context: AcceptedContext,
    command: CommandSet,
    hasDataSet: boolean,
  ): void | Promise<void> {
    const send = (response: Command) => this.#sender?.sendCommand(context.id, response);
    const request = { association, context, command, hasDataSet, reporter: this.#reporter!, send };
    const received = receiveNService(request, this.context);
    if (!received) return this.#answer(context, command, hasDataSet, { status: Status.UnrecognisedOperation });
    if (received instanceof Promise) return received;
    this.#receiver = received;
    return undefined;
  }

  #receiveFind(
    association: AssociationInfo,
    context: AcceptedContext,
    command: CommandSet,
    handler: FindHandler,
  ): void {
    this.#receiver = new BoundedDataSet(FindOperation.maxIdentifierLength, (identifier) => {
      const sender = this.#sender;
      if (!sender) return;
      const find = new FindOperation(handler, sender, { association, context, command, identifier });
      this.#find = find;
      void find.finished.then((error) => {
        if (error !== undefined) this.context.notify({ kind: 'handler-failed', association, error });
        if (this.#find === find) this.#find = undefined;
      });
    });
  }

  #finish(end: AssociationEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#reporter?.end();
    this.#find?.cancel();
    this.#receiver?.abort(end);
    this.#ending?.abort(end);
    this.#receiver = undefined;
    const association = this.#association;
    const bytesIn = this.channel.bytesIn;
    if (association) this.context.notify({ kind: 'association-ended', association, end, bytesIn });
  }
}

function endOf(indication: Extract<Indication, { kind: 'aborted' }>): AssociationEnd {
  if (indication.by === 'ourselves') return 'protocol-error';
  return indication.by === 'connection-lost' ? 'connection-lost' : 'aborted-by-peer';
}
