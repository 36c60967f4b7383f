import type { AcceptedContext } from '../association/negotiate';
import { AssociationAborted, ContextRefused, MessageInvalid, UsageInvalid } from '../errors';
import { CommandField, type CommandSet } from '../message/command-set';
import { Status, statusKind, type DimseStatus } from '../message/status';
import type { AssociationChannel } from '../transport/association-channel';
import type { Timers } from '../transport/timers';
import { receiveEventReport, type EventReportHandler } from './event-report';
import type { OutgoingEvent } from './event-reporter';
import { MessageSender, type Command, type DataSetSource } from './message-sender';
import { runMove, type MoveOutcome, type MoveRequest } from './move-operation';
import type { BoundedDataSet } from './receiver';
import type { DimseResponse, ScuSession } from './scu-session';

const VERIFICATION = '1.2.840.10008.1.1';

/** One instance to send. */
export interface StoreInstance {
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  /** How `dataSet` is encoded; a context with this transfer syntax must have been accepted. */
  readonly transferSyntaxUID: string;
  /** The dataset without file meta information. */
  readonly dataSet: DataSetSource;
  /** 0 medium (default), 1 high, 2 low. */
  readonly priority?: number;
}

/** An action that the peer is asked for. @standard PS3.7 10.1.4 */
export interface ActionRequest {
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  readonly actionTypeID: number;
  /** Action information, in the transfer syntax of the accepted context. */
  readonly dataSet: Buffer;
}

/** A SOP instance that the peer is to create or change. @standard PS3.7 10.1.5 */
export interface AttributeRequest {
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  /** Attribute or modification list, in the transfer syntax of the accepted context. */
  readonly dataSet: Buffer;
}

/** What an association knows of itself. */
export interface ScuFacts {
  readonly contexts: readonly AcceptedContext[];
  readonly peerMaximumLength: number;
  readonly responseTimeoutMs: number;
  readonly timers: Timers;
  /** What is done with events that the peer reports on this association. */
  readonly eventReport?: EventReportHandler;
}

/** An open association on which we are SCU. Operations go out one at a time, in the order they were called. */
export class ScuAssociation {
  readonly #sender: MessageSender;
  #messageID = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly channel: AssociationChannel,
    private readonly session: ScuSession,
    private readonly facts: ScuFacts,
  ) {
    this.#sender = new MessageSender(channel, facts.peerMaximumLength);
    const { eventReport } = facts;
    if (eventReport)
      session.onRequest = (id, command, hasDataSet) => this.#request(id, command, hasDataSet, eventReport);
  }

  /** Presentation contexts the peer accepted. */
  get contexts(): readonly AcceptedContext[] {
    return this.facts.contexts;
  }

  /** The accepted context for a SOP class, and a transfer syntax where it matters. */
  contextFor(abstractSyntax: string, transferSyntax?: string): AcceptedContext | undefined {
    return this.facts.contexts.find(
      (c) =>
        c.abstractSyntax === abstractSyntax && (transferSyntax === undefined || c.transferSyntax === transferSyntax),
    );
  }

  /**
   * C-ECHO.
   * @throws DIMSE_CONTEXT_REFUSED, DIMSE_TIMEOUT, DIMSE_ASSOCIATION_ABORTED
   * @standard PS3.7 9.3.5
   */
  echo(): Promise<DimseStatus> {
    return this.#exclusive(async () => {
      const context = this.#require(VERIFICATION);
      const command = this.#command(CommandField.CEchoRq, { AffectedSOPClassUID: VERIFICATION });
      await this.#sender.sendCommand(context.id, command);
      return statusOf((await this.#response(command)).command);
    });
  }

  /**
   * C-STORE. A failure status is a value, not an error.
   * @throws DIMSE_CONTEXT_REFUSED, DIMSE_TIMEOUT, DIMSE_ASSOCIATION_ABORTED
   * @standard PS3.7 9.3.1
   */
  store(instance: StoreInstance): Promise<DimseStatus> {
    return this.#exclusive(async () => {
      const context = this.#require(instance.sopClassUID, instance.transferSyntaxUID);
      const command = this.#command(CommandField.CStoreRq, {
        AffectedSOPClassUID: instance.sopClassUID,
        AffectedSOPInstanceUID: instance.sopInstanceUID,
        Priority: instance.priority ?? 0,
      });
      await this.#send(context.id, command, instance.dataSet);
      return statusOf((await this.#response(command)).command);
    });
  }

  /**
   * N-ACTION. A failure status is a value, not an error.
   * @throws DIMSE_CONTEXT_REFUSED, DIMSE_TIMEOUT, DIMSE_ASSOCIATION_ABORTED
   * @standard PS3.7 10.3.5
   */
  action({ sopClassUID, sopInstanceUID, actionTypeID, dataSet }: ActionRequest): Promise<DimseStatus> {
    const requested = { RequestedSOPClassUID: sopClassUID, RequestedSOPInstanceUID: sopInstanceUID };
    return this.#normalised(sopClassUID, CommandField.NActionRq, { ...requested, ActionTypeID: actionTypeID }, dataSet);
  }

  /**
   * N-CREATE. A failure status is a value, not an error.
   * @throws DIMSE_CONTEXT_REFUSED, DIMSE_TIMEOUT, DIMSE_ASSOCIATION_ABORTED
   * @standard PS3.7 10.3.6
   */
  create({ sopClassUID, sopInstanceUID, dataSet }: AttributeRequest): Promise<DimseStatus> {
    const affected = { AffectedSOPClassUID: sopClassUID, AffectedSOPInstanceUID: sopInstanceUID };
    return this.#normalised(sopClassUID, CommandField.NCreateRq, affected, dataSet);
  }

  /**
   * N-SET. A failure status is a value, not an error.
   * @throws DIMSE_CONTEXT_REFUSED, DIMSE_TIMEOUT, DIMSE_ASSOCIATION_ABORTED
   * @standard PS3.7 10.3.3
   */
  set({ sopClassUID, sopInstanceUID, dataSet }: AttributeRequest): Promise<DimseStatus> {
    const requested = { RequestedSOPClassUID: sopClassUID, RequestedSOPInstanceUID: sopInstanceUID };
    return this.#normalised(sopClassUID, CommandField.NSetRq, requested, dataSet);
  }

  /**
   * N-EVENT-REPORT, where role selection made us the SCP. A failure status is a value, not an error.
   * @throws DIMSE_CONTEXT_REFUSED, DIMSE_TIMEOUT, DIMSE_ASSOCIATION_ABORTED
   * @standard PS3.7 10.3.1
   */
  report({ sopClassUID, sopInstanceUID, eventTypeID, dataSet }: OutgoingEvent): Promise<DimseStatus> {
    const affected = { AffectedSOPClassUID: sopClassUID, AffectedSOPInstanceUID: sopInstanceUID };
    return this.#normalised(
      sopClassUID,
      CommandField.NEventReportRq,
      { ...affected, EventTypeID: eventTypeID },
      dataSet,
    );
  }

  /**
   * C-FIND. Leaving the loop early sends C-CANCEL and waits for the final response.
   * @param sopClassUID - The query model, for example Study Root FIND.
   * @param identifier - Encoded in the transfer syntax of the accepted context.
   * @returns the identifiers of the matches, in that transfer syntax.
   * @throws DIMSE_CONTEXT_REFUSED, DIMSE_TIMEOUT, DIMSE_ASSOCIATION_ABORTED, DIMSE_MESSAGE_INVALID on a failure status
   * @standard PS3.7 9.3.2
   */
  async *find(sopClassUID: string, identifier: Buffer): AsyncGenerator<Buffer, void, undefined> {
    const release = await this.#acquire();
    try {
      const context = this.#require(sopClassUID);
      const command = this.#command(CommandField.CFindRq, { AffectedSOPClassUID: sopClassUID, Priority: 0 });
      await this.#send(context.id, command, identifier);
      let status = Status.Pending as number;
      try {
        while (statusKind(status) === 'pending') {
          const response = await this.#response(command);
          status = response.command.Status ?? Status.ProcessingFailure;
          if (response.dataSet) yield response.dataSet;
        }
      } finally {
        if (statusKind(status) === 'pending' && !this.session.failure) await this.#cancel(context.id, command);
      }
      if (statusKind(status) === 'failure') {
        throw new MessageInvalid(`C-FIND failed with status 0x${status.toString(16)}`, { status });
      }
    } finally {
      release();
    }
  }

  /**
   * C-MOVE: the peer sends the matches to an AE of our choice, on associations of its own. A failure status is part of
   * the outcome, not an error. Aborting the signal, or a move that takes too long, sends C-CANCEL; the outcome is then
   * what the peer says it had done.
   * @throws DIMSE_CONTEXT_REFUSED, DIMSE_TIMEOUT, DIMSE_ASSOCIATION_ABORTED, DIMSE_USAGE_INVALID
   * @standard PS3.7 9.3.4
   * @standard PS3.4 C.4.2
   */
  move(request: MoveRequest): Promise<MoveOutcome> {
    return this.#exclusive(async () => {
      const context = this.#require(request.sopClassUID);
      const command = this.#command(CommandField.CMoveRq, {
        AffectedSOPClassUID: request.sopClassUID,
        Priority: request.priority ?? 0,
        MoveDestination: request.destinationAETitle,
      });
      return runMove(
        {
          transferSyntaxUID: context.transferSyntax,
          responseTimeoutMs: this.facts.responseTimeoutMs,
          timers: this.facts.timers,
          send: () => this.#send(context.id, command, request.identifier),
          next: () => this.#response(command),
          cancel: () => this.#sendCancel(context.id, command),
          abort: () => this.abort(),
        },
        request,
      );
    });
  }

  /** Ends the association in order. @throws DIMSE_TIMEOUT, DIMSE_ASSOCIATION_ABORTED @standard PS3.8 7.2 */
  release(): Promise<void> {
    return this.#exclusive(async () => {
      const released = this.session.released(this.facts.responseTimeoutMs);
      this.channel.request({ name: 'Evt11' });
      await released;
    });
  }

  /** Ends the association at once. @standard PS3.8 7.3 */
  abort(): void {
    this.channel.request({ name: 'Evt15' });
    this.session.fail(new AssociationAborted('aborted by us'));
  }

  #normalised(sopClassUID: string, field: number, rest: Partial<Command>, dataSet: Buffer): Promise<DimseStatus> {
    return this.#exclusive(async () => {
      const context = this.#require(sopClassUID);
      const command = this.#command(field, rest);
      await this.#send(context.id, command, dataSet);
      return statusOf((await this.#response(command)).command);
    });
  }

  /** A request of the peer: only an event can be one; anything else is answered as unknown. */
  #request(
    contextId: number,
    command: CommandSet,
    hasDataSet: boolean,
    handler: EventReportHandler,
  ): BoundedDataSet | undefined {
    const context = this.facts.contexts.find(({ id }) => id === contextId);
    if (!context) throw new MessageInvalid(`context ${contextId} was not accepted`, { contextId });
    const isEvent = command.CommandField === CommandField.NEventReportRq;
    const received = receiveEventReport(
      context,
      command,
      hasDataSet,
      isEvent ? handler : undefined,
      (response) => (this.session.failure ? undefined : this.#sender.sendCommand(contextId, response)),
      () => undefined,
    );
    return received instanceof Promise ? undefined : received;
  }

  #require(abstractSyntax: string, transferSyntax?: string): AcceptedContext {
    const context = this.contextFor(abstractSyntax, transferSyntax);
    if (context) return context;
    const facts = { abstractSyntax, ...(transferSyntax === undefined ? {} : { transferSyntax }) };
    throw new ContextRefused(
      `the peer accepted no context for ${abstractSyntax} ${transferSyntax ?? ''}`.trim(),
      facts,
    );
  }

  #command(field: number, rest: Partial<Command>): Command & { readonly MessageID: number } {
    this.#messageID = (this.#messageID % 0xffff) + 1;
    return { ...rest, CommandField: field, MessageID: this.#messageID };
  }

  async #send(contextId: number, command: Command, dataSet: DataSetSource): Promise<void> {
    if (this.session.failure) throw this.session.failure;
    // A response before the last fragment is a peer that gave up: the sending goes on, it has to be complete.
    await this.#sender.sendMessage(contextId, command, dataSet);
    if (this.session.failure) throw this.session.failure;
  }

  async #response(command: { readonly MessageID: number }): Promise<DimseResponse> {
    const response = await this.session.response(this.facts.responseTimeoutMs);
    if (response.command.MessageIDBeingRespondedTo === command.MessageID) return response;
    this.abort();
    throw new MessageInvalid('the response is to another message');
  }

  async #cancel(contextId: number, command: { readonly MessageID: number }): Promise<void> {
    await this.#sendCancel(contextId, command);
    let status = Status.Pending as number;
    while (statusKind(status) === 'pending') status = (await this.#response(command)).command.Status ?? 0;
  }

  async #sendCancel(contextId: number, command: { readonly MessageID: number }): Promise<void> {
    const cancel = { CommandField: CommandField.CCancelRq, MessageIDBeingRespondedTo: command.MessageID };
    await this.#sender.sendCommand(contextId, cancel);
  }

  async #exclusive<T>(operation: () => Promise<T>): Promise<T> {
    const release = await this.#acquire();
    try {
      return await operation();
    } finally {
      release();
    }
  }

  /** Waits for the operations called before; the asynchronous operations window is one. */
  async #acquire(): Promise<() => void> {
    let release = (): void => undefined;
    const before = this.#turn;
    this.#turn = new Promise<void>((resolve) => (release = resolve));
    await before;
    if (this.session.failure) {
      release();
      throw this.session.failure;
    }
    return release;
  }
}

function statusOf(command: CommandSet): DimseStatus {
  if (command.Status === undefined) throw new UsageInvalid('a response without a status');
  return {
    status: command.Status,
    ...(command.ErrorComment === undefined ? {} : { errorComment: command.ErrorComment }),
    ...(command.OffendingElement === undefined ? {} : { offendingElement: command.OffendingElement }),
    ...(command.ErrorID === undefined ? {} : { errorID: command.ErrorID }),
    ...(command.AttributeIdentifierList ? { attributeIdentifierList: command.AttributeIdentifierList } : {}),
  };
}
