import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeFileMeta, TransferSyntax } from '@endplate/dicom';
import { conflictsPrefix, instanceKey } from '@endplate/store';
import { startRedis, type TestRedis } from '../../../../test/servers/redis';
import { asStored, ctInstance } from '../testing/instance';
import { ListenerBench } from '../testing/listener-bench';
import { SOURCE, SpooledSite } from '../testing/spooled-site';

describe('SpoolIntake and SpoolUploader', () => {
  let site: SpooledSite;
  beforeEach(async () => {
    site = await SpooledSite.open();
  });
  afterEach(() => site.close());

  it('acknowledges while the store hangs; the study waits until the store has the instance', async () => {
    site.shut();
    const one = ctInstance('a', { rows: 300 });
    await site.receive(one);
    expect(await site.pending.has(one.studyInstanceUID)).toBe(true);
    expect([...site.marked]).toEqual([one.studyInstanceUID]);
    expect(await site.store.stat(instanceKey(one))).toBeUndefined();
    site.letGo();
    await site.until(1);
    expect((await site.store.get(instanceKey(one))).equals(asStored(one, 'CT1'))).toBe(true);
    await site.spool.close();
    expect(await site.pending.has(one.studyInstanceUID)).toBe(false);
    expect([...site.marked]).toEqual([]);
    await site.start();
    expect(site.spool.records).toBe(0);
  });

  it('stores the same bytes once and keeps other bytes under conflicts/: the first that was acknowledged has the key', async () => {
    site.shut();
    const [one, other] = [ctInstance('a'), ctInstance('a', { tone: 1 })];
    for (const instance of [one, one, other, other]) await site.receive(instance);
    site.letGo();
    await site.until(4);
    expect(site.outcomes).toEqual(['stored', 'duplicate', 'conflict', 'duplicate']);
    expect((await site.store.get(instanceKey(one))).equals(asStored(one, 'CT1'))).toBe(true);
    const conflicts: string[] = [];
    for await (const { key } of site.store.list(conflictsPrefix(one.studyInstanceUID))) conflicts.push(key);
    expect(conflicts).toHaveLength(1);
  });

  it('tells duplicates and conflicts apart also where a restart lies between the answer and the upload', async () => {
    const [one, other] = [ctInstance('a'), ctInstance('a', { tone: 1 })];
    await site.receive(one);
    await site.until(1);
    await site.fillAndRestart([one, other, other]);
    await site.until(4);
    expect(site.outcomes.slice(1).sort()).toEqual(['conflict', 'duplicate', 'duplicate']);
    expect((await site.store.get(instanceKey(one))).equals(asStored(one, 'CT1'))).toBe(true);
  });

  it('gives the key to the first that was acknowledged also where a restart and refusals of the store lie between', async () => {
    const [one, other] = [ctInstance('a'), ctInstance('a', { tone: 1 })];
    await site.fillAndRestart([one, other], 1);
    await site.until(2);
    expect(site.outcomes).toEqual(['stored', 'conflict']);
    expect((await site.store.get(instanceKey(one))).equals(asStored(one, 'CT1'))).toBe(true);
  });

  it('keeps an instance that the store confirmed and does not have as it was sent, until it has', async () => {
    site.isDamaging = true;
    const one = ctInstance('a');
    await site.receive(one);
    await site.until(0, 1);
    expect(site.failures[0]).toMatchObject({ code: 'STORE_UNCONFIRMED', retryable: true });
    expect(site.spool.records).toBe(1);
    expect(await site.pending.has(one.studyInstanceUID)).toBe(true);
    site.isDamaging = false;
    await site.until(1);
    // What the store made of it is not written over: the true bytes are beside it, and the timeline says so.
    expect(site.outcomes).toEqual(['conflict']);
    const kept: Buffer[] = [];
    for await (const { key } of site.store.list(conflictsPrefix(one.studyInstanceUID))) {
      kept.push(await site.store.get(key));
    }
    expect(kept).toEqual([asStored(one, 'CT1')]);
  });

  it('keeps an instance while the store has neither it nor its conflict as it was sent', async () => {
    site.isDamaging = true;
    const one = ctInstance('a');
    await site.receive(one);
    await site.until(0, 3);
    for (const failure of site.failures) expect(failure).toMatchObject({ code: 'STORE_UNCONFIRMED' });
    expect([site.outcomes, site.spool.records]).toEqual([[], 1]);
  });

  it('stores an instance again that the object store had confirmed and lost, and nothing that it still has', async () => {
    const [lost, kept, other] = [ctInstance('a'), ctInstance('b'), ctInstance('b', { tone: 1 })];
    for (const instance of [lost, kept, other, kept]) await site.receive(instance);
    await site.until(4);
    expect(site.outcomes.slice().sort()).toEqual(['conflict', 'duplicate', 'stored', 'stored']);
    await site.spool.close();
    await site.store.delete(instanceKey(lost));
    site.retainMs = 1;
    await site.start();
    await site.until(5);
    expect(site.restored).toEqual([lost.studyInstanceUID]);
    expect(site.outcomes.slice(4)).toEqual(['stored']);
    expect((await site.store.get(instanceKey(lost))).equals(asStored(lost, 'CT1'))).toBe(true);
    expect((await site.store.get(instanceKey(kept))).equals(asStored(kept, 'CT1'))).toBe(true);
  });

  it('brings an instance above 4 MiB straight to the store', async () => {
    const large = ctInstance('large', { rows: 1600 });
    expect(large.dataSet.length).toBeGreaterThan(4 * 1024 ** 2);
    await site.receive(large);
    expect((await site.store.get(instanceKey(large))).equals(asStored(large, 'CT1'))).toBe(true);
    expect(site.spool.records).toBe(0);
    await site.spool.close();
    await site.start();
    expect(site.spool.state).toMatchObject({ records: 0, segments: 0 });
  });

  it('acknowledges nothing of an instance whose sender has gone', async () => {
    const { sopClassUID, sopInstanceUID, dataSet } = ctInstance('a');
    const meta = { sopClassUID, sopInstanceUID, transferSyntaxUID: TransferSyntax.ExplicitVRLittleEndian };
    const reception = await site.receiver.begin(meta, encodeFileMeta(meta), SOURCE);
    await reception.write(dataSet);
    await reception.abort();
    await expect(reception.finish()).rejects.toMatchObject({ code: 'STORE_WRITER_CLOSED' });
    expect(site.spool.records).toBe(0);
  });
});

describe('a listener on a spool', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  it('completes a study over what its spool has brought to the store', async () => {
    const spool = await mkdtemp(join(tmpdir(), 'endplate-spool-'));
    const bench = await ListenerBench.open(redis.url, { ENDPLATE_SPOOL_DIR: spool });
    const analysis = bench.nextAnalysis();
    for (const name of ['a', 'b', 'c']) expect(await bench.send(ctInstance(name))).toMatchObject({ status: 0 });
    await bench.untilLogged('LSN-020', 3);
    expect(await analysis).toMatchObject({ studyInstanceUID: ctInstance('a').studyInstanceUID });
    await bench.close();
    await rm(spool, { recursive: true });
  });
});
