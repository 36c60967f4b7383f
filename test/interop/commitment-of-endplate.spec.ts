import { ListenerBench, store as send } from '../../apps/listener/src/testing/listener-bench';
import { ctInstance } from '../../apps/listener/src/testing/instance';
import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { openAssociation } from '@endplate/dimse';
import { SopClass, TransferSyntax } from '@endplate/dicom';
import { freePort } from '../../apps/cli/src/process/free-port';
import { waitUntil } from '../../apps/cli/src/process/wait-until';
import { type Orthanc, startOrthanc } from '../servers/orthanc';
import { startRedis, type TestRedis } from '../servers/redis';

const instances = ['a', 'b', 'c'].map((name) => ctInstance(name, { study: 'commitment' }));

let pacs: Orthanc;
let redis: TestRedis;
let bench: ListenerBench;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'endplate-commitment-'));
  [pacs, redis] = await Promise.all([startOrthanc(), startRedis()]);
  const list = path.join(folder, 'ae.json');
  const commitment = { host: pacs.host, port: pacs.dicomPort };
  await writeFile(list, JSON.stringify([{ aeTitle: pacs.aeTitle, commitment }, { aeTitle: 'CT1' }]));
  const port = await freePort(pacs.outsideHost);
  bench = await ListenerBench.open(redis.url, {
    ENDPLATE_DICOM_HOST: pacs.outsideHost,
    ENDPLATE_DICOM_PORT: String(port),
    ENDPLATE_AE_CONFIG: list,
    ENDPLATE_SPOOL_DIR: path.join(folder, 'spool'),
  });
  await pacs.rest.addModality('endplate', { aeTitle: 'ENDPLATE', host: pacs.outsideHost, port });
  const association = await openAssociation({
    ...{ host: pacs.host, port: pacs.dicomPort, callingAETitle: 'CT1', calledAETitle: pacs.aeTitle },
    contexts: [{ abstractSyntax: SopClass.CTImageStorage, transferSyntaxes: [TransferSyntax.ExplicitVRLittleEndian] }],
  });
  for (const instance of instances) expect(await send(association, instance)).toEqual({ status: 0 });
  await association.release();
});
afterAll(async () => {
  await bench?.close();
  await redis?.stop();
  await pacs?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('Orthanc asks us for storage commitment', () => {
  const study = instances[0]!.studyInstanceUID;

  async function report() {
    const id = await pacs.rest.askCommitment(study, 'endplate');
    return waitUntil(
      'the listener answers',
      async () => {
        const { status, ...rest } = await pacs.rest.commitment(id);
        return status === 'Pending' ? undefined : { status, ...rest };
      },
      { timeoutMs: 60_000 },
    );
  }

  it('is told that nothing is there, and that all is there once it was sent', async () => {
    const uids = instances.map(({ sopInstanceUID }) => sopInstanceUID).sort();
    const before = await report();
    expect(before).toMatchObject({ status: 'Failure', committed: [] });
    expect(before.failed.map(({ uid }) => uid).sort()).toEqual(uids);
    expect(new Set(before.failed.map(({ reason }) => reason))).toEqual(new Set([0x0112]));
    const transfer = await pacs.rest.sendStudy(study, 'endplate');
    await waitUntil(
      'the study is sent',
      async () => ((await pacs.rest.transfer(transfer)).state === 'Success' ? true : undefined),
      { timeoutMs: 60_000 },
    );
    const after = await report();
    expect(after).toMatchObject({ status: 'Success', failed: [] });
    expect([...after.committed].sort()).toEqual(uids);
  });
});
