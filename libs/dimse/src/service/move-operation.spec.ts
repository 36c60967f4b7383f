import { encodeDataSet, SopClass, TransferSyntax } from '@endplate/dicom';
import { CommandField, type CommandSet } from '../message/command-set';
import { Status } from '../message/status';
import { ScriptedPeer, type Reply } from '../testing/scripted-peer';
import { openAssociation } from '../transport/open-association';
import type { MoveRequest, SuboperationCounts } from './move-operation';

const MODEL = SopClass.StudyRootMove;
const SYNTAX = TransferSyntax.ImplicitVRLittleEndian;
const identifier = encodeDataSet({ QueryRetrieveLevel: 'STUDY', StudyInstanceUID: '1.2.3' }, SYNTAX);

let peer: ScriptedPeer | undefined;
let heard: CommandSet[] = [];
afterEach(() => peer?.close());

/** An association to a peer that answers C-MOVE as the spec says. */
async function associate(
  onMove: (answer: (status: number, counts?: readonly number[], dataSet?: Buffer) => void) => void,
  onCancel: (answer: (status: number, counts?: readonly number[]) => void) => void = () => undefined,
  responseTimeoutMs = 20_000,
) {
  heard = [];
  let moveID = 0;
  const answerOf =
    (reply: Reply) =>
    (status: number, counts: readonly number[] = [], dataSet?: Buffer) => {
      const [remaining, completed, failed, warning] = counts;
      reply(
        {
          CommandField: CommandField.CMoveRsp,
          MessageIDBeingRespondedTo: moveID,
          AffectedSOPClassUID: MODEL,
          Status: status,
          ...(remaining === undefined ? {} : { NumberOfRemainingSuboperations: remaining }),
          ...(completed === undefined ? {} : { NumberOfCompletedSuboperations: completed }),
          ...(failed === undefined ? {} : { NumberOfFailedSuboperations: failed }),
          ...(warning === undefined ? {} : { NumberOfWarningSuboperations: warning }),
        },
        dataSet,
      );
    };
  peer = await ScriptedPeer.start((command, reply) => {
    heard.push(command);
    if (command.CommandField === CommandField.CMoveRq) {
      moveID = command.MessageID ?? 0;
      onMove(answerOf(reply));
    }
    if (command.CommandField === CommandField.CCancelRq) onCancel(answerOf(reply));
  });
  return openAssociation({
    host: '127.0.0.1',
    port: peer.port,
    callingAETitle: 'ENDPLATE',
    calledAETitle: 'PACS',
    contexts: [{ abstractSyntax: MODEL, transferSyntaxes: [SYNTAX] }],
    responseTimeoutMs,
  });
}

const request: MoveRequest = { sopClassUID: MODEL, destinationAETitle: 'ENDPLATE', identifier };

describe('C-MOVE SCU', () => {
  it('follows pending responses to the final one', async () => {
    const association = await associate((answer) => {
      answer(Status.Pending, [2, 1, 0, 0]);
      answer(Status.Pending, [1, 2, 0, 0]);
      answer(Status.Success, [0, 3, 0, 0]);
    });
    const told: SuboperationCounts[] = [];
    const outcome = await association.move({ ...request, progress: (counts) => told.push(counts) });
    expect(outcome).toEqual({
      kind: 'success',
      status: 0,
      counts: { remaining: 0, completed: 3, failed: 0, warning: 0 },
      failedSOPInstanceUIDs: [],
    });
    expect(told.map(({ remaining }) => remaining)).toEqual([2, 1]);
    expect(heard[0]).toMatchObject({ MoveDestination: 'ENDPLATE', AffectedSOPClassUID: MODEL, Priority: 0 });
    await association.release();
  });

  it('keeps the last counts where the final response has none, and names the instances that failed', async () => {
    const list = encodeDataSet({ FailedSOPInstanceUIDList: ['1.2.3.4', '1.2.3.5'] }, SYNTAX);
    const association = await associate((answer) => {
      answer(Status.Pending, [0, 1, 2, 0]);
      answer(0xb000, [], list);
    });
    expect(await association.move(request)).toEqual({
      kind: 'warning',
      status: 0xb000,
      counts: { remaining: 0, completed: 1, failed: 2, warning: 0 },
      failedSOPInstanceUIDs: ['1.2.3.4', '1.2.3.5'],
    });
  });

  it('gives a failure as a value, also with a list that is no dataset', async () => {
    const association = await associate((answer) =>
      answer(Status.MoveDestinationUnknown, [], Buffer.from([1, 2, 3, 4, 255, 255, 255, 127])),
    );
    expect(await association.move(request)).toMatchObject({
      kind: 'failure',
      status: 0xa801,
      failedSOPInstanceUIDs: [],
    });
  });

  it('cancels once when the signal says so, and gives what was done until then', async () => {
    const controller = new AbortController();
    const association = await associate(
      (answer) => answer(Status.Pending, [9, 1, 0, 0]),
      (answer) => answer(Status.Cancel, [8, 2, 0, 0]),
    );
    const outcome = await association.move({
      ...request,
      signal: controller.signal,
      progress: () => controller.abort(),
    });
    expect(outcome).toMatchObject({ kind: 'cancel', counts: { completed: 2 } });
    expect(heard.filter((command) => command.CommandField === CommandField.CCancelRq)).toHaveLength(1);
    expect(heard.at(-1)?.MessageIDBeingRespondedTo).toBe(heard[0]?.MessageID);
  });

  it('cancels a move that lasts too long', async () => {
    const association = await associate(
      (answer) => answer(Status.Pending, [9, 1, 0, 0]),
      (answer) => answer(Status.Cancel),
    );
    expect(await association.move({ ...request, moveTimeoutMs: 20 })).toMatchObject({ kind: 'cancel' });
  });

  it('gives up on a peer that goes on for ever after C-CANCEL', async () => {
    let going: NodeJS.Timeout | undefined;
    const association = await associate((answer) => {
      going = setInterval(() => answer(Status.Pending, [1, 1, 0, 0]), 5);
    }, undefined, 100); // prettier-ignore
    await expect(association.move({ ...request, moveTimeoutMs: 10 })).rejects.toMatchObject({ code: 'DIMSE_TIMEOUT' });
    clearInterval(going);
    await expect(association.move(request)).rejects.toMatchObject({ code: 'DIMSE_ASSOCIATION_ABORTED' });
  });

  it('does not wait for a response that never comes, nor goes on after a lost line', async () => {
    const silent = await associate(() => undefined, undefined, 30);
    await expect(silent.move(request)).rejects.toMatchObject({ code: 'DIMSE_TIMEOUT' });
    peer?.close();
    peer = await ScriptedPeer.start((_command, _reply, socket) => socket.destroy());
    const cut = await openAssociation({
      host: '127.0.0.1',
      port: peer.port,
      callingAETitle: 'ENDPLATE',
      calledAETitle: 'PACS',
      contexts: [{ abstractSyntax: MODEL, transferSyntaxes: [SYNTAX] }],
    });
    await expect(cut.move(request)).rejects.toMatchObject({ code: 'DIMSE_ASSOCIATION_ABORTED' });
  });

  it('sends nothing where the destination is no AE title', async () => {
    const association = await associate(() => undefined);
    await expect(association.move({ ...request, destinationAETitle: 'A\\B' })).rejects.toMatchObject({
      code: 'DIMSE_USAGE_INVALID',
    });
    expect(heard).toEqual([]);
    await association.release();
  });
});
