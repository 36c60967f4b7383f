import { correctionKey } from '@endplate/store';
import { startRedis, type TestRedis } from '../../../../test/servers/redis';
import { correctStudy, type CorrectionRequest, Manifests, reprocessStudy } from '../index';
import { StudyBench } from '../testing/study-bench';

const STUDY = '1.2.3';
const completion = { studyInstanceUID: STUDY, quietMs: 0, priority: 'stat' as const, rearmed: 0 };
const CORRECTED = Buffer.from('{"corrected":true}');

let redis: TestRedis;
let bench: StudyBench;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());
beforeEach(async () => {
  bench = await StudyBench.open(redis);
  await bench.receive(STUDY, 1, [1, 2]);
  await bench.completer().complete(completion);
});
afterEach(() => bench.close());

const ports = () => ({
  ...{ store: bench.store, timeline: bench.timeline, jobs: bench.queues, lock: bench.queues },
  now: () => new Date('2026-11-24T10:00:00.000Z'),
});
const manifest = (version: number) => new Manifests(bench.store).read(STUDY, version);
const correction = (change: Partial<CorrectionRequest> = {}) =>
  correctStudy(ports(), {
    ...{ studyInstanceUID: STUDY, ofVersion: 1, authorRole: 'radiologist', changed: ['calcification of disc-1'] },
    findings: CORRECTED,
    ...change,
  });

describe('a study that is analysed anew', () => {
  it('gets a further version of the same images, which names the one before and why', async () => {
    await bench.findings(STUDY, 1);
    expect(await reprocessStudy(ports(), STUDY)).toBe(2);
    const [first, second] = [await manifest(1), await manifest(2)];
    expect(second).toMatchObject({
      ...{ version: 2, predecessorVersion: 1, reason: { kind: 'model' }, createdAt: '2026-11-24T10:00:00.000Z' },
      ...{ digest: first?.digest, instances: first?.instances, priority: 'stat' },
    });
    expect(await bench.jobs('analyse')).toContainEqual({ studyInstanceUID: STUDY, version: 2, priority: 'stat' });
    const created = (await bench.timeline.read(STUDY)).filter(({ type }) => type === 'version-created');
    expect(created.at(-1)).toMatchObject({ version: 2, facts: { reason: 'model', instances: 2 } });
  });

  it('gets no second one while the first waits, and none that makes a quiet period begin', async () => {
    await bench.findings(STUDY, 1);
    const both = [await reprocessStudy(ports(), STUDY), await reprocessStudy(ports(), STUDY)];
    expect(both).toEqual([2, 2]);
    expect(await bench.completer().complete(completion)).toEqual({ kind: 'unchanged', version: 2 });
  });

  it('is refused where there is no version yet', async () => {
    await expect(reprocessStudy(ports(), '9.9')).rejects.toMatchObject({ code: 'STUDIES_NO_VERSION' });
  });

  it('is followed by a late instance as any version is', async () => {
    await bench.findings(STUDY, 1);
    await reprocessStudy(ports(), STUDY);
    await bench.receive(STUDY, 1, [3]);
    expect(await bench.completer().complete(completion)).toMatchObject({ kind: 'version-created', version: 3 });
    expect(await manifest(3)).toMatchObject({ predecessorVersion: 2 });
    expect((await manifest(3))?.reason).toBeUndefined();
  });
});

describe("a reader's correction", () => {
  it('is a further version that says who corrected what; the version before stays as it is', async () => {
    const before = await manifest(1);
    expect(await correction()).toBe(2);
    const { reason } = (await manifest(2))!;
    expect(reason).toMatchObject({
      kind: 'correction',
      authorRole: 'radiologist',
      changed: ['calcification of disc-1'],
    });
    if (reason?.kind !== 'correction') throw new Error('no correction');
    expect(await bench.store.get(correctionKey(STUDY, reason.sha256))).toEqual(CORRECTED);
    expect(await manifest(1)).toEqual(before);
    expect(await bench.jobs('analyse')).toContainEqual({ studyInstanceUID: STUDY, version: 2, priority: 'stat' });
  });

  it('is refused where its author has not seen the latest version', async () => {
    await correction();
    await expect(correction({ authorRole: 'physician' })).rejects.toMatchObject({ code: 'STUDIES_VERSION_OVERTAKEN' });
    expect(await manifest(3)).toBeUndefined();
  });

  it('makes one version when two readers correct at the same time', async () => {
    const both = await Promise.allSettled([correction(), correction({ authorRole: 'physician' })]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await manifest(3)).toBeUndefined();
  });
});
