import * as http from 'node:http';
import Ajv from 'ajv/dist/2020';
import { type RunningApplication } from '@endplate/platform';
import { findingsKey } from '@endplate/store';
import { parseConsoleConfig } from './console.config';
import { startConsole } from './fixture/running-console';
import { PNG, STUDY, storedStudies } from './fixture/stored-studies';

let stored: Awaited<ReturnType<typeof storedStudies>>;
let app: RunningApplication;
beforeAll(async () => {
  stored = await storedStudies();
  app = await startConsole(stored.root, {});
});
afterAll(async () => {
  await app.close();
  await stored.remove();
});

const get = (path: string) => fetch(`${app.httpUrl}${path}`);
const json = async (path: string) => (await get(path)).json() as Promise<Record<string, never>>;

interface Description {
  paths: Record<string, unknown>;
  components: { schemas: Record<string, object> };
}

/** Faults of an answer against the description that the console gives of itself. */
async function faults(schema: string, answer: unknown): Promise<unknown> {
  const { components } = (await json('/api/openapi.json')) as unknown as Description;
  const ajv = new Ajv({ strict: false, validateFormats: false });
  const validate = ajv.compile(components.schemas[schema]!);
  validate(answer);
  return validate.errors ?? [];
}

describe('console', () => {
  it('binds the loopback interface unless told otherwise', () => {
    expect(parseConsoleConfig({}).http.host).toBe('127.0.0.1');
  });

  it('lists studies with state, findings in short and rungs, as described', async () => {
    const list = (await json('/api/studies')) as unknown as { studies: { studyInstanceUID: string }[]; total: number };
    expect(await faults('Worklist', list)).toEqual([]);
    const of = (uid: string) => list.studies.find(({ studyInstanceUID }) => studyInstanceUID === uid);
    expect(list.total).toBe(3);
    expect(of(STUDY.analysed)).toMatchObject({
      state: 'failed',
      summary: { modalities: ['CT'], discs: 2, calcified: ['L5/S1'] },
      deliveries: [
        { destination: 'archive', state: 'dead-letter', rung: 'validated' },
        { destination: 'pacs', state: 'delivered', rung: 'read-back' },
      ],
    });
    expect(of(STUDY.unusable)).toMatchObject({
      state: 'not-analysed',
      outcome: { reason: { code: 'LOCALISER_ONLY' } },
    });
    expect(of(STUDY.received)).toMatchObject({ state: 'received', deliveries: [] });
  });

  it('keeps "none found" and "not assessed" apart', async () => {
    const list = (await json('/api/studies')) as unknown as {
      studies: { studyInstanceUID: string; summary?: object }[];
    };
    const { summary } = list.studies.find(({ studyInstanceUID }) => studyInstanceUID === STUDY.analysed)!;
    expect(summary).not.toHaveProperty('modic');
  });

  it('tells everything of one study, as described', async () => {
    const study = await json(`/api/studies/${STUDY.analysed}`);
    expect(await faults('Study', study)).toEqual([]);
    expect(study).toMatchObject({
      versions: [
        {
          version: 1,
          keyImages: ['overview'],
          quarantined: [{ object: 'sc-overview', problems: ['no title'] }],
          evidence: { kind: 'quiet-period', quietMs: 1000 },
        },
      ],
      events: [{ type: 'reception-started' }, { type: 'version-created' }],
    });
  });

  it('gives findings as they lie in the store, and key images', async () => {
    const findings = await get(`/api/studies/${STUDY.analysed}/versions/1/findings`);
    const body = Buffer.from(await findings.arrayBuffer());
    expect(body).toEqual(await stored.store.get(findingsKey(STUDY.analysed, 1)));
    expect(await faults('Findings', JSON.parse(body.toString()))).toEqual([]);
    const picture = await get(`/api/studies/${STUDY.analysed}/versions/1/key-images/overview`);
    expect(picture.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await picture.arrayBuffer())).toEqual(PNG);
  });

  it('gives no image and no report: those hold the patient', async () => {
    const pages = [
      '/api/studies',
      `/api/studies/${STUDY.analysed}`,
      `/api/studies/${STUDY.analysed}/versions/1/findings`,
    ];
    for (const page of pages) expect(await (await get(page)).text()).not.toContain('Muster');
  });

  it('answers "nothing new" to whoever has the list already', async () => {
    const etag = (await get('/api/studies')).headers.get('etag')!;
    // Not fetch: it asks servers not to answer from what they know.
    const status = await new Promise((resolve, reject) => {
      const headers = { 'If-None-Match': etag };
      http
        .get(`${app.httpUrl}/api/studies`, { headers }, (answer) => resolve(answer.resume().statusCode))
        .on('error', reject);
    });
    expect(status).toBe(304);
  });

  it.each([
    ['a study that is not there', '/api/studies/1.2.3', 404, 'CONSOLE_STUDY_NOT_FOUND'],
    ['what is no UID', '/api/studies/..%2f..%2fetc%2fpasswd', 404, 'CONSOLE_STUDY_NOT_FOUND'],
    ['a UID with a leading zero', '/api/studies/1.02/versions/1/findings', 400, 'STORE_KEY_INVALID'],
    [
      'a version that is not there',
      `/api/studies/${STUDY.analysed}/versions/9/findings`,
      404,
      'CONSOLE_OBJECT_NOT_FOUND',
    ],
    ['a version that is none', `/api/studies/${STUDY.analysed}/versions/x/findings`, 400, undefined],
    [
      'a picture outside its folder',
      `/api/studies/${STUDY.analysed}/versions/1/key-images/..%2ffindings`,
      400,
      'STORE_KEY_INVALID',
    ],
    ['a file that is not of the page', '/page/..%2f..%2fconsole.module.ts', 404, undefined],
  ])('answers %s as a problem', async (_, path, status, code) => {
    const response = await get(path);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    const problem = (await response.json()) as { code?: string };
    expect(await faults('Problem', problem)).toEqual([]);
    expect(problem.code).toBe(code);
  });

  it('describes every way in that it has', async () => {
    const { paths } = (await json('/api/openapi.json')) as unknown as Description;
    for (const [path, ways] of Object.entries(paths)) {
      if (!('get' in (ways as object))) continue;
      const known = path
        .replace('{studyInstanceUID}', STUDY.analysed)
        .replace('{version}', '1')
        .replace('{name}', 'overview');
      expect([path, (await get(known)).status]).toEqual([path, 200]);
    }
  });

  it('lets the page load nothing from elsewhere', async () => {
    const page = await get('/');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
    const html = await page.text();
    expect(html).toContain('Research and triage only. Not a diagnosis.');
    for (const [, file] of html.matchAll(/(?:src|href)="(\/page\/[^"]+)"/g))
      expect((await get(file!)).status).toBe(200);
    expect(html).not.toMatch(/https?:\/\//);
  });
});
