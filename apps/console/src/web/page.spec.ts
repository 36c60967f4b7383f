import { existsSync } from 'node:fs';
import { type RunningApplication } from '@endplate/platform';
import { type Browser, chromium, type Page } from 'playwright-core';
import { startConsole } from '../fixture/running-console';
import { STUDY, storedStudies } from '../fixture/stored-studies';

const CHROMIUM = '/usr/bin/chromium';
/** Debian's package; where it is not installed there is no browser to look with. */
const withBrowser = existsSync(CHROMIUM) ? describe : describe.skip;

withBrowser('the page in a browser', () => {
  let stored: Awaited<ReturnType<typeof storedStudies>>;
  let app: RunningApplication;
  let browser: Browser;
  let page: Page;
  const errors: string[] = [];

  beforeAll(async () => {
    stored = await storedStudies();
    app = await startConsole(stored.root, {});
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.on('console', (message) => void (message.type() === 'error' && errors.push(message.text())));
    page.on('pageerror', (error) => void errors.push(error.message));
    await page.goto(app.httpUrl);
    await page.waitForSelector('.row');
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
    await stored?.remove();
  });

  const open = async (uid: string) => {
    await page.goto(`${app.httpUrl}/#/study/${uid}`);
    await page.locator('.title .uid', { hasText: uid }).waitFor();
  };

  const focused = () => page.evaluate<string>('document.activeElement.dataset.key');

  it('shows every study with its state and its rungs, and what it is for', async () => {
    expect(await page.locator('.row').count()).toBe(3);
    expect(await page.locator('.use').isVisible()).toBe(true);
    const row = await page.locator(`[data-key="${STUDY.analysed}"]`).innerText();
    expect(row).toContain('Calcification L5/S1');
    expect(row).toContain('Given up');
    expect(row).toContain('Delivered and read back');
    expect(await page.locator(`[data-key="${STUDY.unusable}"]`).innerText()).toContain(
      'The study has localisers only.',
    );
  });

  it('is walked through with the keyboard alone', async () => {
    await page.keyboard.press('ArrowDown');
    const first = await focused();
    await page.keyboard.press('ArrowDown');
    const second = await focused();
    expect(second).not.toBe(first);
    await page.keyboard.press('Enter');
    await page.locator('.title .uid', { hasText: second }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.title').waitFor({ state: 'detached' });
  });

  it('shows findings per disc, cranial first, and says why something was not assessed', async () => {
    await open(STUDY.analysed);
    const rows = await page.locator('.block table').first().locator('tbody tr').allInnerTexts();
    expect(rows.map((text) => text.split('\t')[0])).toEqual(['L4/L5', 'L5/S1']);
    expect(rows[0]).toContain('because: The disc is too thin.');
    expect(rows[1]).toContain('120 mm³');
    expect(rows[1]).toContain('low confidence, 0.40');
    const reasons = await page.locator('.reasons').innerText();
    expect(reasons).toContain('T2 signal not assessed, because: The signal of a disc needs MR.');
  });

  it('shows key images, objects that were put aside, and the ladder', async () => {
    await open(STUDY.analysed);
    const widths = await page.evaluate(
      'Promise.all([...document.images].map(async (one) => (await one.decode(), one.naturalWidth)))',
    );
    expect(widths).toContain(1);
    expect(await page.locator('.callout').innerText()).toContain('sc-overview failed validation');
    expect(await page.locator('.delivery .step[data-on]').count()).toBe(6);
  });

  it('shows what comes from the store as text, never as markup', async () => {
    await open(STUDY.analysed);
    expect(await page.locator('.reasons').innerText()).toContain('<script>alert(1)</script>');
    expect(await page.locator('.reasons script').count()).toBe(0);
  });

  it('says so where there is no such study', async () => {
    await page.goto(`${app.httpUrl}/#/study/1.2.3`);
    await page.getByText('Nothing is stored of such a study.').waitFor();
  });

  it('loads nothing that its policy forbids, and runs without an error', () => {
    // The browser itself reports the 404 of the study that is not there.
    expect(errors.filter((text) => !text.includes('404'))).toEqual([]);
  });
});
