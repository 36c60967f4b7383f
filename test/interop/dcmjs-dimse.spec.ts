import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Client, Dataset, log, requests, type responses } from 'dcmjs-dimse';
import { SopClass, TransferSyntax } from '@endplate/dicom';
import { instanceKey } from '@endplate/store';
import { StudyEvidence } from '@endplate/studies';
import { ctInstance, type TestInstance } from '../../apps/listener/src/testing/instance';
import { ListenerBench } from '../../apps/listener/src/testing/listener-bench';
import { readFileMeta } from '../../libs/dicom/src/part10/read-part10';
import { startRedis, type TestRedis } from '../servers/redis';

/** Requirement: dcmjs-dimse, another implementation of the network, stores, and tells performed procedure steps. */

log.disableAll();
type Request = requests.CStoreRequest | requests.NCreateRequest | requests.NSetRequest;
type Options = NonNullable<Parameters<Client['send']>[4]>;

let folder: string;
let redis: TestRedis;
let bench: ListenerBench;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'endplate-dcmjs-'));
  redis = await startRedis();
  const list = path.join(folder, 'ae.json');
  const identity = { username: 'ct1', passcodeEnv: 'ENDPLATE_SPEC_PASSCODE' };
  process.env['ENDPLATE_SPEC_PASSCODE'] = 'open sesame';
  await writeFile(list, JSON.stringify([{ aeTitle: 'CT1', identity }, { aeTitle: 'MR1' }]));
  bench = await ListenerBench.open(redis.url, { ENDPLATE_AE_CONFIG: list, ENDPLATE_QUIET_MS: '3600000' });
});
afterAll(async () => {
  delete process.env['ENDPLATE_SPEC_PASSCODE'];
  await bench?.close();
  await redis?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Statuses of the answers, in the order of the requests; rejects where there is no association. */
function send(all: readonly Request[], callingAETitle: string, options: Options = {}): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    const statuses: number[] = [];
    for (const request of all) {
      request.on('response', (response: responses.CStoreResponse) => void statuses.push(response.getStatus()));
      client.addRequest(request);
    }
    client.on('networkError', (error: unknown) => reject(error instanceof Error ? error : new Error(String(error))));
    client.on('associationRejected', () => reject(new Error('rejected')));
    client.on('closed', () => resolve(statuses));
    client.send('127.0.0.1', bench.port, callingAETitle, 'ENDPLATE', options);
  });
}

const dataSetOf = ({ dataSet }: TestInstance): Dataset => new Dataset(dataSet, TransferSyntax.ExplicitVRLittleEndian);

/** The stored dataset is what dcmjs-dimse made of it; what is not compressed it sends in implicit VR. */
async function expectStored(instance: Parameters<typeof instanceKey>[0], sent: Dataset): Promise<void> {
  const syntax = sent.getTransferSyntaxUid();
  if (syntax === TransferSyntax.ExplicitVRLittleEndian)
    sent.setTransferSyntaxUid(TransferSyntax.ImplicitVRLittleEndian);
  const stored = await bench.store.get(instanceKey(instance));
  const { meta, dataSetOffset } = readFileMeta(stored);
  expect(meta.transferSyntaxUID).toBe(sent.getTransferSyntaxUid());
  expect(stored.subarray(dataSetOffset).equals(sent.getDenaturalizedDataset())).toBe(true);
}

describe('dcmjs-dimse', () => {
  it('stores instances, several outstanding at a time', async () => {
    const instances = Array.from({ length: 12 }, (_, i) => ctInstance(`dcmjs ${i}`, { study: 'dcmjs' }));
    const sent = instances.map(dataSetOf);
    const asyncOps = { maxAsyncOpsInvoked: 0, maxAsyncOpsPerformed: 0 };
    const stores = sent.map((dataSet) => new requests.CStoreRequest(dataSet));
    expect(await send(stores, 'MR1', { asyncOps })).toEqual(stores.map(() => 0));
    for (const [i, instance] of instances.entries()) await expectStored(instance, sent[i]!);
  });

  it.each([TransferSyntax.HTJ2KLossless, TransferSyntax.HTJ2K, TransferSyntax.JPEG2000])(
    'stores what is compressed as %s, as it is',
    async (syntax) => {
      const uids = ctInstance(syntax, { study: 'dcmjs' });
      // What a code stream holds matters to nobody on the way.
      const codeStream = Uint8Array.from({ length: 3000 }, (_, i) => (i * 31) % 251).buffer;
      const elements = {
        ...{ SOPClassUID: uids.sopClassUID, SOPInstanceUID: uids.sopInstanceUID, Modality: 'CT' },
        ...{ StudyInstanceUID: uids.studyInstanceUID, SeriesInstanceUID: uids.seriesInstanceUID },
        ...{ Rows: 64, Columns: 64, BitsAllocated: 16, BitsStored: 12, HighBit: 11, PixelRepresentation: 0 },
        ...{ SamplesPerPixel: 1, PhotometricInterpretation: 'MONOCHROME2', PixelData: [codeStream] },
        _vrMap: { PixelData: 'OB' },
      };
      const dataSet = new Dataset(elements, syntax);
      expect(await send([new requests.CStoreRequest(dataSet)], 'MR1')).toEqual([0]);
      await expectStored(uids, dataSet);
    },
  );

  it('shows who it is, and is not let in as another', async () => {
    const instance = ctInstance('identity', { study: 'dcmjs' });
    const identity = (secondaryField: string) => ({ userIdentity: { type: 2, positiveResponseRequested: true, primaryField: 'ct1', secondaryField } }); // prettier-ignore
    const one = () => [new requests.CStoreRequest(dataSetOf(instance))];
    await expect(send(one(), 'CT1', identity('guess'))).rejects.toThrow('rejected');
    expect(await send(one(), 'CT1', identity('open sesame'))).toEqual([0]);
    await expectStored(instance, dataSetOf(instance));
  });

  it('tells a performed procedure step from its begin to its end, and hears why a change comes too late', async () => {
    const { studyInstanceUID, seriesInstanceUID, sopInstanceUID } = ctInstance('mpps', { study: 'dcmjs' });
    const step = [SopClass.ModalityPerformedProcedureStep, '1.2.840.4713'] as const;
    const create = new requests.NCreateRequest(...step);
    create.setDataset(
      new Dataset({
        ScheduledStepAttributesSequence: [{ StudyInstanceUID: studyInstanceUID }],
        ...{ PerformedProcedureStepID: 'P1', PerformedStationAETitle: 'MR1', Modality: 'MR' },
        ...{ PerformedProcedureStepStartDate: '20261124', PerformedProcedureStepStartTime: '10' },
        PerformedProcedureStepStatus: 'IN PROGRESS',
      }),
    );
    const set = () => {
      const request = new requests.NSetRequest(...step);
      const image = { ReferencedSOPClassUID: SopClass.MRImageStorage, ReferencedSOPInstanceUID: sopInstanceUID };
      request.setDataset(
        new Dataset({
          PerformedProcedureStepStatus: 'COMPLETED',
          ...{ PerformedProcedureStepEndDate: '20261124', PerformedProcedureStepEndTime: '11' },
          PerformedSeriesSequence: [{ SeriesInstanceUID: seriesInstanceUID, ReferencedImageSequence: [image] }],
        }),
      );
      return request;
    };
    expect(await send([create, set(), set()], 'MR1')).toEqual([0, 0, 0x0110]);
    expect(await new StudyEvidence(bench.store).read(studyInstanceUID)).toMatchObject([
      { source: 'mpps', saidBy: 'MR1', instances: [{ seriesInstanceUID, sopInstanceUID }] },
    ]);
  });
});
