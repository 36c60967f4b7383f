import { connect, type Socket } from 'node:net';
import { type CommandSet, decodeCommandSet, encodeCommandSet } from '../../libs/dimse/src/message/command-set';
import { decodePdu } from '../../libs/dimse/src/pdu/decode-pdu';
import { encodePdu } from '../../libs/dimse/src/pdu/encode-pdu';
import { encodePData } from '../../libs/dimse/src/pdu/p-data';
import { type AssociateAc, DICOM_APPLICATION_CONTEXT, type UserInformation } from '../../libs/dimse/src/pdu/pdu';

/** One presentation context to propose: abstract and transfer syntax. */
export type Proposal = readonly [abstractSyntax: string, transferSyntax: string];

const P_DATA = 4;
const FRAGMENT_BYTES = 16_384;

/** A requestor that says whatever a test wants, and shows what is answered. */
export class RawPeer {
  private held = Buffer.alloc(0);
  private readonly waits: (() => void)[] = [];
  answer!: AssociateAc;

  private constructor(private readonly socket: Socket) {
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      this.held = Buffer.concat([this.held, bytes]);
      this.waits.splice(0).forEach((wake) => wake());
    });
  }

  /** Proposes contexts with the ids 1, 3, 5 and so on. */
  static async open(
    port: number,
    callingAETitle: string,
    proposals: readonly Proposal[],
    user: Partial<UserInformation> = {},
  ): Promise<RawPeer> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    const peer = new RawPeer(socket);
    const request = encodePdu({
      kind: 'associate-rq',
      protocolVersion: 1,
      calledAETitle: 'ENDPLATE',
      callingAETitle,
      applicationContextName: DICOM_APPLICATION_CONTEXT,
      presentationContexts: proposals.map(([abstractSyntax, syntax], i) => ({
        id: 2 * i + 1,
        abstractSyntax,
        transferSyntaxes: [syntax],
      })),
      userInformation: {
        maximumLength: FRAGMENT_BYTES,
        implementationClassUID: '1.2.3',
        roleSelections: [],
        extendedNegotiations: [],
        ...user,
      },
    });
    socket.write(request);
    const { type, body } = await peer.next();
    const answer = decodePdu(type, body);
    if (answer.kind !== 'associate-ac') throw new Error(`the answer is ${answer.kind}`);
    peer.answer = answer;
    return peer;
  }

  /** Proposals that were accepted. */
  accepted(proposals: readonly Proposal[]): Proposal[] {
    const ids = new Set(this.answer.presentationContexts.filter(({ result }) => result === 0).map(({ id }) => id));
    return proposals.filter((_, i) => ids.has(2 * i + 1));
  }

  /** Sends one message on a context and gives the response. */
  async ask(contextId: number, command: CommandSet, dataSet?: Buffer): Promise<CommandSet> {
    this.socket.write(encodePData(contextId, true, encodeCommandSet(command), FRAGMENT_BYTES));
    if (dataSet) this.socket.write(encodePData(contextId, false, dataSet, FRAGMENT_BYTES));
    const { type, body } = await this.next();
    if (type !== P_DATA) throw new Error(`the answer is a PDU of type ${type}`);
    // Bytes 0-3 length of the PDV, 4 context, 5 control header.
    return decodeCommandSet(body.subarray(6));
  }

  close(): void {
    this.socket.destroy();
  }

  private async next(): Promise<{ type: number; body: Buffer }> {
    while (this.held.length < 6 || this.held.length < 6 + this.held.readUInt32BE(2)) {
      await new Promise<void>((resolve) => this.waits.push(resolve));
    }
    const end = 6 + this.held.readUInt32BE(2);
    const [type, body] = [this.held[0]!, this.held.subarray(6, end)];
    this.held = this.held.subarray(end);
    return { type, body };
  }
}
