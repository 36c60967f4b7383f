import { fhirDestinationSchema } from '@endplate/platform';
import { messageKey, parseObjectKey, reportsPrefix } from '@endplate/store';
import { type DeliveryRecord } from '@endplate/studies';
import { runDelivery } from '../fixture/delivery-run';
import { SmallFhirServer } from '../fixture/small-fhir-server';
import { storedReports, type StoredReports, storeMessages, storeReports } from '../fixture/stored-reports';

let fhir: SmallFhirServer;
let reports: StoredReports;

const identifier = (value: string) => [{ system: 'urn:ietf:rfc:3986', value }];
const BUNDLE = {
  resourceType: 'Bundle',
  type: 'transaction',
  entry: [
    {
      fullUrl: 'urn:uuid:1',
      resource: { resourceType: 'DiagnosticReport', identifier: identifier('urn:oid:2.25.1'), status: 'final' },
      request: { method: 'PUT', url: 'DiagnosticReport?identifier=urn:ietf:rfc:3986|urn:oid:2.25.1' },
    },
    {
      fullUrl: 'urn:uuid:2',
      resource: { resourceType: 'Observation', identifier: identifier('urn:oid:2.25.2') },
      request: { method: 'POST', url: 'Observation', ifNoneExist: 'identifier=urn:ietf:rfc:3986|urn:oid:2.25.2' },
    },
  ],
};

beforeEach(async () => {
  [fhir, reports] = await Promise.all([SmallFhirServer.start(), storedReports()]);
  await put(BUNDLE);
});
afterEach(() => Promise.all([fhir.stop(), reports.remove()]));

const put = (bundle: unknown) =>
  reports.store.put(
    parseObjectKey(`${reportsPrefix(reports.name.studyInstanceUID, 1)}report.fhir.json`),
    Buffer.from(JSON.stringify(bundle)),
  );
const run = (change: object = {}): Promise<DeliveryRecord> =>
  runDelivery(
    reports,
    fhirDestinationSchema.parse({
      ...{ name: 'ehr', kind: 'fhir', url: fhir.url, connectTimeoutMs: 500, responseTimeoutMs: 500 },
      ...change,
    }),
  );

describe('a FHIR destination', () => {
  it('gets the report as one transaction, and each resource is found once', async () => {
    const record = await run();
    expect(record).toMatchObject({
      state: 'delivered',
      outOfReach: [{ rung: 'committed' }],
      objects: [{ name: 'report.fhir.json', answer: 'HTTP 200', accepted: true, readBack: true }],
    });
    expect(record.rungs.at(-1)).toMatchObject({ rung: 'read-back', proof: { by: 'search', result: 'listed' } });
    expect(fhir.requests.map((one) => one.split(' ')[0])).toEqual(['POST', 'GET', 'GET']);
    expect(fhir.resources).toHaveLength(2);
  });

  it('has one of each when it is sent twice', async () => {
    await run();
    await run({ name: 'again' });
    expect(fhir.requests.filter((one) => one.startsWith('POST'))).toHaveLength(2);
    expect(fhir.resources).toHaveLength(2);
  });

  it('takes what our own report is rendered to, and has one of each after it came twice', async () => {
    await storeMessages(reports);
    expect(await run()).toMatchObject({ state: 'delivered' });
    const once = fhir.resources.length;
    expect(once).toBeGreaterThan(0);
    expect(await run({ name: 'again' })).toMatchObject({ state: 'delivered' });
    expect(fhir.resources).toHaveLength(once);
  });

  it('leaves the report of the later version in place where two were sent at the same moment', async () => {
    const { store, name } = reports;
    const settings = fhirDestinationSchema.parse({ name: 'ehr', kind: 'fhir', url: fhir.url });
    const killed = { jobs: { verify: () => Promise.reject(new Error('killed')) } };
    const deliver = (version: number, ports = {}) =>
      runDelivery({ ...reports, name: { ...name, version } }, settings, ports);
    await storeMessages(reports);
    await deliver(1, killed);
    await storeReports(store, name.studyInstanceUID, 2, []);
    await storeMessages(reports, 2);
    await deliver(2, killed);
    // What another process had on its way all the time comes in last.
    const body = await store.get(messageKey(name.studyInstanceUID, 1, 'report.fhir.json'));
    await fetch(fhir.url, { method: 'POST', body: new Uint8Array(body) });
    const versionOf = () =>
      fhir.resources.find((one) => one.resourceType === 'DiagnosticReport')?.identifier?.[1]?.value;
    const [earlier] = [versionOf()];
    expect(await deliver(2)).toMatchObject({ state: 'waiting', reason: { code: 'NOTIFIER_NOT_FOUND_YET' } });
    expect(versionOf()).not.toBe(earlier);
    expect(await deliver(2)).toMatchObject({ state: 'delivered' });
    expect(await deliver(1)).toMatchObject({ state: 'superseded', reason: { code: 'SUPERSEDED' } });
    expect(fhir.resources.filter((one) => one.resourceType === 'DiagnosticReport')).toHaveLength(1);
  });

  it('says why it refuses in codes, never in words that may name the patient', async () => {
    fhir.says.push({
      status: 422,
      body: {
        resourceType: 'OperationOutcome',
        issue: [
          { severity: 'information', code: 'informational' },
          {
            severity: 'error',
            code: 'business-rule',
            details: { coding: [{ code: 'MSG_UNKNOWN_PATIENT' }], text: 'No patient Muster^Eva' },
            diagnostics: 'Muster^Eva 4711',
            expression: ['DiagnosticReport.subject'],
          },
        ],
      },
    });
    const record = await run();
    expect(record).toMatchObject({
      state: 'dead-letter',
      reason: {
        code: 'REFUSED',
        text: 'report.fhir.json: refused, HTTP 422: business-rule MSG_UNKNOWN_PATIENT DiagnosticReport.subject.',
      },
    });
    expect(JSON.stringify(record)).not.toContain('Muster');
  });

  it.each([503, 429, 409])('waits after HTTP %i, and ends with one of each', async (status) => {
    fhir.says.push({ status });
    expect(await run()).toMatchObject({ state: 'waiting', reason: { code: 'NOTIFIER_STORE_STATUS' } });
    expect(await run()).toMatchObject({ state: 'delivered', attempts: 2 });
    expect(fhir.resources).toHaveLength(2);
  });

  it('waits where the server is silent', async () => {
    fhir.silent = true;
    expect(await run()).toMatchObject({ state: 'waiting', reason: { code: 'NOTIFIER_HTTP_FAILED' } });
  });

  it('does not count as delivered what the server took and does not show', async () => {
    fhir.says.push({ status: 200 });
    expect(await run()).toMatchObject({ state: 'waiting', reason: { code: 'NOTIFIER_NOT_FOUND_YET' } });
  });

  it('is unproven where a search finds two, or is not allowed', async () => {
    fhir.resources.push(BUNDLE.entry[0]!.resource, BUNDLE.entry[0]!.resource);
    expect(await run()).toMatchObject({
      state: 'unproven',
      reason: { text: expect.stringContaining('more than one') as string },
    });
    fhir.says.push({ status: 200 }, { status: 403 });
    expect(await run({ name: 'closed' })).toMatchObject({
      state: 'unproven',
      reason: { code: 'NOTIFIER_HTTP_REFUSED' },
    });
  });

  it('gets nothing where no Bundle was rendered, or what lies there is none', async () => {
    await put({ resourceType: 'Patient' });
    expect(await run()).toMatchObject({ state: 'dead-letter', reason: { code: 'OBJECT_INVALID' } });
    const other = await storedReports();
    const settings = fhirDestinationSchema.parse({ name: 'ehr', kind: 'fhir', url: fhir.url });
    expect(await runDelivery(other, settings)).toMatchObject({ state: 'nothing-to-send' });
    await other.remove();
    expect(fhir.requests).toEqual([]);
  });
});
