import type { AcceptedContext } from '../association/negotiate';
import type { ServiceFailure } from '../errors';
import type { CommandSet } from '../message/command-set';
import { Status, type DimseStatus } from '../message/status';
import type { AssociationInfo } from './association-info';
import { failureStatus } from './failure-status';
import type { FindHandler } from './find-handler';
import type { MessageSender } from './message-sender';
import { responseTo } from './scp-operation';

/** One C-FIND being answered: pending responses as the handler yields, then the final one. @standard PS3.4 C.4.1 */
export class FindOperation {
  /** Longest identifier taken, bytes. */
  static readonly maxIdentifierLength = 64 * 1024;

  readonly #controller = new AbortController();
  /** Settles when the final response is written, with what the handler threw, if it did. */
  readonly finished: Promise<unknown>;

  constructor(
    private readonly handler: FindHandler,
    private readonly sender: MessageSender,
    private readonly request: {
      readonly association: AssociationInfo;
      readonly context: AcceptedContext;
      readonly command: CommandSet;
      readonly identifier: Buffer | ServiceFailure;
    },
  ) {
    this.finished = this.#run();
  }

  /** The peer sent C-CANCEL, or is gone. */
  cancel(): void {
    this.#controller.abort();
  }

  async #run(): Promise<unknown> {
    let failure: unknown = undefined;
    let status: DimseStatus;
    try {
      status = await this.#sendMatches();
    } catch (error) {
      failure = error;
      status = failureStatus(error);
    }
    const { context, command } = this.request;
    await this.sender.sendCommand(context.id, responseTo(command, status));
    return failure;
  }

  async #sendMatches(): Promise<DimseStatus> {
    const { association, context, command, identifier } = this.request;
    if (!Buffer.isBuffer(identifier)) throw identifier;
    const signal = this.#controller.signal;
    const affectedSOPClassUID = command.AffectedSOPClassUID ?? context.abstractSyntax;
    const request = { association, presentationContext: context, affectedSOPClassUID, identifier, signal };
    for await (const match of this.handler.find(request)) {
      if (signal.aborted) return { status: Status.Cancel };
      await this.sender.sendMessage(context.id, responseTo(command, { status: Status.Pending }), match);
    }
    return { status: signal.aborted ? Status.Cancel : Status.Success };
  }
}
