import { expectedInstances, type HeardInstances } from '../evidence/expected-instances';
import {
  COMPLETENESS_LIMITS,
  type CompletenessFacts,
  type CompletenessLimits,
  decideCompleteness,
  type SourceHistory,
} from './decide-completeness';

const T0 = Date.parse('2026-11-24T03:00:00Z');
const study = '1.2';
const names = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => ({
    seriesInstanceUID: '1.2.1',
    sopInstanceUID: `1.2.1.${from + i}`,
  }));
const at = (ms: number) => new Date(T0 + ms);
const said = (source: HeardInstances['source'], saidBy: string, what: Partial<HeardInstances>, ms = 60_000) =>
  expectedInstances({ studyInstanceUID: study, source, saidBy, ...what }, at(ms));
const pacs: SourceHistory = { aeTitle: 'PACS', canFetch: false, answeredAt: [], unansweredAt: [], fetchedAt: [] };
const limits: CompletenessLimits = { ...COMPLETENESS_LIMITS, waitMs: 300_000, retryMs: 10_000 };

/** 15 instances came until T0, and the minute of silence is over. */
function decide(facts: Partial<CompletenessFacts> & { readonly nowMs?: number }) {
  const { nowMs = 60_000, ...rest } = facts;
  return decideCompleteness({
    now: at(nowMs),
    quietMs: 60_000,
    early: false,
    rearmed: 0,
    instances: names(1, 15),
    lastAt: at(0),
    statements: [],
    sources: [],
    limits,
    ...rest,
  });
}
const complete = (missing: number, basis = 'quiet-period') => ({
  kind: 'complete',
  basis,
  expectation: expect.objectContaining({ expected: 15 + missing, missing }) as object,
});

describe('without anything but silence', () => {
  it('a study is complete when its quiet period is over', () => expect(decide({})).toMatchObject(complete(0)));
  it('it waits while it moves, and not for ever', () => {
    expect(decide({ nowMs: 20_000 })).toEqual({ kind: 'wait', reason: 'moving', delayMs: 40_000 });
    expect(decide({ nowMs: 20_000, rearmed: 5 })).toMatchObject(complete(0));
  });
  it('half the period is enough where the queue measured it: the clock of the store is not ours', () =>
    expect(decide({ nowMs: 30_000 })).toMatchObject(complete(0)));
  it('all of it is needed where the queue measured nothing', () => {
    expect(decide({ nowMs: 59_000, early: true })).toEqual({ kind: 'wait', reason: 'moving', delayMs: 1_000 });
    expect(decide({ nowMs: 59_000, early: true, rearmed: 39 })).toMatchObject({ kind: 'wait' });
    expect(decide({ nowMs: 60_000, early: true })).toMatchObject(complete(0));
  });
  it('a clock of the store that is ahead ends too', () => {
    expect(decide({ nowMs: -3_600_000 })).toEqual({ kind: 'wait', reason: 'moving', delayMs: 60_000 });
    expect(decide({ nowMs: -3_600_000, rearmed: 5 })).toMatchObject(complete(0));
    const short = [said('mpps', 'CT', { count: 20 })];
    expect(decide({ nowMs: -3_600_000, rearmed: 40, statements: short })).toMatchObject(complete(5));
  });
});

describe('steps and notifications', () => {
  const exactly = said('mpps', 'CT', { instances: names(1, 15) });
  it.each([
    ['one step', [exactly]],
    ['a notification', [said('ian', 'PACS', { instances: names(1, 15) })]],
    ['two steps', [said('mpps', 'CT', { instances: names(1, 7) }), said('mpps', 'CT', { instances: names(8, 15) })]],
  ])('%s that name what is here end the quiet period early', (_, statements) => {
    expect(decide({ nowMs: 2_000, early: true, statements })).toMatchObject(complete(0, 'named-instances'));
    expect(decide({ nowMs: 1_000, early: true, statements })).toMatchObject({ kind: 'wait', delayMs: 1_000 });
  });
  it.each([
    ['an instance that nobody named', [said('mpps', 'CT', { instances: names(1, 14) })]],
    ['an instance that is not here', [said('mpps', 'CT', { instances: names(1, 16) })]],
    ['a count without names', [said('mpps', 'CT', { count: 15 })]],
    ['names that are fewer than the count', [exactly, said('ian', 'PACS', { count: 16, instances: names(1, 15) })]],
    ['an answer to C-FIND alone', [said('c-find', 'PACS', { instances: names(1, 15) })]],
  ])('%s ends nothing early', (_, statements) =>
    expect(decide({ nowMs: 2_000, early: true, statements })).toEqual({
      kind: 'wait',
      reason: 'moving',
      delayMs: 58_000,
    }),
  );
  it('what they name and is not here is waited for, up to the bound', () => {
    const statements = [said('mpps', 'CT', { instances: names(1, 20) })];
    expect(decide({ statements })).toEqual({ kind: 'wait', reason: 'instances-missing', delayMs: 300_000 });
    expect(decide({ statements, nowMs: 359_999 })).toMatchObject({ kind: 'wait', delayMs: 50 });
    expect(decide({ statements, nowMs: 360_000 })).toMatchObject(complete(5));
  });
  it('a step that was told again takes the place of what it told before', () => {
    const step = (to: number, ms: number) => said('mpps', 'CT', { reference: '1.9', instances: names(1, to) }, ms);
    const statements = [step(15, 2_000), step(20, 1_000)];
    expect(decide({ statements, nowMs: 3_000, early: true })).toMatchObject(complete(0, 'named-instances'));
  });
  it('the names of two are taken together', () => {
    const statements = [
      said('mpps', 'CT', { instances: names(10, 17) }),
      said('ian', 'P', { instances: names(16, 18) }),
    ];
    expect(decide({ statements, nowMs: 360_000 })).toMatchObject({
      expectation: { expected: 18, missing: 3, missingNamed: names(16, 18) },
    });
  });
});

describe('a source that can be asked', () => {
  it('is asked when the quiet period is over, not before', () => {
    expect(decide({ sources: [pacs], nowMs: 20_000 })).toMatchObject({ kind: 'wait', reason: 'moving' });
    expect(decide({ sources: [pacs] })).toEqual({ kind: 'ask', aeTitle: 'PACS' });
  });
  it('is not asked again when it has answered', () => {
    const answered = { ...pacs, answeredAt: [T0 + 60_000] };
    const statements = [said('c-find', 'PACS', { count: 15 })];
    expect(decide({ sources: [answered], statements })).toMatchObject(complete(0));
  });
  it('is asked again for a new version, and where its answer is older than what came since', () => {
    const answered = { ...pacs, answeredAt: [] };
    const old = [said('c-find', 'PACS', { count: 15 }, -5_000)];
    expect(decide({ sources: [answered], statements: old, since: at(-1_000) })).toMatchObject({ kind: 'ask' });
    const fewer = [said('c-find', 'PACS', { count: 12 }, -5_000)];
    const once = { ...pacs, answeredAt: [T0 - 5_000] };
    expect(decide({ sources: [once], statements: fewer })).toMatchObject({ kind: 'ask' });
    const often = { ...pacs, answeredAt: Array.from({ length: 6 }, () => T0 - 5_000) };
    expect(decide({ sources: [often], statements: fewer })).toMatchObject(complete(0));
  });
  it('that is away is asked three times with growing pauses, then the version is made', () => {
    const tries = (...ms: number[]) => [{ ...pacs, unansweredAt: ms.map((one) => T0 + one) }];
    expect(decide({ sources: tries(60_000), nowMs: 61_000 })).toEqual({
      kind: 'wait',
      reason: 'source-away',
      delayMs: 9_000,
    });
    expect(decide({ sources: tries(60_000), nowMs: 70_000 })).toMatchObject({ kind: 'ask' });
    expect(decide({ sources: tries(60_000, 70_000), nowMs: 75_000 })).toMatchObject({ kind: 'wait', delayMs: 15_000 });
    expect(decide({ sources: tries(60_000, 70_000, 90_000), nowMs: 91_000 })).toMatchObject(complete(0));
  });
  it('is not waited for beyond the bound', () => {
    const slow = { ...limits, retryMs: 1_000_000 };
    const sources = [{ ...pacs, unansweredAt: [T0 + 60_000] }];
    expect(decide({ sources, limits: slow })).toMatchObject({ kind: 'wait', delayMs: 300_000 });
    expect(decide({ sources, limits: slow, nowMs: 360_000 })).toMatchObject(complete(0));
    expect(decide({ sources: [pacs], nowMs: 360_000 })).toMatchObject(complete(0));
  });
  it('that has more than is here is waited for where nothing may be fetched', () => {
    const sources = [{ ...pacs, answeredAt: [T0 + 60_000] }];
    const statements = [said('c-find', 'PACS', { instances: names(1, 20) })];
    expect(decide({ sources, statements })).toEqual({ kind: 'wait', reason: 'instances-missing', delayMs: 300_000 });
    expect(decide({ sources, statements, nowMs: 360_000 })).toMatchObject(complete(5));
  });
  it('others are asked while one pauses', () => {
    const sources = [
      { ...pacs, unansweredAt: [T0 + 59_000] },
      { ...pacs, aeTitle: 'ARCHIVE' },
    ];
    expect(decide({ sources })).toEqual({ kind: 'ask', aeTitle: 'ARCHIVE' });
  });
});

describe('a source that may be fetched from', () => {
  const able = { ...pacs, canFetch: true, answeredAt: [T0 + 60_000] };
  const twenty = [said('c-find', 'PACS', { instances: names(1, 20) })];
  it('sends what is missing, and nothing else', () =>
    expect(decide({ sources: [able], statements: twenty })).toEqual({
      kind: 'fetch',
      aeTitle: 'PACS',
      instances: names(16, 20),
    }));
  it('sends the study where it gave a count alone', () =>
    expect(decide({ sources: [able], statements: [said('c-find', 'PACS', { count: 20 })] })).toEqual({
      kind: 'fetch',
      aeTitle: 'PACS',
    }));
  it('is not asked for what it does not have', () => {
    const statements = [said('c-find', 'PACS', { count: 15 }), said('mpps', 'CT', { instances: names(1, 20) })];
    expect(decide({ sources: [able], statements })).toMatchObject({ kind: 'wait', reason: 'instances-missing' });
  });
  it('is not asked at all where it has nothing that is missing', () => {
    const statements = [said('c-find', 'PACS', { count: 15 })];
    expect(decide({ sources: [able], statements })).toMatchObject(complete(0));
  });
  it('is tried three times, then the version is made with what is here', () => {
    const fetched = (...ms: number[]) => [{ ...able, fetchedAt: ms.map((one) => T0 + one) }];
    const facts = { statements: twenty };
    expect(decide({ ...facts, sources: fetched(60_000), nowMs: 61_000 })).toMatchObject({
      kind: 'wait',
      reason: 'fetch-retry',
      delayMs: 9_000,
    });
    expect(decide({ ...facts, sources: fetched(60_000), nowMs: 70_000 })).toMatchObject({ kind: 'fetch' });
    expect(decide({ ...facts, sources: fetched(60_000, 70_000, 90_000), nowMs: 91_000 })).toMatchObject(complete(5));
  });
  it('has sent all: the version is made at once', () =>
    expect(
      decide({
        sources: [{ ...able, fetchedAt: [T0 + 60_000] }],
        statements: twenty,
        instances: names(1, 20),
        early: true,
        nowMs: 62_000,
      }),
    ).toMatchObject({ kind: 'complete', expectation: { expected: 20, missing: 0 } }));
});

it('every course of events ends in a version, in bounded time and steps', () => {
  let seed = 7;
  const random = (n: number) => (seed = (seed * 48_271) % 2_147_483_647) % n;
  for (let course = 0; course < 500; course += 1) {
    const sources = Array.from({ length: random(4) }, (_, i) => ({
      ...{ aeTitle: `AE${i}`, canFetch: random(2) === 0 },
      ...{ answeredAt: [] as number[], unansweredAt: [] as number[], fetchedAt: [] as number[] },
    }));
    const statements = [said('mpps', 'CT', { instances: names(1, 10 + random(15)) })].slice(random(2));
    const instances = names(1, 15);
    let [nowMs, rearmed, early, steps] = [2_000, 0, true, 0];
    for (; ; steps += 1) {
      const decision = decide({ nowMs, rearmed, early, sources, statements, instances });
      if (decision.kind === 'complete') break;
      const source = 'aeTitle' in decision ? sources.find((one) => one.aeTitle === decision.aeTitle) : undefined;
      if (decision.kind === 'wait') [nowMs, rearmed, early] = [nowMs + decision.delayMs, rearmed + 1, false];
      else nowMs += random(20_000);
      if (decision.kind === 'fetch') {
        source?.fetchedAt.push(T0 + nowMs);
        if (random(2) === 0) instances.push(...(decision.instances ?? []).slice(0, 1 + random(3)));
      } else if (decision.kind === 'ask' && random(3) > 0) {
        source?.answeredAt.push(T0 + nowMs);
        statements.push(said('c-find', decision.aeTitle, { instances: names(1, 10 + random(15)) }, nowMs));
      } else if (decision.kind === 'ask') source?.unansweredAt.push(T0 + nowMs);
    }
    expect(steps).toBeLessThan(60);
    expect(nowMs).toBeLessThanOrEqual(60_000 + limits.waitMs + 20_000);
  }
});
