import type { AcceptedContext } from '../association/negotiate';
import { AssociationAborted, ContextRefused, PeerTimeout, type DimseError } from '../errors';
import { CommandField, DATA_SET_PRESENT, encodeCommandSet, type CommandSet } from '../message/command-set';
import { Status, type DimseStatus } from '../message/status';
import { encodePData, fragmentLength } from '../pdu/p-data';
import type { AssociationChannel } from '../transport/association-channel';
import type { Timers } from '../transport/timers';

/** An event that is to be reported. @standard PS3.7 10.1.1 */
export interface OutgoingEvent {
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
  readonly eventTypeID: number;
  /** Event information in the transfer syntax of the context, see {@link EventReporter.contextFor}. */
  readonly dataSet: Buffer;
}

/** The association, as the reporter needs it. */
export interface ReporterFacts {
  readonly contexts: readonly AcceptedContext[];
  readonly peerMaximumLength: number;
  readonly timers: Timers;
  /** Resolves when no other message of ours is half sent. */
  free(): Promise<unknown>;
}

interface Waiting {
  readonly resolve: (status: DimseStatus) => void;
  readonly reject: (error: DimseError) => void;
  readonly stop: () => void;
}

/** Reports events as the acceptor of an association, for as long as the requestor keeps it open. */
export class EventReporter {
  readonly #waiting = new Map<number, Waiting>();
  #messageID = 0;
  #ended = false;

  constructor(
    private readonly channel: Pick<AssociationChannel, 'sendPData'>,
    private readonly facts: ReporterFacts,
  ) {}

  /** False once the association has ended, or the requestor has asked for its end. */
  get open(): boolean {
    return !this.#ended;
  }

  /** The accepted context for a SOP class. */
  contextFor(sopClassUID: string): AcceptedContext | undefined {
    return this.facts.contexts.find(({ abstractSyntax }) => abstractSyntax === sopClassUID);
  }

  /**
   * N-EVENT-REPORT. A failure status is a value, not an error.
   * @param timeoutMs - for the answer
   * @throws DIMSE_ASSOCIATION_ABORTED, DIMSE_TIMEOUT, DIMSE_CONTEXT_REFUSED
   * @standard PS3.7 10.3.1
   */
  async report(event: OutgoingEvent, timeoutMs: number): Promise<DimseStatus> {
    await this.facts.free();
    const context = this.contextFor(event.sopClassUID);
    if (this.#ended) throw new AssociationAborted('the association has ended');
    if (!context) throw new ContextRefused('no context of this association fits the event');
    this.#messageID = (this.#messageID % 0xffff) + 1;
    const messageID = this.#messageID;
    const command = encodeCommandSet({
      CommandField: CommandField.NEventReportRq,
      CommandDataSetType: DATA_SET_PRESENT,
      MessageID: messageID,
      AffectedSOPClassUID: event.sopClassUID,
      AffectedSOPInstanceUID: event.sopInstanceUID,
      EventTypeID: event.eventTypeID,
    });
    const fragment = fragmentLength(this.facts.peerMaximumLength);
    const answered = new Promise<DimseStatus>((resolve, reject) => {
      const stop = this.facts.timers.after(timeoutMs, () => {
        this.#waiting.delete(messageID);
        reject(new PeerTimeout(`no answer to the event within ${timeoutMs} ms`, { timeoutMs }));
      });
      this.#waiting.set(messageID, { resolve, reject, stop });
    });
    // In one write, so that no answer to a request of the peer comes between its fragments.
    void this.channel.sendPData([
      encodePData(context.id, true, command, fragment),
      encodePData(context.id, false, event.dataSet, fragment),
    ]);
    return answered;
  }

  /** Takes a response of the peer. @returns false where it answers nothing that is waited for */
  take(command: CommandSet): boolean {
    if (command.CommandField !== CommandField.NEventReportRsp) return false;
    const messageID = command.MessageIDBeingRespondedTo ?? 0;
    const waiting = this.#waiting.get(messageID);
    // An answer that comes after its time is no fault of the peer.
    if (!waiting) return messageID <= this.#messageID && messageID > 0;
    this.#waiting.delete(messageID);
    waiting.stop();
    const { Status: status = Status.ProcessingFailure, ErrorComment: errorComment } = command;
    waiting.resolve({ status, ...(errorComment === undefined ? {} : { errorComment }) });
    return true;
  }

  /** The association has ended: nothing can be reported any more. */
  end(): void {
    this.#ended = true;
    for (const { reject, stop } of this.#waiting.values()) {
      stop();
      reject(new AssociationAborted('the association ended before the event was answered'));
    }
    this.#waiting.clear();
  }
}
