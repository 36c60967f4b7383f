import { type RunningApplication } from '@endplate/platform';
import { createQueues, type Queues } from '@endplate/queue';
import { deliveryKey } from '@endplate/store';
import { Timeline } from '@endplate/studies';
import { type Browser, chromium } from 'playwright-core';
import { startRedis, type TestRedis } from '../../../test/servers/redis';
import { startConsole } from './fixture/running-console';
import { STUDY, storedStudies } from './fixture/stored-studies';

const CHROMIUM = '/usr/bin/chromium';

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
  const prefix = `{console-${Date.now()}}`;
  queues = createQueues({ url: redis.url, prefix });
  app = await start({ REDIS_URL: redis.url, ENDPLATE_QUEUE_PREFIX: prefix });
});
afterEach(async () => {
  await app.close();
  await queues.close();
  await stored.remove();
});

const start = (env: Record<string, string>): Promise<RunningApplication> => startConsole(stored.root, env);

const path = (destination: string, study: string = STUDY.analysed, version = 1) =>
  `/api/studies/${study}/versions/${version}/deliveries/${destination}/retry`;
const post = (to: string, headers: Record<string, string> = { 'X-Endplate-Action': 'retry' }) =>
  fetch(`${app.httpUrl}${to}`, { method: 'POST', headers });
const record = (destination: string) => stored.store.stat(deliveryKey(STUDY.analysed, 1, destination));
const retries = async () =>
  (await new Timeline(stored.store, () => new Date()).read(STUDY.analysed)).filter(
    ({ type }) => type === 'delivery-retried',
  );

describe('a delivery that was given up', () => {
  it('begins anew by one request, and the timeline says from where', async () => {
    const response = await post(path('archive'));
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({ retried: [{ version: 1, destination: 'archive', was: 'dead-letter' }] });
    expect(await record('archive')).toBeUndefined();
    expect(await queues.counts('deliver')).toMatchObject({ waiting: 1 });
    expect(await retries()).toMatchObject([
      { version: 1, facts: { destination: 'archive', by: 'console', from: '127.0.0.1' } },
    ]);
  });

  it.each([
    ['what was delivered', () => path('pacs'), 409, 'CONSOLE_RETRY_CONFLICT'],
    ['a destination that has none', () => path('nowhere'), 409, 'CONSOLE_RETRY_CONFLICT'],
    ['another version', () => path('archive', STUDY.analysed, 2), 409, 'CONSOLE_RETRY_CONFLICT'],
    ['a study that is none', () => path('archive', '..%2f..'), 404, 'CONSOLE_STUDY_NOT_FOUND'],
    ['a version that is none', () => '/api/studies/1.2/versions/x/deliveries/archive/retry', 400, undefined],
  ])('leaves %s alone, as a problem', async (_, to, status, code) => {
    const response = await post(to());
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(((await response.json()) as { code?: string }).code).toBe(code);
    expect(await queues.counts('deliver')).toMatchObject({ waiting: 0 });
    expect(await retries()).toEqual([]);
  });

  it.each([
    ['a form', {}],
    ['a page of another origin', { 'X-Endplate-Action': 'retry', Origin: 'https://elsewhere.example' }],
    ['a page of nowhere', { 'X-Endplate-Action': 'retry', Origin: 'null' }],
    ['a page of another site', { 'X-Endplate-Action': 'retry', 'Sec-Fetch-Site': 'cross-site' }],
    ['a page of a neighbour', { 'X-Endplate-Action': 'retry', 'Sec-Fetch-Site': 'same-site' }],
  ])('is not begun anew by %s', async (_, headers) => {
    const response = await post(path('archive'), headers as Record<string, string>);
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ code: 'CONSOLE_ORIGIN_REFUSED' });
    expect(await record('archive')).toBeDefined();
  });

  it('stays as it is while Redis is away, and the console shows it all the same', async () => {
    await app.close();
    app = await start({ REDIS_URL: 'redis://127.0.0.1:1' });
    const response = await post(path('archive'));
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    expect(await record('archive')).toBeDefined();
    expect((await fetch(`${app.httpUrl}/api/studies/${STUDY.analysed}`)).status).toBe(200);
  });

  describe('in a browser', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    });
    afterAll(() => browser?.close());

    it('has a button that begins it anew; what was delivered has none', async () => {
      const page = await browser.newPage({ viewport: { width: 1440, height: 1300 } });
      await page.goto(`${app.httpUrl}/#/study/${STUDY.analysed}`);
      const row = page.locator('.delivery', { hasText: 'archive' });
      await row.waitFor();
      expect(await row.innerText()).toContain('refused status c000');
      expect(await page.locator('.delivery', { hasText: 'pacs' }).innerText()).toContain('identical bytes, wado');
      expect(await page.locator('button.retry').count()).toBe(1);
      const shot = process.env['ENDPLATE_SPEC_SCREENSHOT'];
      if (shot) await page.screenshot({ path: shot });
      await row.getByRole('button', { name: 'Send again' }).click();
      await page.getByText('archive: begun anew from the console at 127.0.0.1').waitFor();
      expect(await queues.counts('deliver')).toMatchObject({ waiting: 1 });
      await page.close();
    });
  });
});
