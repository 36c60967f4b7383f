import { DATA_SET_PRESENT, encodeCommandSet, NO_DATA_SET, type CommandSet } from '../message/command-set';
import { encodePData, fragmentLength, pDataHeader } from '../pdu/p-data';
import type { AssociationChannel } from '../transport/association-channel';

/** A command set without the field that says whether a dataset follows: the sender knows. */
export type Command = Omit<CommandSet, 'CommandDataSetType'>;

/** A dataset to send, in the transfer syntax of its context. */
export type DataSetSource = Buffer | AsyncIterable<Buffer>;

/** Largest value that is joined with its header into one write. */
const JOIN_LIMIT = 4096;

/** Writes messages into P-DATA-TFs that the peer can take. */
export class MessageSender {
  readonly #fragment: number;

  /** @param peerMaximumLength - From the peer's user information; 0 is no limit. */
  constructor(
    private readonly channel: AssociationChannel,
    peerMaximumLength: number,
  ) {
    this.#fragment = fragmentLength(peerMaximumLength);
  }

  /** Sends a command set without dataset; a promise where the peer does not read. */
  sendCommand(contextId: number, command: Command): void | Promise<void> {
    const bytes = encodeCommandSet({ ...command, CommandDataSetType: NO_DATA_SET });
    return this.channel.sendPData([encodePData(contextId, true, bytes, this.#fragment)]);
  }

  /** Sends a command set with its dataset; settles when the last byte is with the socket. */
  async sendMessage(contextId: number, command: Command, dataSet: DataSetSource): Promise<void> {
    const encoded = encodeCommandSet({ ...command, CommandDataSetType: DATA_SET_PRESENT });
    const head = encodePData(contextId, true, encoded, this.#fragment);
    if (Buffer.isBuffer(dataSet)) {
      await this.#sendWhole(contextId, head, dataSet);
      return;
    }
    await this.channel.sendPData([head]);
    await this.#sendStream(contextId, dataSet);
  }

  /** Views of the dataset behind their headers, one vectored write per stretch that the socket takes. */
  async #sendWhole(contextId: number, head: Buffer, dataSet: Buffer): Promise<void> {
    if (dataSet.length <= JOIN_LIMIT) {
      await this.channel.sendPData([head, encodePData(contextId, false, dataSet, this.#fragment)]);
      return;
    }
    let parts: Buffer[] = [head];
    for (let at = 0; at < dataSet.length; at += this.#fragment) {
      const value = dataSet.subarray(at, at + this.#fragment);
      const last = at + value.length === dataSet.length;
      parts.push(pDataHeader(contextId, false, last, value.length), value);
      if (parts.length < 64 && !last) continue;
      const waiting = this.channel.sendPData(parts);
      parts = [];
      if (waiting) await waiting;
    }
  }

  /** Gathers views until a fragment is full; a byte is kept back until it is known whether it is the last. */
  async #sendStream(contextId: number, dataSet: AsyncIterable<Buffer>): Promise<void> {
    let pending: Buffer[] = [];
    let length = 0;
    for await (const chunk of dataSet) {
      for (let at = 0; at < chunk.length;) {
        if (length === this.#fragment) {
          await this.#sendFragment(contextId, false, pending, length);
          pending = [];
          length = 0;
        }
        const part = chunk.subarray(at, at + this.#fragment - length);
        pending.push(part);
        length += part.length;
        at += part.length;
      }
    }
    await this.#sendFragment(contextId, true, pending, length);
  }

  async #sendFragment(contextId: number, last: boolean, parts: readonly Buffer[], length: number): Promise<void> {
    await this.channel.sendPData([pDataHeader(contextId, false, last, length), ...parts]);
  }
}
