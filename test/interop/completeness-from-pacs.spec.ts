import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { SopClass, TransferSyntax } from '@endplate/dicom';
import { openAssociation } from '@endplate/dimse';
import { instanceKey } from '@endplate/store';
import { EvidenceRecorder, type Manifest, Manifests } from '@endplate/studies';
import { freePort } from '../../apps/cli/src/process/free-port';
import { AeDirectory, aeConfigSchema } from '../../apps/listener/src/association/ae-directory';
import { DimseSources } from '../../apps/listener/src/completeness/dimse-sources';
import { asStored, ctInstance, type TestInstance } from '../../apps/listener/src/testing/instance';
import { ListenerBench, store as send } from '../../apps/listener/src/testing/listener-bench';
import { type Orthanc, startOrthanc } from '../servers/orthanc';
import { startRedis, type TestRedis } from '../servers/redis';

/** Issue 4: instances missing by count are fetched when the AE allows it; otherwise the report says "x of y". */
type Sender = 'FETCHES' | 'ASKS' | 'AWAY' | 'TELLS';
const twenty = (study: string): TestInstance[] =>
  Array.from({ length: 20 }, (_, i) => ctInstance(`${i + 1}`, { study, series: i < 10 ? 'a' : 'b', tone: i }));

let pacs: Orthanc;
let redis: TestRedis;
let bench: ListenerBench;
let folder: string;
let port: number;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'endplate-completeness-'));
  [pacs, redis] = await Promise.all([startOrthanc(), startRedis()]);
  port = await freePort(pacs.outsideHost);
  const query = { host: pacs.host, port: pacs.dicomPort, aeTitle: pacs.aeTitle };
  const nobody = { host: '127.0.0.1', port: await freePort('127.0.0.1'), aeTitle: 'NOBODY' };
  const list = [
    // What Orthanc sends comes under its own title.
    { aeTitle: pacs.aeTitle },
    { aeTitle: 'FETCHES', query, fetch: true },
    { aeTitle: 'ASKS', query },
    { aeTitle: 'AWAY', query: nobody },
    { aeTitle: 'TELLS', quietMs: 3_600_000 },
  ];
  await writeFile(path.join(folder, 'ae.json'), JSON.stringify(list));
  bench = await ListenerBench.open(redis.url, {
    ENDPLATE_DICOM_HOST: pacs.outsideHost,
    ENDPLATE_DICOM_PORT: String(port),
    ENDPLATE_AE_CONFIG: path.join(folder, 'ae.json'),
    ENDPLATE_QUIET_MS: '300',
    ENDPLATE_EVIDENCE_WAIT_MS: '1500',
  });
  await pacs.rest.addModality('endplate', { aeTitle: 'ENDPLATE', host: pacs.outsideHost, port });
});
afterAll(async () => {
  await bench?.close();
  await redis?.stop();
  await pacs?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function sendTo(peer: { host: string; port: number; aeTitle: string }, sender: string, all: TestInstance[]) {
  const association = await openAssociation({
    ...{ host: peer.host, port: peer.port, callingAETitle: sender, calledAETitle: peer.aeTitle },
    contexts: [{ abstractSyntax: SopClass.CTImageStorage, transferSyntaxes: [TransferSyntax.ExplicitVRLittleEndian] }],
  });
  for (const instance of all) expect(await send(association, instance)).toEqual({ status: 0 });
  await association.release();
}
const toPacs = (all: TestInstance[]) =>
  sendTo({ host: pacs.host, port: pacs.dicomPort, aeTitle: pacs.aeTitle }, 'CT9', all);
const toUs = (sender: Sender, all: TestInstance[]) =>
  sendTo({ host: pacs.outsideHost, port, aeTitle: 'ENDPLATE' }, sender, all);

/** The first version that is made after `work` began. */
async function nextVersion(studyInstanceUID: string, work: () => Promise<unknown>): Promise<Manifest> {
  const made = bench.logged.filter((id) => id === 'LSN-030').length;
  await work();
  await bench.untilLogged('LSN-030', made + 1);
  return (await new Manifests(bench.store).latest(studyInstanceUID))!;
}

describe('a PACS that holds 20 instances and sends 15', () => {
  it('is asked, and sends the other five when its entry allows it: the version is whole, every byte as sent', async () => {
    const all = twenty('fetched');
    const { studyInstanceUID } = all[0]!;
    await toPacs(all);
    const manifest = await nextVersion(studyInstanceUID, () => toUs('FETCHES', all.slice(0, 15)));
    expect(manifest.version).toBe(1);
    expect(manifest.evidence).toMatchObject({
      basis: 'quiet-period',
      statements: [{ source: 'c-find', saidBy: 'FETCHES', count: 20, named: 20, leftOut: 0 }],
      sources: [{ aeTitle: 'FETCHES', asked: 'answered', attempts: 1, fetches: 1 }, { asked: 'no-address' }],
      ...{ expected: 20, missing: 0, missingNamed: 0, fetched: 5 },
    });
    for (const [i, instance] of all.entries()) {
      const stored = await bench.store.get(instanceKey(instance));
      expect(stored.equals(asStored(instance, i < 15 ? 'FETCHES' : pacs.aeTitle))).toBe(true);
    }
  });

  it('is asked alone where its entry does not allow it: the version is made after the wait, and says 15 of 20', async () => {
    const all = twenty('asked');
    await toPacs(all);
    const manifest = await nextVersion(all[0]!.studyInstanceUID, () => toUs('ASKS', all.slice(0, 15)));
    expect(manifest.instances).toHaveLength(15);
    expect(manifest.evidence).toMatchObject({
      sources: [{ aeTitle: 'ASKS', asked: 'answered', fetches: 0 }],
      ...{ expected: 20, missing: 5, missingNamed: 5 },
    });
    // What comes late makes the next version, which is whole.
    const late = await nextVersion(all[0]!.studyInstanceUID, () => toUs('ASKS', all.slice(15)));
    expect(late).toMatchObject({ version: 2, predecessorVersion: 1, evidence: { expected: 20, missing: 0 } });
  });

  it('that is away keeps no study: the version is made, and says that there was no answer and why', async () => {
    const all = twenty('away');
    const manifest = await nextVersion(all[0]!.studyInstanceUID, () => toUs('AWAY', all.slice(0, 15)));
    expect(manifest.instances).toHaveLength(15);
    expect(manifest.evidence).toMatchObject({ sources: [{ aeTitle: 'AWAY', asked: 'unanswered', attempts: 3 }] });
    const { sources } = manifest.evidence;
    expect(['DIMSE_CONNECT_FAILED', 'LISTENER_SOURCE_AWAY']).toContain(sources?.[0]?.code);
    expect(manifest.evidence.expected).toBeUndefined();
  });

  it('counts neither what we made nor what is not taken from it, and knows when it has nothing', async () => {
    const all = twenty('left-out');
    await toPacs(all);
    const sources = (filter: object) =>
      new DimseSources({
        directory: new AeDirectory(
          aeConfigSchema.parse([
            { aeTitle: 'P', ...filter, query: { host: pacs.host, port: pacs.dicomPort, aeTitle: pacs.aeTitle } },
          ]),
          { quietMs: 0, priority: 'routine' },
        ),
        aeTitle: 'ENDPLATE',
        queryTimeoutMs: 10_000,
        fetchTimeoutMs: 10_000,
        clock: () => performance.now(),
      });
    const { studyInstanceUID, sopInstanceUID } = all[0]!;
    const question = { studyInstanceUID, here: 0, ours: new Set([sopInstanceUID]) };
    const { signal } = new AbortController();
    const answer = await sources({}).ask('P', question, signal);
    expect(answer).toMatchObject({ count: 19, leftOut: 1 });
    expect(answer.instances?.map((one) => one.sopInstanceUID)).not.toContain(sopInstanceUID);
    const none = sources({ filter: { modalities: ['MR'] } });
    expect(await none.ask('P', question, signal)).toMatchObject({ count: 0, leftOut: 20 });
    expect(await none.ask('P', { ...question, studyInstanceUID: '1.2.3' }, signal)).toEqual({ count: 0, leftOut: 0 });
    // Enough is here: one question is enough, and names nothing.
    expect(await sources({}).ask('P', { ...question, here: 20 }, signal)).toEqual({ count: 20, leftOut: 0 });
  });
});

describe('a procedure step that names its instances', () => {
  it('ends a quiet period of an hour when exactly they are here', async () => {
    const all = twenty('told');
    const { studyInstanceUID } = all[0]!;
    const recorder = bench.application.nest.get(EvidenceRecorder);
    const manifest = await nextVersion(studyInstanceUID, async () => {
      await toUs('TELLS', all);
      await recorder.record({
        studyInstanceUID,
        source: 'mpps',
        saidBy: 'TELLS',
        reference: '1.2.3.4',
        instances: all,
      });
    });
    expect(manifest.evidence).toMatchObject({
      basis: 'named-instances',
      quietMs: 3_600_000,
      statements: [{ source: 'mpps', saidBy: 'TELLS', count: 20, named: 20 }],
      ...{ expected: 20, missing: 0 },
    });
  });
});
