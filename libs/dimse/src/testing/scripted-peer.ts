import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { TransferSyntax } from '@endplate/dicom';
import { DATA_SET_PRESENT, decodeCommandSet, encodeCommandSet, NO_DATA_SET, type CommandSet } from '../message/command-set'; // prettier-ignore
import type { Command } from '../service/message-sender';
import { encodePdu } from '../pdu/encode-pdu';
import { encodePData } from '../pdu/p-data';
import { DICOM_APPLICATION_CONTEXT } from '../pdu/pdu';

const PDU = { associateRq: 1, data: 4, releaseRq: 5 } as const;
const FRAGMENT = 16_384;

/** Sends a message on context 1. */
export type Reply = (command: Command, dataSet?: Buffer) => void;

/** A peer that does what a spec says, right or wrong: accepts context 1 as implicit VR little endian, then follows. */
export class ScriptedPeer {
  private constructor(
    private readonly server: Server,
    private readonly sockets: Set<Socket>,
  ) {}

  /** @param script - gets every command set that arrives; dataset fragments are passed over */
  static async start(script: (command: CommandSet, reply: Reply, socket: Socket) => void): Promise<ScriptedPeer> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      let held = Buffer.alloc(0);
      socket.on('error', () => undefined);
      socket.on('data', (bytes) => {
        held = Buffer.concat([held, bytes]);
        while (held.length >= 6 && held.length >= 6 + held.readUInt32BE(2)) {
          const length = 6 + held.readUInt32BE(2);
          take(socket, held.subarray(0, length), script);
          held = held.subarray(length);
        }
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new ScriptedPeer(server, sockets);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  close(): void {
    this.server.close();
    this.sockets.forEach((socket) => socket.destroy());
  }
}

function take(socket: Socket, pdu: Buffer, script: (command: CommandSet, reply: Reply, socket: Socket) => void): void {
  if (pdu[0] === PDU.associateRq) socket.write(acceptance());
  if (pdu[0] === PDU.releaseRq) socket.write(encodePdu({ kind: 'release-rp' }));
  if (pdu[0] !== PDU.data) return;
  // Each PDV: bytes 1-4 length, 5 context, 6 message control header with bit 0 command.
  for (let at = 6; at < pdu.length; at += 4 + pdu.readUInt32BE(at)) {
    if ((pdu[at + 5]! & 1) === 0) continue;
    const command = decodeCommandSet(pdu.subarray(at + 6, at + 4 + pdu.readUInt32BE(at)));
    script(command, (reply, dataSet) => socket.write(message(reply, dataSet)), socket);
  }
}

function message(command: Command, dataSet?: Buffer): Buffer {
  const CommandDataSetType = dataSet ? DATA_SET_PRESENT : NO_DATA_SET;
  const head = encodePData(1, true, encodeCommandSet({ ...command, CommandDataSetType }), FRAGMENT);
  return dataSet ? Buffer.concat([head, encodePData(1, false, dataSet, FRAGMENT)]) : head;
}

function acceptance(): Buffer {
  return encodePdu({
    kind: 'associate-ac',
    protocolVersion: 1,
    calledAETitle: 'PACS',
    callingAETitle: 'ENDPLATE',
    applicationContextName: DICOM_APPLICATION_CONTEXT,
    presentationContexts: [{ id: 1, result: 0, transferSyntax: TransferSyntax.ImplicitVRLittleEndian }],
    userInformation: {
      maximumLength: FRAGMENT,
      implementationClassUID: '1.2.3',
      roleSelections: [],
      extendedNegotiations: [],
    },
  });
}
