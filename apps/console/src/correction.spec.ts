import { type RunningApplication } from '@endplate/platform';
import { createQueues, type Queues } from '@endplate/queue';
import { type StudyFindings } from '@endplate/findings';
import { correctionKey, findingsKey } from '@endplate/store';
import { Manifests, Timeline, type VersionReason } from '@endplate/studies';
import { type Browser, chromium } from 'playwright-core';
import { startRedis, type TestRedis } from '../../../test/servers/redis';
import { startConsole } from './fixture/running-console';
import { STUDY, storedStudies } from './fixture/stored-studies';

type CorrectionReason = Extract<VersionReason, { kind: 'correction' }>;
const CHROMIUM = '/usr/bin/chromium';
const ABSENT = { authorRole: 'radiologist', discs: [{ id: 'disc-1', calcification: 'absent' }] };

let redis: TestRedis;
let queues: Queues;
let stored: Awaited<ReturnType<typeof storedStudies>>;
let app: RunningApplication;

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());
beforeEach(async () => {
  stored = await storedStudies();
  const prefix = `{correction-${Date.now()}}`;
  queues = createQueues({ url: redis.url, prefix });
  app = await start({ REDIS_URL: redis.url, ENDPLATE_QUEUE_PREFIX: prefix });
});
afterEach(async () => {
  await app.close();
  await queues.close();
  await stored.remove();
});

const start = (env: Record<string, string>): Promise<RunningApplication> => startConsole(stored.root, env);

const path = (study: string = STUDY.analysed, version: number | string = 1) =>
  `/api/studies/${study}/versions/${version}/correction`;
const OWN = { 'X-Endplate-Action': 'correct' };
const post = (to: string, body: unknown = ABSENT, headers: Record<string, string> = OWN) =>
  fetch(`${app.httpUrl}${to}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const latest = () => new Manifests(stored.store).latest(STUDY.analysed);
const nothingHappened = async () => {
  expect(await latest()).toMatchObject({ version: 1 });
  expect(await queues.counts('analyse')).toMatchObject({ waiting: 0 });
};

/** The findings that lie in the store for the latest version, which is a correction. */
async function corrected(): Promise<{ reason: CorrectionReason; findings: StudyFindings }> {
  const reason = (await latest())!.reason as CorrectionReason;
  const bytes = await stored.store.get(correctionKey(STUDY.analysed, reason.sha256));
  return { reason, findings: JSON.parse(bytes.toString()) as StudyFindings };
}

describe("a reader's correction", () => {
  it('makes a further version of his findings, and the timeline says in what role and from where', async () => {
    const response = await post(path(), { ...ABSENT, remark: 'Seen otherwise.' });
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({ version: 2, changed: ['calcification of disc-1 (L5/S1)', 'remarks'] });
    expect(await latest()).toMatchObject({ version: 2, predecessorVersion: 1 });
    const { reason, findings } = await corrected();
    expect(reason).toMatchObject({ kind: 'correction', authorRole: 'radiologist' });
    expect(findings.discs[0]!.calcification).toMatchObject({ value: { present: false, volumeMm3: 0 } });
    expect(findings.remarks).toContain('Seen otherwise.');
    expect(await queues.counts('analyse')).toMatchObject({ waiting: 1 });
    const events = await new Timeline(stored.store, () => new Date()).read(STUDY.analysed);
    expect(events.at(-1)).toMatchObject({
      ...{ type: 'version-created', version: 2 },
      facts: { reason: 'correction', authorRole: 'radiologist', from: '127.0.0.1' },
    });
  });

  it('is taken once: who sends it again has not seen the version that it made', async () => {
    await post(path());
    const again = await post(path());
    expect(again.status).toBe(409);
    expect(await again.json()).toMatchObject({ code: 'STUDIES_VERSION_OVERTAKEN' });
    expect(await latest()).toMatchObject({ version: 2 });
  });

  it.each([
    ['without a role', () => path(), { discs: ABSENT.discs }, 400, 'CONSOLE_CORRECTION_INVALID', 'authorRole'],
    ['that changes nothing', () => path(), { authorRole: 'physician' }, 400, 'CONSOLE_CORRECTION_INVALID', 'nothing'],
    ['with a field of its own', () => path(), { ...ABSENT, level: 'L4' }, 400, 'CONSOLE_CORRECTION_INVALID', 'level'],
    [
      'of a disc that is not there',
      () => path(),
      { authorRole: 'physician', discs: [{ id: 'disc-7', calcification: 'absent' }] },
      ...([400, 'CONSOLE_CORRECTION_INVALID', 'there is no disc-7'] as const),
    ],
    [
      'of what was not assessed',
      () => path(),
      { authorRole: 'physician', discs: [{ id: 'disc-2', calcification: 'absent' }] },
      ...([400, 'CONSOLE_CORRECTION_INVALID', 'not assessed'] as const),
    ],
    ['of a study without findings', () => path(STUDY.received), ABSENT, 404, 'CONSOLE_OBJECT_NOT_FOUND', 'findings'],
    ['of a study that could not be used', () => path(STUDY.unusable), ABSENT, 400, 'CONSOLE_CORRECTION_INVALID', 'not analysed'],
    ['of what is no study', () => path('..%2f..'), ABSENT, 404, 'CONSOLE_STUDY_NOT_FOUND', 'study'],
    ['of what is no version', () => path(STUDY.analysed, 'x'), ABSENT, 400, undefined, ''],
    ['that is no JSON', () => path(), '{"authorRole": ', 400, undefined, ''],
    ['that is too large', () => path(), { ...ABSENT, remark: 'x'.repeat(200_000) }, 413, undefined, ''],
  ])('%s is refused as a problem', async (_, to, body, status, code, words) => {
    const response = await post(to(), body);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    const problem = (await response.json()) as { code?: string; detail?: string };
    expect(problem.code).toBe(code);
    expect(problem.detail ?? '').toContain(words);
    await nothingHappened();
  }); // prettier-ignore

  it.each([
    ['a form', { 'X-Endplate-Action': undefined }],
    ['a page of another origin', { Origin: 'https://elsewhere.example' }],
    ['a page of another site', { 'Sec-Fetch-Site': 'cross-site' }],
  ])('of %s is refused', async (_, headers) => {
    const all = Object.entries({ ...OWN, ...headers }).filter(([, value]) => value !== undefined);
    const response = await post(path(), ABSENT, Object.fromEntries(all) as Record<string, string>);
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ code: 'CONSOLE_ORIGIN_REFUSED' });
    await nothingHappened();
  });

  it('leaves everything as it is while Redis is away', async () => {
    await app.close();
    app = await start({ REDIS_URL: 'redis://127.0.0.1:1' });
    const response = await post(path());
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    expect(await latest()).toMatchObject({ version: 1 });
  });

  describe('in a browser', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    });
    afterAll(() => browser?.close());

    it('is entered in a form that says what stands there now, and leads to the version that it made', async () => {
      const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
      await page.goto(`${app.httpUrl}/#/study/${STUDY.analysed}`);
      await page.getByRole('link', { name: 'Correct these findings' }).click();
      const row = page.locator('.correct tr', { hasText: 'L5/S1' });
      expect(await row.innerText()).toContain('120 mm³');
      // The disc that was not assessed has nothing to correct.
      expect(await page.locator('.correct tbody tr').count()).toBe(1);
      const choice = page.getByLabel('Calcification of L5/S1');
      await choice.selectOption('present');
      await page.getByLabel('Volume of L5/S1').fill('75.5');
      await page.getByLabel('Remark for the report').fill('Part of it is the endplate.');
      await page.getByRole('button', { name: 'Make the corrected version' }).click();
      // The browser itself asks for the role.
      expect(await latest()).toMatchObject({ version: 1 });
      await page.getByLabel('Corrected by a').selectOption('radiologist');
      const shot = process.env['ENDPLATE_SPEC_SCREENSHOT'];
      if (shot) await page.screenshot({ path: shot });
      await page.getByRole('button', { name: 'Make the corrected version' }).click();
      await page.getByRole('link', { name: 'Version 2' }).waitFor();
      await page.getByText('Version 2 made of the findings of a radiologist').waitFor();
      expect((await corrected()).findings.discs[0]!.calcification).toMatchObject({ value: { volumeMm3: 75.5 } });
      await page.close();
    });

    it('takes a Modic type of an endplate, cranial ones first', async () => {
      const key = findingsKey(STUDY.analysed, 1);
      const findings = JSON.parse((await stored.store.get(key)).toString()) as StudyFindings;
      const endplates = [endplate('superior'), endplate('inferior')];
      await stored.store.put(key, Buffer.from(JSON.stringify({ ...findings, endplates })));
      const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
      await page.goto(`${app.httpUrl}/#/study/${STUDY.analysed}/1/correct`);
      await page.getByLabel('Modic change of L5 superior').selectOption('1');
      const rows = await page.locator('.correct table').nth(1).locator('tbody th').allInnerTexts();
      expect(rows).toEqual(['L5 inferior', 'L5 superior']);
      await page.getByLabel('Corrected by a').selectOption('physician');
      await page.getByRole('button', { name: 'Make the corrected version' }).click();
      await page.getByRole('link', { name: 'Version 2' }).waitFor();
      const [superior, inferior] = (await corrected()).findings.endplates;
      expect(superior!.modic).toMatchObject({ value: { type: '1', caveats: ['Infection and tumour not excluded.'] } });
      expect(inferior).toEqual(endplates[1]);
      await page.close();
    });

    it('says why it was not taken, and keeps what was entered', async () => {
      const page = await browser.newPage();
      await page.goto(`${app.httpUrl}/#/study/${STUDY.analysed}/1/correct`);
      await page.getByLabel('Corrected by a').selectOption('physician');
      await page.getByRole('button', { name: 'Make the corrected version' }).click();
      await page.getByText('This is no correction: nothing differs from what stands there.').waitFor();
      expect(await page.getByLabel('Corrected by a').inputValue()).toBe('physician');
      await page.close();
    });
  });
});

/** An endplate of L5 with a change of type 2. */
function endplate(position: 'superior' | 'inferior'): StudyFindings['endplates'][number] {
  const value = { t1Ratio: 1.4, t2Ratio: 1.2, areaMm2: 90, sliceCount: 3, heightPercent: 30, apFraction: 0.6 };
  return {
    ...{ id: `vertebra-1-${position}`, vertebraId: 'vertebra-1', vertebraLevel: 'L5', position },
    discId: position === 'superior' ? 'disc-2' : 'disc-1',
    modic: { status: 'assessed', value: { ...value, type: '2', caveats: [], outlines: [] }, confidence: 0.7 },
  };
}
