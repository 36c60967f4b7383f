import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createLogger, type RunningApplication, startApplication } from '@endplate/platform';
import { createQueues, type Queues } from '@endplate/queue';
import { type DeliveryRecord, isDeliveryOver, Timeline } from '@endplate/studies';
import { startRedis, type TestRedis } from '../../../test/servers/redis';
import { SmallPacs } from './fixture/small-pacs';
import { REPORT_UID, storedReports, type StoredReports } from './fixture/stored-reports';
import { parseNotifierConfig } from './notifier.config';
import { NotifierModule } from './notifier.module';

let redis: TestRedis;
let reports: StoredReports;
let pacs: SmallPacs;
let app: RunningApplication;
let queues: Queues;
beforeAll(async () => {
  redis = await startRedis();
  reports = await storedReports();
  pacs = await SmallPacs.start();
  const file = path.join(reports.root, 'destinations.json');
  const pacsAddress = { kind: 'dimse', host: '127.0.0.1', port: pacs.port, aeTitle: 'PACS' };
  await writeFile(
    file,
    JSON.stringify([{ ...pacsAddress, name: 'pacs', profile: ['comprehensive'], objects: ['sr'] }]),
  );
  const config = parseNotifierConfig({
    ENDPLATE_DATA_DIR: reports.root,
    REDIS_URL: redis.url,
    ENDPLATE_HTTP_PORT: '0',
    ENDPLATE_DESTINATIONS: file,
  });
  app = await startApplication({
    app: 'notifier',
    logLevel: 'silent',
    logger: createLogger({ app: 'notifier', level: 'silent' }),
    modules: [NotifierModule.register(config)],
    http: config.http,
    processMetrics: false,
  });
  queues = createQueues({ url: redis.url });
});
afterAll(async () => {
  await queues?.close();
  await app?.close();
  await pacs?.stop();
  await reports?.remove();
  await redis?.stop();
});

async function over(): Promise<DeliveryRecord> {
  for (;;) {
    const record = await reports.records.read(reports.name);
    if (record && isDeliveryOver(record)) return record;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('the notifier as a process', () => {
  it('takes a job from Redis through the lane of its destination to the proof', async () => {
    await queues.deliver(reports.name);
    await expect(over()).resolves.toMatchObject({ state: 'delivered', objects: [{ name: 'sr-comprehensive' }] });
    expect([...pacs.instances.keys()]).toEqual([REPORT_UID['sr-comprehensive']]);
    const events = await new Timeline(reports.store, () => new Date()).read(reports.name.studyInstanceUID);
    // The last entry, `delivery-delivered`, is written behind the record.
    expect(events.slice(0, 4).map(({ type, facts }) => [type, facts['destination']])).toEqual(
      ['delivery-rendered', 'delivery-validated', 'delivery-sent', 'delivery-read-back'].map((type) => [type, 'pacs']),
    );
  });

  it('is alive and ready, and counts rungs per destination', async () => {
    const get = async (where: string) => (await fetch(`${app.httpUrl}${where}`)).text();
    expect(JSON.parse(await get('/livez'))).toEqual({ ok: true, checks: { 'notifier-deliver': 'ok' } });
    expect(JSON.parse(await get('/readyz'))).toMatchObject({ ok: true });
    expect(await get('/metrics')).toContain('endplate_delivery_rungs_total{destination="pacs",rung="read-back"} 1');
  });
});
