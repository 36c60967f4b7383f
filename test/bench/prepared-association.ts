import { connect, type Socket } from 'node:net';
import { ENDPLATE_IMPLEMENTATION_CLASS_UID, ENDPLATE_IMPLEMENTATION_VERSION_NAME } from '@endplate/dicom';
import { CommandField, DATA_SET_PRESENT, encodeCommandSet } from '../../libs/dimse/src/message/command-set';
import { MessageAssembler } from '../../libs/dimse/src/message/message-assembler';
import { encodePdu } from '../../libs/dimse/src/pdu/encode-pdu';
import { encodePData, fragmentLength } from '../../libs/dimse/src/pdu/p-data';
import { ContextResult, DICOM_APPLICATION_CONTEXT } from '../../libs/dimse/src/pdu/pdu';
import { type PduEvent, PduReader } from '../../libs/dimse/src/pdu/pdu-reader';

/** Answers are short. */
const READ_BYTES = 16 * 1024;
const CONTEXT_ID = 1;
const ANSWER_TIMEOUT_MS = 60_000;

/** Whom to call, and what is sent. */
export interface PreparedOptions {
  readonly port: number;
  readonly callingAETitle: string;
  readonly calledAETitle: string;
  readonly sopClassUID: string;
  readonly transferSyntaxUID: string;
  /** The dataset that every message carries, with this UID in it; the UIDs to come are as long. */
  readonly dataSet: Buffer;
  readonly sopInstanceUID: string;
}

/**
 * An association that sends one message again and again, each time with the UID of another instance. The message is
 * made once, PDUs and all, so that sending costs the machine as little as it can: sender and receiver share it.
 */
export class PreparedAssociation {
  private readonly reader = new PduReader();
  private readonly assembler = new MessageAssembler();
  private message: Buffer = Buffer.alloc(0);
  private places: readonly number[] = [];
  private waiting: { resolve: (event: PduEvent | number) => void; reject: (error: Error) => void } | undefined;
  private readonly socket: Socket;

  private constructor(port: number) {
    const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
    const callback = (length: number): boolean => {
      this.take(buffer.subarray(0, length));
      return true;
    };
    this.socket = connect({ host: '127.0.0.1', port, noDelay: true, onread: { buffer, callback } });
    const gone = (): void => this.waiting?.reject(new Error('the peer ended the connection'));
    this.socket.on('error', gone).on('close', gone);
    this.socket.setTimeout(ANSWER_TIMEOUT_MS, () => this.socket.destroy());
  }

  /** Connects, negotiates and makes the message in PDUs of the length that the peer takes. */
  static async open(options: PreparedOptions): Promise<PreparedAssociation> {
    const { callingAETitle, calledAETitle, sopClassUID, transferSyntaxUID } = options;
    const association = new PreparedAssociation(options.port);
    const answer = await association.ask(
      encodePdu({
        kind: 'associate-rq',
        protocolVersion: 1,
        callingAETitle,
        calledAETitle,
        applicationContextName: DICOM_APPLICATION_CONTEXT,
        presentationContexts: [{ id: CONTEXT_ID, abstractSyntax: sopClassUID, transferSyntaxes: [transferSyntaxUID] }],
        userInformation: {
          maximumLength: READ_BYTES,
          implementationClassUID: ENDPLATE_IMPLEMENTATION_CLASS_UID,
          implementationVersionName: ENDPLATE_IMPLEMENTATION_VERSION_NAME,
          roleSelections: [],
          extendedNegotiations: [],
        },
      }),
    );
    if (typeof answer === 'number' || answer.kind !== 'associate-ac')
      throw new Error('the association was not accepted');
    if (answer.presentationContexts[0]?.result !== ContextResult.Acceptance) throw new Error('the context was refused');
    association.prepare(options, fragmentLength(answer.userInformation.maximumLength));
    return association;
  }

  /** Sends the message as this instance; gives the status of the answer. The one before must have been answered. */
  async store(sopInstanceUID: string): Promise<number> {
    for (const at of this.places) this.message.write(sopInstanceUID, at, 'latin1');
    const answer = await this.ask(this.message);
    if (typeof answer !== 'number') throw new Error('the peer did not answer the C-STORE');
    return answer;
  }

  /** Ends the association in order. */
  async release(): Promise<void> {
    await this.ask(encodePdu({ kind: 'release-rq' }));
    this.socket.destroy();
  }

  private prepare({ sopClassUID, sopInstanceUID, dataSet }: PreparedOptions, fragment: number): void {
    const command = encodeCommandSet({
      AffectedSOPClassUID: sopClassUID,
      CommandField: CommandField.CStoreRq,
      MessageID: 1,
      Priority: 0,
      CommandDataSetType: DATA_SET_PRESENT,
      AffectedSOPInstanceUID: sopInstanceUID,
    });
    const head = encodePData(CONTEXT_ID, true, command, fragment);
    this.message = Buffer.concat([head, encodePData(CONTEXT_ID, false, dataSet, fragment)]);
    this.places = [this.message.indexOf(sopInstanceUID), this.message.indexOf(sopInstanceUID, head.length)];
    if (this.places.includes(-1)) throw new Error('the dataset has another SOP Instance UID');
  }

  private ask(bytes: Buffer): Promise<PduEvent | number> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.socket.write(bytes);
    });
  }

  private take(chunk: Buffer): void {
    this.reader.push(chunk);
    for (let event = this.reader.next(); event !== undefined; event = this.reader.next()) {
      if (event.kind === 'p-data') continue;
      if (event.kind !== 'pdv') {
        this.waiting?.resolve(event);
        continue;
      }
      const message = this.assembler.push(event);
      if (message?.kind === 'command') this.waiting?.resolve(message.command.Status ?? -1);
    }
    this.reader.detach();
  }
}
