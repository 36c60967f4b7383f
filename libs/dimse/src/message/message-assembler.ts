import { MessageInvalid } from '../errors';
import type { PdvFragment } from '../pdu/pdu-reader';
import { decodeCommandSet, NO_DATA_SET, type CommandSet } from './command-set';

/** Longest command set we hold, bytes; the longest legal one is far below. */
export const MAX_COMMAND_LENGTH = 16 * 1024;

/** What a fragment brought. */
export type MessageEvent =
  /** A whole command set; `hasDataSet` says whether dataset bytes follow. */
  | { readonly kind: 'command'; readonly contextId: number; readonly command: CommandSet; readonly hasDataSet: boolean }
  /** Dataset bytes (a view), `end` with the last of them. */
  | { readonly kind: 'data-set'; readonly bytes: Buffer; readonly end: boolean };

/**
 * Puts messages together from fragments: a command set, whole, then dataset bytes as they come. One fragment in gives
 * at most one event.
 * @standard PS3.7 6.3
 * @standard PS3.8 E.2
 */
export class MessageAssembler {
  #parts: Buffer[] = [];
  #commandLength = 0;
  /** The context of the message under way, undefined between messages. */
  #contextId: number | undefined;
  #awaitingDataSet = false;

  /** True from the first fragment of a message to its last. */
  get insideMessage(): boolean {
    return this.#contextId !== undefined;
  }

  /**
   * Takes the next fragment.
   * @throws DIMSE_MESSAGE_INVALID where fragments of two messages mix, a dataset comes without its command set, or a
   * command set is too long or unreadable
   */
  push(fragment: PdvFragment): MessageEvent | undefined {
    if (this.#contextId !== undefined && this.#contextId !== fragment.contextId) {
      throw new MessageInvalid(`fragment on context ${fragment.contextId} inside a message on ${this.#contextId}`);
    }
    if (fragment.command === this.#awaitingDataSet) {
      throw new MessageInvalid(fragment.command ? 'command fragment inside a dataset' : 'dataset without its command');
    }
    this.#contextId = fragment.contextId;
    return fragment.command ? this.#pushCommand(fragment) : this.#pushDataSet(fragment);
  }

  #pushCommand(fragment: PdvFragment): MessageEvent | undefined {
    this.#commandLength += fragment.bytes.length;
    if (this.#commandLength > MAX_COMMAND_LENGTH) {
      throw new MessageInvalid(`command set over ${MAX_COMMAND_LENGTH} bytes`);
    }
    const complete = fragment.last && fragment.end;
    // What has to wait for the rest is copied: the bytes are a view of a buffer that will be used again.
    if (fragment.bytes.length > 0) this.#parts.push(complete ? fragment.bytes : Buffer.from(fragment.bytes));
    if (!complete) return undefined;
    const [only, ...others] = this.#parts;
    const command = decodeCommandSet(only && others.length === 0 ? only : Buffer.concat(this.#parts));
    this.#parts = [];
    this.#commandLength = 0;
    const hasDataSet = command.CommandDataSetType !== NO_DATA_SET;
    this.#awaitingDataSet = hasDataSet;
    if (!hasDataSet) this.#contextId = undefined;
    return { kind: 'command', contextId: fragment.contextId, command, hasDataSet };
  }

  #pushDataSet(fragment: PdvFragment): MessageEvent {
    const end = fragment.last && fragment.end;
    if (end) {
      this.#awaitingDataSet = false;
      this.#contextId = undefined;
    }
    return { kind: 'data-set', bytes: fragment.bytes, end };
  }
}
