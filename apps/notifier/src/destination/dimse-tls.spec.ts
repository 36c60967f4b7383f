import { dimseDestinationSchema } from '@endplate/platform';
import { startStoreScp, type StoreScp } from '../../../../test/servers/storescp';
import { type Certificates, certificates } from '../fixture/certificates';
import { runDelivery } from '../fixture/delivery-run';
import { SmallPacs } from '../fixture/small-pacs';
import { storedReports, type StoredReports } from '../fixture/stored-reports';

let tls: Certificates;
let reports: StoredReports;
beforeAll(async () => {
  tls = await certificates();
});
afterAll(() => tls?.remove());
beforeEach(async () => {
  reports = await storedReports();
});
afterEach(() => reports.remove());

const known = () => {
  const { caFile, client } = tls;
  return { caFile, certFile: client.certFile, keyFile: client.keyFile, serverName: 'pacs.test' };
};
const run = (port: number, change: object = {}) =>
  runDelivery(
    reports,
    dimseDestinationSchema.parse({
      ...{ name: 'pacs', kind: 'dimse', host: '127.0.0.1', port, aeTitle: 'PACS', objects: ['sr'], tls: known() },
      ...{ connectTimeoutMs: 2000, responseTimeoutMs: 5000, ...change },
    }),
  );

describe('DICOM over TLS to our own server', () => {
  let pacs: SmallPacs;
  beforeEach(async () => {
    const { cert, key } = tls.server;
    pacs = await SmallPacs.start(0, { cert, key, ca: tls.ca, requestCert: true, rejectUnauthorized: true });
  });
  afterEach(() => pacs.stop());

  it('sends and reads back, each with the certificate of the client', async () => {
    expect(await run(pacs.port)).toMatchObject({ state: 'delivered' });
    expect(pacs.instances.size).toBe(1);
  });

  it.each([
    ['authority', { caFile: undefined }],
    ['name', { serverName: 'other.test' }],
    ['client', { certFile: undefined, keyFile: undefined }],
  ])('sends nothing where the %s is not the right one', async (_, wrong) => {
    const record = await run(pacs.port, { tls: { ...known(), ...wrong } });
    expect(record).toMatchObject({ state: 'waiting', reason: { code: expect.stringMatching(/^DIMSE_/) as string } });
    expect(pacs.instances.size).toBe(0);
  });

  it('waits where a certificate is not there, and says which', async () => {
    expect(await run(pacs.port, { tls: { caFile: '/nowhere/ca.pem' } })).toMatchObject({
      state: 'waiting',
      reason: { code: 'NOTIFIER_SECRET_MISSING', text: expect.stringContaining('/nowhere/ca.pem') as string },
    });
  });
});

describe('DICOM over TLS to storescp of DCMTK', () => {
  let scp: StoreScp;
  beforeAll(async () => {
    const { server, caFile } = tls;
    scp = await startStoreScp(['+tls', server.keyFile, server.certFile, '+cf', caFile, '-rc', '-aet', 'PACS']);
  });
  afterAll(() => scp?.stop());

  it('sends the report; what storescp does not answer is said to be unproven', async () => {
    expect(await run(scp.port)).toMatchObject({ state: 'unproven', reason: { code: 'DIMSE_CONTEXT_REFUSED' } });
    expect(await scp.files()).toHaveLength(1);
  });
});
