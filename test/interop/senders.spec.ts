import { spawn, type ChildProcess } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { readFileMeta, STORAGE_SOP_CLASSES, TransferSyntax, transferSyntaxEncoding } from '@endplate/dicom';
import { instanceKey } from '@endplate/store';
import { freePort } from '../../apps/cli/src/process/free-port';
import { waitUntil } from '../../apps/cli/src/process/wait-until';
import { makeCertificate } from '../../apps/listener/src/testing/certificates';
import { ListenerBench } from '../../apps/listener/src/testing/listener-bench';
import { compressedFiles, type ForeignFile } from '../builders/compressed';
import { tool } from '../servers/dcmtk';
import { type Orthanc, startOrthanc } from '../servers/orthanc';
import { startRedis, type TestRedis } from '../servers/redis';

/** Requirement: what foreign senders send, in every transfer syntax, is stored byte for byte as it came. */

let folder: string;
let redis: TestRedis;
let pacs: Orthanc;
let bench: ListenerBench;
let files: ForeignFile[];
let host: string;
let archive: ChildProcess | undefined;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'endplate-senders-'));
  [redis, pacs] = await Promise.all([startRedis(), startOrthanc()]);
  host = pacs.outsideHost;
  await mkdir(path.join(folder, 'files'));
  files = await compressedFiles(path.join(folder, 'files'), 'senders');
});
afterAll(async () => {
  await redis?.stop();
  await pacs?.stop();
  await rm(folder, { recursive: true, force: true });
});
afterEach(async () => {
  archive?.kill('SIGKILL');
  archive = undefined;
  await bench?.close();
});

/** A listener as Orthanc reaches it, with a spool, as on any machine that has a disk. */
async function openBench(env: Readonly<Record<string, string>> = {}): Promise<void> {
  const list = path.join(folder, 'ae.json');
  const titles = ['STORESCU', 'DCMSEND', 'ARCHIVE', pacs.aeTitle];
  await writeFile(list, JSON.stringify(titles.map((aeTitle) => ({ aeTitle }))));
  bench = await ListenerBench.open(redis.url, {
    ENDPLATE_DICOM_HOST: host,
    ENDPLATE_AE_CONFIG: list,
    ENDPLATE_SPOOL_DIR: path.join(folder, `spool-${await freePort()}`),
    ENDPLATE_QUIET_MS: '3600000',
    ...env,
  });
}

/** The stored dataset and its transfer syntax are those of the sender's file. */
async function expectStored(file: Omit<ForeignFile, 'path'>): Promise<void> {
  const key = instanceKey(file);
  const stat = () => bench.store.stat(key).then((found) => (found ? true : undefined));
  await waitUntil(`${file.transferSyntaxUID} is stored`, stat, { timeoutMs: 30_000, everyMs: 20 });
  const stored = await bench.store.get(key);
  const { meta, dataSetOffset } = readFileMeta(stored);
  expect(meta.transferSyntaxUID).toBe(file.transferSyntaxUID);
  expect(meta.sopInstanceUID).toBe(file.sopInstanceUID);
  const same = stored.subarray(dataSetOffset).equals(file.dataSet);
  expect({ transferSyntax: file.transferSyntaxUID, same }).toEqual({ transferSyntax: file.transferSyntaxUID, same: true }); // prettier-ignore
}

const peer = (): string[] => ['-aec', 'ENDPLATE', host, String(bench.port)];
const of = (syntax: string): ForeignFile => files.find((file) => file.transferSyntaxUID === syntax)!;

describe('foreign senders', () => {
  it('dcmsend: every compressed transfer syntax on one association, none decompressed', async () => {
    await openBench();
    // What is not compressed it sends in explicit VR, whatever the file has.
    const sent = files.filter(({ transferSyntaxUID }) => transferSyntaxEncoding(transferSyntaxUID).encapsulated);
    expect(new Set(sent.map(({ transferSyntaxUID }) => transferSyntaxUID)).size).toBeGreaterThanOrEqual(7);
    const paths = sent.map((file) => file.path);
    const { code, output } = await tool('dcmsend', ['-v', '-dn', '-aet', 'DCMSEND', ...peer(), ...paths]);
    expect(output).not.toMatch(/^[EF]:/m);
    expect(code).toBe(0);
    for (const file of sent) await expectStored(file);
  });

  it.each([
    ['-xs', TransferSyntax.JPEGLosslessSV1],
    ['-xt', TransferSyntax.JPEGLSLossless],
    ['-xr', TransferSyntax.RLELossless],
    ['-xi', TransferSyntax.ImplicitVRLittleEndian],
    ['-xb', TransferSyntax.ExplicitVRBigEndian],
    ['-xd', TransferSyntax.DeflatedExplicitVRLittleEndian],
    ['-xx', TransferSyntax.JPEGExtended12Bit],
  ])('storescu %s over TLS with certificates on both sides', async (option, syntax) => {
    const [own, sender] = ['listener', 'sender'].map((name) => makeCertificate(folder, name));
    await openBench({
      ENDPLATE_DICOM_TLS_CERT: own!.cert,
      ENDPLATE_DICOM_TLS_KEY: own!.key,
      ENDPLATE_DICOM_TLS_CA: sender!.cert,
    });
    const tls = ['+tls', sender!.key, sender!.cert, '+cf', own!.cert];
    const { code, output } = await tool('storescu', ['-v', option, '-R', ...tls, '-aet', 'STORESCU', ...peer(), of(syntax).path]); // prettier-ignore
    expect(output).toMatch(/Received Store Response|DIMSE Status +: 0x0000/);
    expect(code).toBe(0);
    await expectStored(of(syntax));
  });

  it('movescu: dcmqrscp sends us what it has, as it is', async () => {
    await openBench();
    const one = of(TransferSyntax.JPEGLosslessSV1);
    const port = await startQueryRetrieve(['-xs'], one.path);
    const called = ['-aec', 'ARCHIVE', '127.0.0.1', String(port)];
    const keys = ['-k', 'QueryRetrieveLevel=STUDY', '-k', `StudyInstanceUID=${one.studyInstanceUID}`];
    const { code, output } = await tool('movescu', ['-v', '-S', '-aem', 'ENDPLATE', ...keys, ...called]);
    expect(output).toContain('Received Final Move Response (Success)');
    expect(code).toBe(0);
    await expectStored(one);
  });

  it('Orthanc: every transfer syntax that it takes, from its REST API', async () => {
    await openBench();
    await pacs.rest.addModality('senders', { aeTitle: 'ENDPLATE', host, port: bench.port });
    const ids: string[] = [];
    for (const file of files) ids.push(await pacs.rest.upload(await readFile(file.path)));
    await pacs.rest.store(ids, 'senders');
    for (const file of files) await expectStored(file);
  });

  it('storescu: every storage SOP class in one proposal of 128 contexts, each accepted', async () => {
    await openBench();
    const profile = path.join(folder, 'every-class.cfg');
    await writeFile(profile, negotiationProfile(STORAGE_SOP_CLASSES));
    const one = of(TransferSyntax.ExplicitVRLittleEndian);
    const { output } = await tool('storescu', ['-d', '-xf', profile, 'Every', '-aet', 'STORESCU', ...peer(), one.path]); // prettier-ignore
    expect(output).toMatch(/Received Store Response|DIMSE Status +: 0x0000/);
    const answer = output.slice(output.indexOf('BEGIN A-ASSOCIATE-AC'), output.indexOf('END A-ASSOCIATE-AC'));
    expect(answer.match(/Context ID: +[0-9]+ \(Accepted\)/g)).toHaveLength(128);
    expect(answer).not.toMatch(/Rejected|Not Supported/);
    await expectStored(one);
  });
});

/** Two contexts for each SOP class, as many as fit: one uncompressed, one compressed. */
function negotiationProfile(sopClassUIDs: readonly string[]): string {
  const compressed = [TransferSyntax.JPEGLosslessSV1, TransferSyntax.JPEG2000Lossless, TransferSyntax.RLELossless];
  const lines = sopClassUIDs.flatMap((uid) => [`${uid}\\Plain`, `${uid}\\Packed`]);
  const more = sopClassUIDs.slice(0, Math.max(0, 128 - lines.length)).map((uid) => `${uid}\\Big`);
  return [
    '[[TransferSyntaxes]]',
    ...['[Plain]', `TransferSyntax1 = ${TransferSyntax.ExplicitVRLittleEndian}`],
    ...['[Packed]', ...compressed.map((uid, i) => `TransferSyntax${i + 1} = ${uid}`)],
    ...['[Big]', `TransferSyntax1 = ${TransferSyntax.ExplicitVRBigEndian}`],
    '[[PresentationContexts]]',
    '[Classes]',
    ...[...lines, ...more].slice(0, 128).map((line, i) => `PresentationContext${i + 1} = ${line}`),
    '[[Profiles]]',
    '[Every]',
    'PresentationContexts = Classes',
    '',
  ].join('\n');
}

/** dcmqrscp with one instance in its archive, which knows us. */
async function startQueryRetrieve(words: readonly string[], file: string): Promise<number> {
  const port = await freePort();
  const data = path.join(folder, 'archive');
  const config = path.join(folder, 'dcmqrscp.cfg');
  await mkdir(data);
  await copyFile(file, path.join(data, 'one.dcm'));
  expect(await tool('dcmqridx', [data, path.join(data, 'one.dcm')])).toMatchObject({ code: 0 });
  const text = [
    ...[`NetworkTCPPort = ${port}`, 'MaxPDUSize = 16384', 'MaxAssociations = 16'],
    ...['HostTable BEGIN', `endplate = (ENDPLATE, ${host}, ${bench.port})`, 'HostTable END'],
    ...['VendorTable BEGIN', 'VendorTable END'],
    ...['AETable BEGIN', `ARCHIVE ${data} RW (200, 1024mb) ANY`, 'AETable END', ''],
  ];
  await writeFile(config, text.join('\n'));
  archive = spawn('dcmqrscp', [...words, '-c', config], { stdio: 'ignore' });
  const echo = async () => ((await tool('echoscu', ['-aec', 'ARCHIVE', '127.0.0.1', String(port)])).code === 0 ? true : undefined); // prettier-ignore
  await waitUntil('dcmqrscp answers', echo, { timeoutMs: 20_000, everyMs: 50 });
  return port;
}
