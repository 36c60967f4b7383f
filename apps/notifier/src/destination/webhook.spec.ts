import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { webhookDestinationSchema } from '@endplate/platform';
import { type DeliveryRecord } from '@endplate/studies';
import { type CloudEvent, HTTP } from 'cloudevents';
import { NOW_MS, runDelivery } from '../fixture/delivery-run';
import { storedReports, type StoredReports } from '../fixture/stored-reports';

const KEY = 'a key of more than sixteen bytes';

let server: Server;
let reports: StoredReports;
let came: { headers: IncomingHttpHeaders; body: string }[];
let status: number;

beforeAll(async () => {
  process.env['SPEC_WEBHOOK_KEY'] = KEY;
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      came.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      if (status > 0) response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  delete process.env['SPEC_WEBHOOK_KEY'];
  server.closeAllConnections();
  server.close();
});
beforeEach(async () => {
  [came, status] = [[], 204];
  reports = await storedReports();
});
afterEach(() => reports.remove());

const run = (change: object = {}): Promise<DeliveryRecord> =>
  runDelivery(
    reports,
    webhookDestinationSchema.parse({
      ...{ name: 'hook', kind: 'webhook', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in` },
      ...{ secret: { env: 'SPEC_WEBHOOK_KEY' }, connectTimeoutMs: 300, responseTimeoutMs: 300 },
      ...change,
    }),
  );

describe('a webhook', () => {
  it('gets an event that CloudEvents reads, with links and without anything of the patient', async () => {
    const record = await run({ consoleUrl: 'https://endplate.example/' });
    expect(record).toMatchObject({
      state: 'acknowledged',
      objects: [{ name: 'event.json', answer: 'HTTP 204' }],
      outOfReach: [{ rung: 'committed' }, { rung: 'read-back' }],
    });
    const { headers, body } = came[0]!;
    const event = HTTP.toEvent({ headers, body }) as CloudEvent<object>;
    const { studyInstanceUID } = reports.name;
    expect(event).toMatchObject({
      id: `${studyInstanceUID}.1.analysed`,
      type: 'org.endplate.version.analysed',
      source: 'https://endplate.example',
      data: {
        studyInstanceUID,
        version: 1,
        outcome: 'analysed',
        links: { findings: `https://endplate.example/api/studies/${studyInstanceUID}/versions/1/findings` },
      },
    });
    expect(body).not.toContain('4711');
  });

  it('signs id, time and body', async () => {
    await run();
    const { headers, body } = came[0]!;
    const timestamp = String(NOW_MS / 1000);
    expect(headers['webhook-timestamp']).toBe(timestamp);
    const signed = createHmac('sha256', KEY).update(`${headers['webhook-id'] as string}.${timestamp}.${body}`);
    expect(headers['webhook-signature']).toBe(`v1,${signed.digest('base64')}`);
  });

  it('sends the same event under the same id when it is sent again', async () => {
    status = 503;
    expect(await run()).toMatchObject({ state: 'waiting', reason: { code: 'NOTIFIER_STORE_STATUS' } });
    status = 200;
    expect(await run()).toMatchObject({ state: 'acknowledged', attempts: 2 });
    expect(came).toHaveLength(2);
    expect(came[1]!.body).toBe(came[0]!.body);
    expect(came[1]!.headers['webhook-id']).toBe(came[0]!.headers['webhook-id']);
  });

  it('tells of a version that could not be analysed, by the code of its reason', async () => {
    await reports.remove();
    reports = await storedReports({ status: 'not-analysed', reason: { code: 'NO_IMAGES', text: 'None.' } });
    expect(await run()).toMatchObject({ state: 'acknowledged' });
    expect(JSON.parse(came[0]!.body)).toMatchObject({
      type: 'org.endplate.version.not-analysed',
      data: { outcome: 'not-analysed', reason: 'NO_IMAGES' },
    });
  });

  it.each([
    [410, 'dead-letter', 'REFUSED'],
    [302, 'dead-letter', 'REFUSED'],
    [425, 'waiting', 'NOTIFIER_STORE_STATUS'],
    [0, 'waiting', 'NOTIFIER_HTTP_FAILED'],
  ])('ends HTTP %i as %s', async (answer, state, code) => {
    status = answer;
    expect(await run()).toMatchObject({ state, reason: { code } });
  });

  it('sends nothing unsigned: not without a key, not with a short one', async () => {
    process.env['SPEC_SHORT_KEY'] = 'short';
    for (const env of ['SPEC_NO_KEY', 'SPEC_SHORT_KEY']) {
      expect(await run({ name: env.toLowerCase(), secret: { env } })).toMatchObject({
        state: 'waiting',
        reason: { code: 'NOTIFIER_SECRET_MISSING' },
      });
    }
    delete process.env['SPEC_SHORT_KEY'];
    expect(came).toEqual([]);
  });
});
