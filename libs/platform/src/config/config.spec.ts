import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { chooseStore, ConfigInvalidError, HTTP_SECTION, REDIS_SECTION, STORE_SECTION } from '../index';
import { describeSettings, parseConfig } from './config';
import { choice, durationMs, flag, integer, jsonFile, secret, text } from './setting';

const folder = mkdtempSync(join(tmpdir(), 'endplate-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SECTION = {
  title: text('TEST_TITLE', { about: 'A title.' }),
  quietMs: durationMs('TEST_QUIET_MS', { about: 'A wait.', default: 60_000, max: 100_000 }),
  kind: choice('TEST_KIND', ['a', 'b'], { about: 'A kind.', default: 'a' }),
  on: flag('TEST_ON', { about: 'A switch.', default: false }),
  key: secret('TEST_KEY', { about: 'A secret.' }),
  many: jsonFile('TEST_FILE', z.array(z.object({ name: z.string() })), { about: 'A list.' }),
};

function faultsOf(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigInvalidError) return error.faults;
    throw error;
  }
  return [];
}

describe('parseConfig', () => {
  it('fills defaults, takes text apart and freezes', () => {
    const { test } = parseConfig({ test: SECTION }, { TEST_TITLE: 'x', TEST_ON: 'yes', TEST_KIND: '' });
    expect(test).toEqual({ title: 'x', quietMs: 60_000, kind: 'a', on: true, key: undefined, many: undefined });
    expect(Object.isFrozen(test)).toBe(true);
    expect(parseConfig({ test: SECTION }, { TEST_TITLE: 'x', TEST_ON: 'false' }).test.on).toBe(false);
  });

  it('tells all faults at once, with unit and default, and never the value', () => {
    const env = { TEST_QUIET_MS: 'sixty-secret', TEST_KIND: 'zebra-secret', TEST_ON: 'maybe-secret' };
    const faults = faultsOf(() => parseConfig({ test: SECTION }, env));
    expect(faults).toEqual([
      'TEST_KIND: must be one of a, b, unit: a | b, default: a',
      'TEST_ON: must be true or false, unit: true | false, default: false',
      'TEST_QUIET_MS: must be a whole number, unit: ms, default: 60000',
      'TEST_TITLE: is missing, unit: text, default: none (must be given)',
    ]);
    expect(faults.join()).not.toContain('secret');
  });

  it('refuses unknown names in our space only, and names the likely one', () => {
    const env = { TEST_TITLE: 'x', ENDPLATE_DICOM_PROT: '1', SOMETHING_ELSE: '1', ENDPLATE_QUIET_MS: '5' };
    expect(faultsOf(() => parseConfig({ test: SECTION }, env))).toEqual([
      'ENDPLATE_DICOM_PROT: is not a setting of Endplate; did you mean ENDPLATE_DICOM_PORT?',
    ]);
  });

  it.each([
    ['-1', 'must be from 0 to 100000'],
    ['100001', 'must be from 0 to 100000'],
    ['1.5', 'must be a whole number'],
    ['1e3', 'must be a whole number'],
    ['99999999999999999999', 'must be a whole number'],
  ])('refuses the duration %s', (value, problem) => {
    const [fault] = faultsOf(() => parseConfig({ test: SECTION }, { TEST_TITLE: 'x', TEST_QUIET_MS: value }));
    expect(fault).toContain(problem);
  });

  it('reads JSON files and says where in the file a fault is', () => {
    const path = join(folder, 'list.json');
    writeFileSync(path, '[{"name":"one"}]');
    const env = { TEST_TITLE: 'x', TEST_FILE: path };
    expect(parseConfig({ test: SECTION }, env).test.many).toEqual({ path, value: [{ name: 'one' }] });
    writeFileSync(path, '[{"name":"one"},{"name":12345}]');
    expect(faultsOf(() => parseConfig({ test: SECTION }, env))[0]).toMatch(/^TEST_FILE: in the file at 1\.name: /);
    writeFileSync(path, '[{]');
    expect(faultsOf(() => parseConfig({ test: SECTION }, env))[0]).toContain('the file is not JSON');
    expect(faultsOf(() => parseConfig({ test: SECTION }, { ...env, TEST_FILE: `${path}-gone` }))[0]).toContain(
      'ENOENT',
    );
  });

  it('prints its own documentation', () => {
    const table = describeSettings({
      test: { n: integer('TEST_N', { about: 'A number.', min: 0, max: 9, default: 3 }) },
    });
    expect(table).toContain('| `TEST_N` | test | A number. | whole number | 3 |');
  });
});

describe('sections', () => {
  const parse = (env: Record<string, string>) =>
    parseConfig({ store: STORE_SECTION, redis: REDIS_SECTION, http: HTTP_SECTION }, env);

  it('binds loopback and stores in a folder by default', () => {
    const { store, http, redis } = parse({});
    expect(chooseStore(store)).toEqual({ kind: 'filesystem', root: '.endplate/data', minFreeBytes: 67_108_864 });
    expect(http.host).toBe('127.0.0.1');
    expect(redis.prefix).toBe('{endplate}');
  });

  it('takes an S3 server apart, and asks for what is missing', () => {
    const env = {
      ENDPLATE_STORE: 's3',
      S3_ENDPOINT: 'https://s3.local',
      S3_BUCKET: 'b',
      S3_ACCESS_KEY: 'a',
      S3_SECRET_KEY: 's',
    };
    expect(chooseStore(parse(env).store)).toMatchObject({ kind: 's3', endPoint: 's3.local', port: 443, useSSL: true });
    for (const name of ['S3_ENDPOINT', 'S3_BUCKET', 'S3_ACCESS_KEY', 'S3_SECRET_KEY']) {
      const faults = faultsOf(() => chooseStore(parse({ ...env, [name]: '' }).store));
      expect(faults[0]).toContain(name);
    }
  });
});
