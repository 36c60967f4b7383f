import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { deriveUid, SopClass } from '@endplate/dicom';
import { conflictKey, conflictsPrefix, createS3Store, instanceKey } from '@endplate/store';
import { Manifests, Timeline } from '@endplate/studies';
import { createHash } from 'node:crypto';
import { startRedis, type TestRedis } from '../../../test/servers/redis';
import { startS3 } from '../../../test/servers/s3';
import { asStored, ctInstance } from './testing/instance';
import { ListenerBench, store } from './testing/listener-bench';

let redis: TestRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

describe('listener', () => {
  let bench: ListenerBench;
  beforeEach(async () => {
    bench = await ListenerBench.open(redis.url);
  });
  afterEach(() => bench.close());

  it('stores what it acknowledges, byte by byte, and asks for one analysis after the quiet period', async () => {
    const instances = ['a', 'b', 'c'].map((name) => ctInstance(name, { rows: 300 }));
    const association = await bench.associate();
    expect(await association.echo()).toMatchObject({ status: 0 });
    for (const instance of instances) {
      expect(await store(association, instance)).toMatchObject({ status: 0x0000 });
      const stored = await bench.store.get(instanceKey(instance));
      expect(stored.equals(asStored(instance, 'CT1'))).toBe(true);
    }
    await association.release();
    const { studyInstanceUID } = instances[0]!;
    expect(await bench.nextAnalysis()).toEqual({ studyInstanceUID, version: 1, priority: 'routine' });
    const manifest = await new Manifests(bench.store).read(studyInstanceUID, 1);
    expect(manifest?.instances.map((one) => one.sopInstanceUID).sort()).toEqual(
      instances.map((one) => one.sopInstanceUID).sort(),
    );
    const events = await new Timeline(bench.store, () => new Date()).read(studyInstanceUID);
    expect(events.map(({ type }) => type)).toEqual(['reception-started', 'version-created']);
    expect(await readdir(join(bench.folder, '.incoming'))).toEqual([]);
  });

  it('stores the same instance once, and keeps other bytes under conflicts/', async () => {
    const first = ctInstance('a');
    const other = ctInstance('a', { tone: 5 });
    expect(await bench.send(first, 'CT1')).toMatchObject({ status: 0 });
    expect(await bench.send(first, 'CT2')).toMatchObject({ status: 0 });
    expect(await bench.objects()).toEqual([instanceKey(first)]);
    expect(await bench.send(other)).toMatchObject({ status: 0 });
    expect(await bench.send(other)).toMatchObject({ status: 0 });
    const sha256 = createHash('sha256').update(other.dataSet).digest('hex');
    const conflict = conflictKey(first.studyInstanceUID, first.sopInstanceUID, sha256);
    const instancesAndConflicts = (await bench.objects()).filter((key) => !key.includes('/versions/'));
    expect(instancesAndConflicts).toEqual([conflict, instanceKey(first)].sort());
    expect((await bench.store.get(instanceKey(first))).equals(asStored(first, 'CT1'))).toBe(true);
    expect((await bench.store.get(conflict)).equals(asStored(other, 'CT1'))).toBe(true);
    const events = await new Timeline(bench.store, () => new Date()).read(first.studyInstanceUID);
    expect(events.filter(({ type }) => type === 'instance-conflict')).toHaveLength(1);
  });

  it('answers bad instances with a failure, stores nothing, and the association survives', async () => {
    const good = ctInstance('good');
    const { sopClassUID, sopInstanceUID, dataSet } = good;
    const association = await bench.associate();
    const attempt = (changed: Partial<typeof good>) => store(association, { ...good, ...changed });
    const cases: [string, Partial<typeof good>, number][] = [
      ['truncated', { dataSet: dataSet.subarray(0, dataSet.length - 100) }, 0xc000],
      ['cut in the header', { dataSet: dataSet.subarray(0, 50) }, 0xc000],
      ['no DICOM', { dataSet: Buffer.from('GET / HTTP/1.1\r\n\r\n'.repeat(20)) }, 0xc000],
      ['other instance', { sopInstanceUID: deriveUid('other') }, 0xa900],
      ['bad study UID', { dataSet: ctInstance('good', { elements: { StudyInstanceUID: '1.02.3' } }).dataSet }, 0xc000],
      [
        'path as UID',
        { dataSet: ctInstance('good', { elements: { SeriesInstanceUID: '../../etc' } }).dataSet },
        0xc000,
      ],
      ['no study UID', { dataSet: ctInstance('good', { elements: { StudyInstanceUID: null } }).dataSet }, 0xc000],
      [
        'other class',
        { dataSet: ctInstance('good', { elements: { SOPClassUID: SopClass.MRImageStorage } }).dataSet },
        0xa900,
      ],
    ];
    for (const [name, changed, status] of cases) {
      const answer = await attempt(changed);
      expect([name, answer.status]).toEqual([name, status]);
      expect(answer.errorComment).toMatch(/^.{5,64}$/);
    }
    expect(await bench.objects()).toEqual([]);
    expect(await readdir(join(bench.folder, '.incoming'))).toEqual([]);
    expect(await store(association, { sopClassUID, sopInstanceUID, dataSet })).toMatchObject({ status: 0 });
    await association.release();
    expect(await bench.objects()).toEqual([instanceKey(good)]);
  });

  it('rejects a wrong called AE title, and refuses a SOP class it does not take by itself', async () => {
    await expect(bench.associate('CT1', 'SOMEBODY')).rejects.toMatchObject({ code: 'DIMSE_ASSOCIATION_REJECTED' });
    const association = await bench.associate('CT1', 'ENDPLATE', SopClass.StudyRootFind);
    expect(association.contexts.map((one) => one.abstractSyntax).sort()).toEqual(
      [SopClass.MRImageStorage, SopClass.VerificationSOPClass].sort(),
    );
    await association.release();
  });

  it('leaves nothing of an instance whose association breaks off', async () => {
    const instance = ctInstance('broken', { rows: 600 });
    const association = await bench.associate();
    const half = async function* () {
      yield instance.dataSet.subarray(0, 300_000);
      await bench.untilLogged('LSN-010');
      association.abort();
      yield instance.dataSet.subarray(300_000);
    };
    const transferSyntaxUID = '1.2.840.10008.1.2.1';
    await expect(association.store({ ...instance, transferSyntaxUID, dataSet: half() })).rejects.toThrow();
    await bench.untilLogged('LSN-012');
    expect(await bench.objects()).toEqual([]);
    // The sink lets go of its temporary file when it is told; that is the next turn, not this one.
    while ((await readdir(join(bench.folder, '.incoming'))).length > 0) await new Promise(setImmediate);
  });
});

describe('listener and its neighbours', () => {
  it('knows who may send, from where, and what holds for their studies', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'endplate-ae-')), 'ae.json');
    writeFileSync(
      path,
      JSON.stringify([
        { aeTitle: 'STAT_CT', addresses: ['127.0.0.0/8'], quietMs: 50, priority: 'stat' },
        { aeTitle: 'FAR_CT', addresses: ['10.1.2.3'] },
      ]),
    );
    const bench = await ListenerBench.open(redis.url, { ENDPLATE_AE_CONFIG: path });
    await expect(bench.associate('STRANGER')).rejects.toMatchObject({ code: 'DIMSE_ASSOCIATION_REJECTED' });
    await expect(bench.associate('FAR_CT')).rejects.toMatchObject({ code: 'DIMSE_ASSOCIATION_REJECTED' });
    expect(await bench.send(ctInstance('a'), 'STAT_CT')).toMatchObject({ status: 0 });
    expect(await bench.nextAnalysis()).toMatchObject({ priority: 'stat' });
    await bench.close();
  });

  it('answers A700 while the disk is too full, and takes the instance when it is not', async () => {
    const full = await ListenerBench.open(redis.url, { ENDPLATE_MIN_FREE_BYTES: '9007199254740991' });
    const answer = await full.send(ctInstance('a'));
    expect(answer.status).toBe(0xa700);
    expect(answer.errorComment).toContain('STORE_FULL');
    await full.close({ keepFolder: true });
    const bench = await ListenerBench.open(redis.url, {}, full.folder);
    expect(await bench.objects()).toEqual([]);
    expect(await bench.send(ctInstance('a'))).toMatchObject({ status: 0 });
    await bench.close();
  });

  it('takes instances while Redis is away, and goes on by itself when it is back', async () => {
    const own = await startRedis();
    const bench = await ListenerBench.open(own.url, { ENDPLATE_RECONCILE_MS: '300', ENDPLATE_QUIET_MS: '50' });
    own.process.kill('SIGKILL');
    await bench.untilLogged('LSN-052');
    expect(await bench.send(ctInstance('a'))).toMatchObject({ status: 0 });
    await bench.untilLogged('LSN-023');
    await own.restart();
    const { studyInstanceUID } = ctInstance('a');
    expect(await bench.nextAnalysis()).toEqual({ studyInstanceUID, version: 1, priority: 'routine' });
    await bench.close();
    await own.stop();
  });

  it('finishes the instance under way when it is told to end', async () => {
    const bench = await ListenerBench.open(redis.url);
    const instance = ctInstance('last', { rows: 400 });
    const association = await bench.associate();
    let closing: Promise<void> | undefined;
    const slow = async function* () {
      yield instance.dataSet.subarray(0, 100_000);
      while ((await readdir(join(bench.folder, '.incoming'))).length === 0) await new Promise(setImmediate);
      closing = bench.close({ keepFolder: true });
      yield instance.dataSet.subarray(100_000);
    };
    const transferSyntaxUID = '1.2.840.10008.1.2.1';
    const answer = await association.store({ ...instance, transferSyntaxUID, dataSet: slow() });
    expect(answer).toMatchObject({ status: 0 });
    await closing;
    expect((await bench.store.get(instanceKey(instance))).equals(asStored(instance, 'CT1'))).toBe(true);
    await expect(bench.associate()).rejects.toMatchObject({ code: 'DIMSE_CONNECT_FAILED' });
  });

  it('stores in S3 as in a folder, and answers A700 while S3 is away', async () => {
    const s3 = await startS3();
    const bench = await ListenerBench.open(redis.url, {
      ENDPLATE_STORE: 's3',
      S3_ENDPOINT: `http://${s3.endPoint}:${s3.port}`,
      S3_BUCKET: s3.bucket,
      S3_ACCESS_KEY: s3.accessKey,
      S3_SECRET_KEY: s3.secretKey,
    });
    const store = await createS3Store(s3);
    const instance = ctInstance('a', { rows: 1200 });
    expect(await bench.send(instance)).toMatchObject({ status: 0 });
    expect(await bench.send(instance, 'CT2')).toMatchObject({ status: 0 });
    expect((await store.get(instanceKey(instance))).equals(asStored(instance, 'CT1'))).toBe(true);
    const conflicts: string[] = [];
    for await (const { key } of store.list(conflictsPrefix(instance.studyInstanceUID))) conflicts.push(key);
    expect(conflicts).toEqual([]);
    await s3.stop();
    expect(await bench.send(ctInstance('b'))).toMatchObject({ status: 0xa700 });
    await store.close();
    await bench.close();
  });
});
