import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { SopClass, TransferSyntax } from '@endplate/dicom';
import { DATA_SET_PRESENT, decodeCommandSet, encodeCommandSet } from '../message/command-set';
import { encodePData } from '../pdu/p-data';
import { encodePdu } from '../pdu/encode-pdu';
import { decodePdu } from '../pdu/decode-pdu';
import type { AssociateAc, AssociateRq } from '../pdu/pdu';
import { CollectingStore } from '../testing/collecting-store';
import { OPEN_POLICY, RunningServer } from '../testing/running-server';

const REQUEST: AssociateRq = {
  kind: 'associate-rq',
  protocolVersion: 1,
  calledAETitle: 'ENDPLATE',
  callingAETitle: 'CT1',
  applicationContextName: '1.2.840.10008.3.1.1.1',
  presentationContexts: [{ id: 1, abstractSyntax: SopClass.CTImageStorage, transferSyntaxes: [TransferSyntax.ImplicitVRLittleEndian] }], // prettier-ignore
  userInformation: {
    maximumLength: 16_384,
    implementationClassUID: '1.2',
    asynchronousOperations: { invoked: 0, performed: 0 },
    roleSelections: [],
    extendedNegotiations: [],
  },
};
const COUNT = 16;

/** The PDUs that arrive, one after the other. */
async function* pdus(socket: Socket): AsyncGenerator<Buffer> {
  let held = Buffer.alloc(0);
  for await (const bytes of socket as AsyncIterable<Buffer>) {
    held = Buffer.concat([held, bytes]);
    while (held.length >= 6 && held.length >= 6 + held.readUInt32BE(2)) {
      const length = 6 + held.readUInt32BE(2);
      yield held.subarray(0, length);
      held = held.subarray(length);
    }
  }
}

function storeRequest(MessageID: number): Buffer {
  const command = encodeCommandSet({
    CommandField: 0x0001,
    AffectedSOPClassUID: SopClass.CTImageStorage,
    AffectedSOPInstanceUID: `1.2.${MessageID}`,
    MessageID,
    Priority: 0,
    CommandDataSetType: DATA_SET_PRESENT,
  });
  return Buffer.concat([
    encodePData(1, true, command, 16_000),
    encodePData(1, false, Buffer.alloc(50_000, MessageID), 16_000),
  ]);
}

describe('several outstanding operations', () => {
  it('are served and answered in the order they come, none mixed with another', async () => {
    const store = new CollectingStore();
    // The first answers wait: the requests behind them are on the wire already.
    store.onEnd = () => new Promise((resolve) => setImmediate(() => resolve({ status: 0 })));
    const server = await RunningServer.start({
      accept: () => ({ ...OPEN_POLICY, maxOperations: COUNT }),
      services: { store },
    });
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(encodePdu(REQUEST));
    const incoming = pdus(socket);
    const accepted = (await incoming.next()).value as Buffer;
    const { userInformation } = decodePdu(2, accepted.subarray(6)) as AssociateAc;
    expect(userInformation.asynchronousOperations).toEqual({ invoked: COUNT, performed: 1 });
    socket.write(Buffer.concat(Array.from({ length: COUNT }, (_, i) => storeRequest(i + 1))));
    const answered: unknown[] = [];
    while (answered.length < COUNT) {
      const { value } = await incoming.next();
      const { MessageIDBeingRespondedTo: id, Status: status } = decodeCommandSet((value as Buffer).subarray(12));
      answered.push([id, status]);
    }
    expect(answered).toEqual(Array.from({ length: COUNT }, (_, i) => [i + 1, 0]));
    expect(store.instances.map(({ bytes, request }) => [request.messageID, bytes.length, new Set(bytes).size])).toEqual(
      Array.from({ length: COUNT }, (_, i) => [i + 1, 50_000, 1]),
    );
    socket.destroy();
    await server.server.close({ drainMs: 0 });
  });
});
