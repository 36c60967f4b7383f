import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { dimseDestinationSchema } from '@endplate/platform';
import { createQueues, createWorker, type Queues, type QueueWorker } from '@endplate/queue';
import { startRedis, type TestRedis } from '../../../../test/servers/redis';
import { checkObject } from '../deliver/check-object';
import { CommitmentRecords } from '../commitment/commitment-records';
import { dimseDestination } from '../destination/dimse';
import { SmallPacs } from '../fixture/small-pacs';
import { storedReports, type StoredReports } from '../fixture/stored-reports';
import { type NotifierEvent } from '../notifier-event';
import { Dispatcher } from './dispatcher';

const PREFIX = '{endplate-notifier-spec}';
/** Takes every connection and never says a word. */
const silent = { server: undefined as Server | undefined, sockets: [] as Socket[] };

let redis: TestRedis;
let reports: StoredReports;
let pacs: SmallPacs;
let queues: Queues;
let dispatcher: Dispatcher;
let routers: QueueWorker[];
let events: NotifierEvent[];
let wake: () => void;

beforeAll(async () => {
  redis = await startRedis();
  reports = await storedReports();
  pacs = await SmallPacs.start();
  silent.server = createServer((socket) => void silent.sockets.push(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => silent.server!.listen(0, '127.0.0.1', resolve));
  [events, wake] = [[], () => undefined];
  const options = { url: redis.url, prefix: PREFIX };
  queues = createQueues(options);
  const ports = {
    store: reports.store,
    records: reports.records,
    commitments: new CommitmentRecords(reports.store),
    now: () => new Date().toISOString(),
    check: checkObject,
    notify: (event: NotifierEvent) => {
      events.push(event);
      wake();
    },
  };
  const silentPort = (silent.server.address() as AddressInfo).port;
  dispatcher = new Dispatcher([destination('silent', silentPort), destination('pacs', pacs.port)], options, ports);
  dispatcher.start();
  routers = [createWorker('deliver', (name) => dispatcher.deliver(name), options)];
});

afterAll(async () => {
  silent.sockets.forEach((socket) => socket.destroy());
  silent.server?.close();
  await Promise.all(routers.map((router) => router.close()));
  await dispatcher.close();
  await queues.close();
  await pacs.stop();
  await reports.remove();
  await redis.stop();
});

function destination(name: string, port: number) {
  const settings = dimseDestinationSchema.parse({ name, kind: 'dimse', host: '127.0.0.1', port, aeTitle: 'PACS' });
  return { settings, port: dimseDestination(settings, 'ENDPLATE') };
}

async function event(matches: (one: NotifierEvent) => boolean): Promise<NotifierEvent> {
  for (;;) {
    const found = events.find(matches);
    if (found) return found;
    await new Promise<void>((resolve) => (wake = resolve));
  }
}

describe('lanes', () => {
  it('deliver to one destination while another one hangs', async () => {
    const { studyInstanceUID, version } = reports.name;
    await queues.deliver({ studyInstanceUID, version, destination: 'silent' });
    await event((one) => one.destination === 'silent' && one.type === 'rung' && one.rung === 'validated');
    await queues.deliver({ studyInstanceUID, version, destination: 'pacs' });
    await expect(event((one) => one.type === 'ended')).resolves.toMatchObject({
      destination: 'pacs',
      state: 'delivered',
    });
    await expect(reports.records.read({ ...reports.name, destination: 'silent' })).resolves.toMatchObject({
      state: 'under-way',
      attempts: 1,
    });
    expect(pacs.instances.size).toBe(2);
  });

  it('gives a job for an unknown destination up, visibly', async () => {
    const { studyInstanceUID, version } = reports.name;
    await queues.deliver({ studyInstanceUID, version, destination: 'nowhere' });
    await event((one) => one.type === 'ended' && one.destination === 'nowhere');
    await expect(reports.records.read({ ...reports.name, destination: 'nowhere' })).resolves.toMatchObject({
      state: 'dead-letter',
      reason: { code: 'DESTINATION_UNKNOWN' },
    });
  });
});
