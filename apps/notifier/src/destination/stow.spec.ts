import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SopClass } from '@endplate/dicom';
import { stowDestinationSchema } from '@endplate/platform';
import { type DeliveryRecord } from '@endplate/studies';
import { type Certificates, certificates } from '../fixture/certificates';
import { runDelivery } from '../fixture/delivery-run';
import { SmallDicomWeb } from '../fixture/small-dicom-web';
import { REPORT_UID, storedReports, type StoredReports } from '../fixture/stored-reports';

let web: SmallDicomWeb;
let reports: StoredReports;

beforeEach(async () => {
  [web, reports] = await Promise.all([SmallDicomWeb.start(), storedReports()]);
});
afterEach(() => Promise.all([web.stop(), reports.remove()]));

const settings = (change: object = {}) =>
  stowDestinationSchema.parse({
    ...{ name: 'pacs', kind: 'stow', url: web.url, connectTimeoutMs: 500, responseTimeoutMs: 500 },
    ...change,
  });
const run = (change: object = {}): Promise<DeliveryRecord> => runDelivery(reports, settings(change));
const OBJECTS = [REPORT_UID['sr-comprehensive-3d'], REPORT_UID['sc-overview']].sort();
const stored = () => [...web.files.keys()].sort();

describe('a destination over STOW-RS', () => {
  it('climbs to read back, byte for byte, and names the rung that it does not have', async () => {
    const record = await run();
    expect(record.rungs.map(({ rung }) => rung)).toEqual(['rendered', 'validated', 'sent', 'read-back']);
    expect(record).toMatchObject({
      state: 'delivered',
      outOfReach: [{ rung: 'committed', why: 'STOW-RS has no storage commitment.' }],
      objects: [
        { status: 0, answer: 'HTTP 200', proof: 'identical' },
        { status: 0, answer: 'HTTP 200', proof: 'identical' },
      ],
    });
    expect(stored()).toEqual(OBJECTS);
    expect(web.files.get(OBJECTS[0]!)).toBeDefined();
  });

  it.each([0x0122, 0xa900])('falls back to the next profile where the report fails with reason %#', async (reason) => {
    web.mood.failures.set(SopClass.Comprehensive3DSRStorage, reason);
    const record = await run({ profile: ['comprehensive-3d', 'comprehensive'] });
    expect(record).toMatchObject({
      state: 'delivered',
      objects: [{ name: 'sr-comprehensive' }, { name: 'sc-overview' }],
    });
    expect(stored()).toEqual([REPORT_UID['sr-comprehensive'], REPORT_UID['sc-overview']].sort());
  });

  it('delivers the report where the picture fails, and says so', async () => {
    web.mood.failures.set(SopClass.SecondaryCaptureImageStorage, 0x0124);
    expect(await run()).toMatchObject({ state: 'delivered', reason: { code: 'PARTLY_REFUSED' } });
  });

  it('gives up with the reason where the report fails for good', async () => {
    web.mood.failures.set(SopClass.Comprehensive3DSRStorage, 0xc000);
    expect(await run()).toMatchObject({
      state: 'dead-letter',
      reason: { code: 'REFUSED', text: 'sr-comprehensive-3d: refused with status 0xC000.' },
    });
  });

  it('takes a warning for accepted', async () => {
    web.mood.warning = 0xb000;
    expect(await run()).toMatchObject({ state: 'delivered', objects: [{ status: 0xb000 }, { status: 0xb000 }] });
  });

  it('waits where an instance fails because there is no room', async () => {
    web.mood.failures.set(SopClass.SecondaryCaptureImageStorage, 0xa700);
    expect(await run()).toMatchObject({ state: 'waiting', reason: { code: 'NOTIFIER_STORE_STATUS' } });
    web.mood.failures.clear();
    expect(await run()).toMatchObject({ state: 'delivered', attempts: 2 });
    expect(stored()).toEqual(OBJECTS);
  });

  it.each([
    [503, 'waiting', 'NOTIFIER_STORE_STATUS'],
    [429, 'waiting', 'NOTIFIER_STORE_STATUS'],
    [401, 'dead-letter', 'NOTIFIER_HTTP_REFUSED'],
    [415, 'dead-letter', 'NOTIFIER_HTTP_REFUSED'],
    [302, 'dead-letter', 'NOTIFIER_HTTP_REFUSED'],
    [409, 'dead-letter', 'REFUSED'],
  ])('ends HTTP %i as %s', async (status, state, code) => {
    web.mood.status = status;
    expect(await run()).toMatchObject({ state, reason: { code } });
  });

  it('sends one by one what is too large together, and gives up what is too large alone', async () => {
    web.mood.status = 413;
    const record = await run();
    expect(record).toMatchObject({
      state: 'dead-letter',
      reason: { text: expect.stringContaining('HTTP 413') as string },
    });
    expect(web.requests).toHaveLength(3);
  });

  it.each([
    ['is silent', { silent: true }],
    ['breaks off', { breaksOff: true }],
  ])('waits where the server %s', async (_, mood) => {
    Object.assign(web.mood, mood);
    expect(await run()).toMatchObject({ state: 'waiting', reason: { code: 'NOTIFIER_HTTP_FAILED' } });
  });

  it('shows who it is with a token from the environment or a password from a file, and keeps both to itself', async () => {
    process.env['SPEC_STOW_TOKEN'] = 'token-of-the-spec';
    const file = path.join(reports.root, 'password');
    await writeFile(file, 'secret of the spec\n');
    const byToken = await run({ auth: { kind: 'bearer', token: { env: 'SPEC_STOW_TOKEN' } } });
    const byPassword = await run({ name: 'other', auth: { kind: 'basic', user: 'endplate', password: { file } } });
    delete process.env['SPEC_STOW_TOKEN'];
    const basic = `Basic ${Buffer.from('endplate:secret of the spec').toString('base64')}`;
    expect(new Set(web.authorizations)).toEqual(new Set(['Bearer token-of-the-spec', basic]));
    expect(JSON.stringify([byToken, byPassword])).not.toContain('of-the-spec');
    expect(await run({ name: 'third', auth: { kind: 'bearer', token: { env: 'SPEC_STOW_TOKEN' } } })).toMatchObject({
      state: 'waiting',
      reason: { code: 'NOTIFIER_SECRET_MISSING', text: expect.stringContaining('SPEC_STOW_TOKEN') as string },
    });
  });
});

describe('a destination over STOW-RS and TLS', () => {
  let tls: Certificates;
  let safe: SmallDicomWeb;
  beforeAll(async () => {
    tls = await certificates();
    const { cert, key } = tls.server;
    safe = await SmallDicomWeb.start({ cert, key, ca: tls.ca, requestCert: true, rejectUnauthorized: true });
  });
  afterAll(() => Promise.all([safe?.stop(), tls?.remove()]));
  const known = () => {
    const { caFile, client } = tls;
    return { caFile, certFile: client.certFile, keyFile: client.keyFile, serverName: 'pacs.test' };
  };

  it('shows its certificate to a server that it knows by its authority and name', async () => {
    expect(await run({ url: safe.url, tls: known() })).toMatchObject({ state: 'delivered' });
  });

  it.each([
    ['authority', { caFile: undefined }],
    ['name', { serverName: 'other.test' }],
    ['client', { certFile: undefined, keyFile: undefined }],
  ])('sends nothing where the %s is not the right one', async (_, wrong) => {
    const before = safe.requests.length;
    expect(await run({ url: safe.url, tls: { ...known(), ...wrong } })).toMatchObject({
      state: 'waiting',
      reason: { code: 'NOTIFIER_HTTP_FAILED' },
    });
    expect(safe.requests).toHaveLength(before);
  });
});
