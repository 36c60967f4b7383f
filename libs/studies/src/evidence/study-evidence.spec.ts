import { STUDIES_PREFIX } from '@endplate/store';
import { startRedis, type TestRedis } from '../../../../test/servers/redis';
import { EvidenceRecorder, MAX_NAMED_INSTANCES, StudyEvidence } from '../index';
import { StudyBench } from '../testing/study-bench';
import { digestExpected, expectedInstances, namesAll } from './expected-instances';

let redis: TestRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

let bench: StudyBench;
beforeEach(async () => {
  bench = await StudyBench.open(redis);
});
afterEach(() => bench.close());

const study = '1.2.840.1';
const at = new Date('2026-11-24T03:00:00Z');
const later = new Date('2026-11-24T04:00:00Z');
const named = (...numbers: number[]) =>
  numbers.map((n) => ({ seriesInstanceUID: `${study}.1`, sopInstanceUID: `${study}.1.${n}` }));
const mpps = { studyInstanceUID: study, source: 'mpps', saidBy: 'CT 1', reference: '1.9' } as const;

describe('what was said of a study', () => {
  it('is kept in the store, sorted, each instance once, with its count', async () => {
    const evidence = new StudyEvidence(bench.store);
    expect(await evidence.record({ ...mpps, instances: named(2, 1, 2) }, at)).toBe('recorded');
    expect(await new StudyEvidence(bench.store).read(study)).toEqual([
      { schema: 'endplate.evidence/1', ...mpps, at: at.toISOString(), count: 2, instances: named(1, 2) },
    ]);
  });

  it('is one object when it is said again in any order, and keeps its first time', async () => {
    const evidence = new StudyEvidence(bench.store);
    await evidence.record({ ...mpps, instances: named(1, 2) }, at);
    expect(await evidence.record({ ...mpps, instances: named(2, 1) }, later)).toBe('present');
    expect((await evidence.read(study)).map((one) => one.at)).toEqual([at.toISOString()]);
  });

  it('is another object when another count, another step or another peer says it', async () => {
    const evidence = new StudyEvidence(bench.store);
    await evidence.record({ ...mpps, count: 3 }, later);
    await evidence.record({ ...mpps, count: 4 }, at);
    await evidence.record({ ...mpps, reference: '1.10', count: 3 }, at);
    await evidence.record({ ...mpps, saidBy: 'CT2', count: 3 }, at);
    await evidence.record({ studyInstanceUID: study, source: 'c-find', saidBy: 'CT 1', count: 3 }, at);
    const read = await evidence.read(study);
    expect(read).toHaveLength(5);
    expect(read.at(-1)).toMatchObject({ at: later.toISOString(), count: 3 });
  });

  it('keeps the count where there are more names than are kept', () => {
    function* many() {
      for (let n = 0; n <= MAX_NAMED_INSTANCES; n += 1) yield named(n)[0]!;
    }
    const cut = expectedInstances({ ...mpps, instances: many() }, at);
    expect([cut.count, cut.instances?.length, namesAll(cut)]).toEqual([
      MAX_NAMED_INSTANCES + 1,
      MAX_NAMED_INSTANCES,
      false,
    ]);
    expect(namesAll(expectedInstances({ ...mpps, instances: named(1) }, at))).toBe(true);
    expect(namesAll(expectedInstances({ ...mpps, count: 1 }, at))).toBe(false);
  });

  it.each([
    ['neither count nor names', {}],
    ['a count below none', { count: -1 }],
    ['a count beyond belief', { count: 1e9 }],
    ['a UID that is none', { instances: [{ seriesInstanceUID: '../1', sopInstanceUID: '1' }] }],
    ['an AE title that is none', { count: 1, saidBy: 'A\\B' }],
    ['a reference that is none', { count: 1, reference: '1.02' }],
  ])('is refused with %s, which is not repeated', async (_, fault) => {
    const heard = { ...mpps, ...fault };
    await expect(new StudyEvidence(bench.store).record(heard, at)).rejects.toMatchObject({
      code: 'STUDIES_EVIDENCE_INVALID',
      message: expect.not.stringMatching(/\.\.\/1|A\\B|1\.02/) as string,
    });
    expect(await new StudyEvidence(bench.store).read(study)).toEqual([]);
  });

  it('has a digest that does not know the time, but for answers to C-FIND', () => {
    const digest = (source: 'mpps' | 'c-find', when: Date) =>
      digestExpected(expectedInstances({ ...mpps, source, count: 1 }, when));
    expect(digest('mpps', at)).toBe(digest('mpps', later));
    expect(digest('c-find', at)).not.toBe(digest('c-find', later));
  });
});

describe('hearing of a study', () => {
  const recorder = () =>
    new EvidenceRecorder({
      evidence: new StudyEvidence(bench.store),
      timeline: bench.timeline,
      jobs: bench.queues,
      now: () => bench.now,
    });

  it('has it looked at under the rules of its sender', async () => {
    const facts = { source: 'CT1', quietMs: 60_000, priority: 'stat' };
    await bench.timeline.append({ studyInstanceUID: study }, 'reception-started', facts);
    expect(await recorder().record({ ...mpps, instances: named(1) })).toBe('recorded');
    expect(await bench.jobs('completeness')).toEqual([
      { studyInstanceUID: study, quietMs: 60_000, priority: 'stat', rearmed: 0, early: true },
    ]);
  });

  it('makes no job and no study of what never came', async () => {
    await recorder().record({ ...mpps, instances: named(1) });
    expect(await bench.jobs('completeness')).toEqual([]);
    const studies: string[] = [];
    for await (const name of bench.store.children(STUDIES_PREFIX)) studies.push(name);
    expect(studies).toEqual([]);
  });
});
