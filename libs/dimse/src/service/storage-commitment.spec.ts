import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { encodeDataSet, SopClass, TransferSyntax } from '@endplate/dicom';
import {
  CommandField,
  DATA_SET_PRESENT,
  decodeCommandSet,
  encodeCommandSet,
  NO_DATA_SET,
  type CommandSet,
} from '../message/command-set';
import { Status } from '../message/status';
import { encodePdu } from '../pdu/encode-pdu';
import { encodePData } from '../pdu/p-data';
import { DICOM_APPLICATION_CONTEXT } from '../pdu/pdu';
import { openAssociation } from '../transport/open-association';
import { type EventReport } from './event-report';
import {
  encodeCommitmentRequest,
  isCommitmentEvent,
  parseCommitmentResult,
  REQUEST_COMMITMENT,
  STORAGE_COMMITMENT_INSTANCE,
} from './storage-commitment';

const MODEL = SopClass.StorageCommitmentPushModel;
const SYNTAX = TransferSyntax.ImplicitVRLittleEndian;
const PDU = { associateRq: 1, data: 4, releaseRq: 5 } as const;

/** The parts of the peer's event. */
const event: CommandSet = {
  CommandField: CommandField.NEventReportRq,
  CommandDataSetType: DATA_SET_PRESENT,
  MessageID: 7,
  AffectedSOPClassUID: MODEL,
  AffectedSOPInstanceUID: STORAGE_COMMITMENT_INSTANCE,
  EventTypeID: 2,
};
const information = encodeDataSet(
  {
    TransactionUID: '1.2.3',
    ReferencedSOPSequence: [{ ReferencedSOPClassUID: '1.2', ReferencedSOPInstanceUID: '1.2.4' }],
    FailedSOPSequence: [{ ReferencedSOPClassUID: '1.2', ReferencedSOPInstanceUID: '1.2.5', FailureReason: 0x0112 }],
  },
  SYNTAX,
);

let server: Server | undefined;
afterEach(() => server?.close());

/** A peer that follows a script: accepts, answers N-ACTION, reports on the same association, waits for the answer. */
async function scriptedPeer(heard: (command: CommandSet) => void, reportFirst: boolean): Promise<number> {
  server = createServer((socket: Socket) => {
    let held = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      held = Buffer.concat([held, bytes]);
      while (held.length >= 6 && held.length >= 6 + held.readUInt32BE(2)) {
        const length = 6 + held.readUInt32BE(2);
        answer(socket, held.subarray(0, length), heard, reportFirst);
        held = held.subarray(length);
      }
    });
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function answer(socket: Socket, pdu: Buffer, heard: (command: CommandSet) => void, reportFirst: boolean): void {
  if (pdu[0] === PDU.associateRq) socket.write(acceptance());
  if (pdu[0] === PDU.releaseRq) socket.write(encodePdu({ kind: 'release-rp' }));
  // Bytes 7-10 item length, 11 context, 12 message control header: bit 0 command.
  if (pdu[0] !== PDU.data || (pdu[11]! & 1) === 0) return;
  const command = decodeCommandSet(pdu.subarray(12, 10 + pdu.readUInt32BE(6)));
  heard(command);
  if (command.CommandField !== CommandField.NActionRq) return;
  const report = [encodePData(1, true, encodeCommandSet(event), 16_384), encodePData(1, false, information, 16_384)];
  const response = encodePData(
    1,
    true,
    encodeCommandSet({
      CommandField: CommandField.NActionRsp,
      CommandDataSetType: NO_DATA_SET,
      MessageIDBeingRespondedTo: command.MessageID ?? 0,
      Status: 0,
    }),
    16_384,
  );
  socket.write(Buffer.concat(reportFirst ? [...report, response] : [response, ...report]));
}

function acceptance(): Buffer {
  return encodePdu({
    kind: 'associate-ac',
    protocolVersion: 1,
    calledAETitle: 'PACS',
    callingAETitle: 'ENDPLATE',
    applicationContextName: DICOM_APPLICATION_CONTEXT,
    presentationContexts: [{ id: 1, result: 0, transferSyntax: SYNTAX }],
    userInformation: {
      maximumLength: 16_384,
      implementationClassUID: '1.2.3',
      roleSelections: [],
      extendedNegotiations: [],
    },
  });
}

describe('storage commitment on one association', () => {
  it.each([
    ['after', false],
    ['before', true],
  ])('takes a result that comes %s the response, and answers it', async (_, reportFirst) => {
    const heard: CommandSet[] = [];
    const answered = deferred();
    const port = await scriptedPeer((command) => {
      heard.push(command);
      if (command.CommandField === CommandField.NEventReportRsp) answered.resolve();
    }, reportFirst);
    const reports: EventReport[] = [];
    const association = await openAssociation({
      host: '127.0.0.1',
      port,
      callingAETitle: 'ENDPLATE',
      calledAETitle: 'PACS',
      contexts: [{ abstractSyntax: MODEL, transferSyntaxes: [SYNTAX] }],
      eventReport: (report) => {
        reports.push(report);
        return { status: Status.Success };
      },
    });
    const dataSet = encodeCommitmentRequest('1.2.3', [{ sopClassUID: '1.2', sopInstanceUID: '1.2.4' }], SYNTAX);
    const action = { sopClassUID: MODEL, sopInstanceUID: STORAGE_COMMITMENT_INSTANCE };
    const status = await association.action({ ...action, actionTypeID: REQUEST_COMMITMENT, dataSet });
    expect(status).toEqual({ status: 0 });
    await answered.promise;
    await association.release();
    expect(heard.map(({ CommandField: field }) => field)).toEqual([
      CommandField.NActionRq,
      CommandField.NEventReportRsp,
    ]);
    expect(heard[0]).toMatchObject({ RequestedSOPClassUID: MODEL, ActionTypeID: 1 });
    expect(heard[1]).toMatchObject({ MessageIDBeingRespondedTo: 7, Status: 0, EventTypeID: 2 });
    const [report] = reports;
    expect(isCommitmentEvent(report!.sopClassUID, report!.eventTypeID)).toBe(true);
    expect(parseCommitmentResult(report!.dataSet, report!.transferSyntaxUID)).toEqual({
      transactionUID: '1.2.3',
      committed: ['1.2.4'],
      failed: [{ sopInstanceUID: '1.2.5', reason: 0x0112 }],
    });
  });

  it('refuses a result without a transaction', () => {
    expect(() => parseCommitmentResult(encodeDataSet({}, SYNTAX), SYNTAX)).toThrow('no Transaction UID');
  });
});

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
