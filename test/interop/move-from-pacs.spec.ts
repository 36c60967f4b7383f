import { randomUUID } from 'node:crypto';
import { encodeDataSet, SopClass, TransferSyntax } from '@endplate/dicom';
import { DimseServer, openAssociation, Status, type MoveOutcome, type StoreRequest } from '@endplate/dimse';
import { ctInstance } from '../../apps/listener/src/testing/instance';
import { LISTENER_CONTEXTS } from '../../apps/listener/src/association/association-policy';
import { startOrthanc, type Orthanc } from '../servers/orthanc';

const MODEL = SopClass.StudyRootMove;
const SYNTAX = TransferSyntax.ImplicitVRLittleEndian;
const STUDY = `move-${randomUUID()}`;
const instances = ['1', '2', '3'].map((name) => ctInstance(name, { study: STUDY }));

let pacs: Orthanc;
let server: DimseServer;
let received: StoreRequest[] = [];

beforeAll(async () => {
  pacs = await startOrthanc();
  server = new DimseServer({
    accept: () => ({ kind: 'accept', contexts: LISTENER_CONTEXTS }),
    services: {
      store: {
        begin: (request) => ({
          write: () => undefined,
          end: () => {
            received.push(request);
            return { status: Status.Success };
          },
          abort: () => undefined,
        }),
      },
    },
  });
  const { port } = await server.listen({ host: pacs.outsideHost, port: 0 });
  await pacs.rest.addModality('endplate', { aeTitle: 'ENDPLATE', host: pacs.outsideHost, port });
  const association = await associate(SopClass.CTImageStorage, TransferSyntax.ExplicitVRLittleEndian);
  for (const { sopClassUID, sopInstanceUID, dataSet } of instances) {
    const transferSyntaxUID = TransferSyntax.ExplicitVRLittleEndian;
    expect(await association.store({ sopClassUID, sopInstanceUID, transferSyntaxUID, dataSet })).toEqual({ status: 0 });
  }
  await association.release();
});
beforeEach(() => (received = []));
afterAll(async () => {
  await server?.close({ drainMs: 0 });
  await pacs?.stop();
});

function associate(abstractSyntax: string, transferSyntax: string = SYNTAX) {
  return openAssociation({
    host: pacs.host,
    port: pacs.dicomPort,
    callingAETitle: 'ENDPLATE',
    calledAETitle: pacs.aeTitle,
    contexts: [{ abstractSyntax, transferSyntaxes: [transferSyntax] }],
  });
}

async function move(keys: object, destinationAETitle = 'ENDPLATE'): Promise<MoveOutcome> {
  const association = await associate(MODEL);
  try {
    return await association.move({
      sopClassUID: MODEL,
      destinationAETitle,
      identifier: encodeDataSet({ ...keys }, SYNTAX),
    });
  } finally {
    await association.release();
  }
}

describe('C-MOVE from Orthanc', () => {
  it('brings a study to us, and says how many', async () => {
    const outcome = await move({ QueryRetrieveLevel: 'STUDY', StudyInstanceUID: instances[0]!.studyInstanceUID });
    expect(outcome).toMatchObject({ kind: 'success', counts: { completed: 3, failed: 0 } });
    expect(received.map((one) => one.affectedSOPInstanceUID).sort()).toEqual(
      instances.map((one) => one.sopInstanceUID).sort(),
    );
    expect(received[0]).toMatchObject({ moveOriginatorAETitle: 'ENDPLATE' });
  });

  it('brings single instances', async () => {
    const [{ studyInstanceUID, seriesInstanceUID, sopInstanceUID }] = instances as [(typeof instances)[number]];
    const outcome = await move({
      QueryRetrieveLevel: 'IMAGE',
      StudyInstanceUID: studyInstanceUID,
      SeriesInstanceUID: seriesInstanceUID,
      SOPInstanceUID: sopInstanceUID,
    });
    expect(outcome.kind).toBe('success');
    expect(received.map((one) => one.affectedSOPInstanceUID)).toEqual([sopInstanceUID]);
  });

  it('gives the failure of a destination that Orthanc does not know', async () => {
    const keys = { QueryRetrieveLevel: 'STUDY', StudyInstanceUID: instances[0]!.studyInstanceUID };
    expect((await move(keys, 'NOBODY')).kind).toBe('failure');
    expect(received).toEqual([]);
  });
});
