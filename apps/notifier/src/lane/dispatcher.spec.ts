import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type Destination, destinationSchema } from '@endplate/platform';
import { createQueues, createWorker, type Queues, type QueueWorker } from '@endplate/queue';
import { startRedis, type TestRedis } from '../../../../test/servers/redis';
import { checkObject } from '../deliver/check-object';
import { CommitmentRecords } from '../commitment/commitment-records';
import { openDestination } from '../destination/open-destination';
import { SmallPacs } from '../fixture/small-pacs';
import { storedReports, storeMessages, type StoredReports } from '../fixture/stored-reports';
import { type NotifierEvent } from '../notifier-event';
import { Dispatcher } from './dispatcher';

const PREFIX = '{endplate-notifier-spec}';
const KINDS = ['dimse', 'stow', 'fhir', 'hl7', 'webhook'] as const satisfies readonly Destination['kind'][];

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
  process.env['SPEC_LANE_KEY'] = 'a key of more than sixteen bytes';
  reports = await storedReports();
  await storeMessages(reports);
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
  const hanging = KINDS.map((kind) =>
    destination(`silent-${kind}`, kind, (silent.server!.address() as AddressInfo).port),
  );
  const healthy = KINDS.map((kind) => destination(`pacs-beside-${kind}`, 'dimse', pacs.port));
  dispatcher = new Dispatcher([...hanging, ...healthy], options, ports);
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
  delete process.env['SPEC_LANE_KEY'];
});

/** A destination of any kind; what a kind does not know is left out. */
function destination(name: string, kind: Destination['kind'], port: number) {
  const url = `http://127.0.0.1:${port}/`;
  const where = {
    dimse: { host: '127.0.0.1', port, aeTitle: 'PACS' },
    hl7: { host: '127.0.0.1', port },
    stow: { url },
    fhir: { url },
    webhook: { url, secret: { env: 'SPEC_LANE_KEY' } },
  }[kind];
  const settings = destinationSchema.parse({ name, kind, ...where });
  const commitments = new CommitmentRecords(reports.store);
  return { settings, port: openDestination(settings, { aeTitle: 'ENDPLATE', commitments, nowMs: () => Date.now() }) };
}

async function event(matches: (one: NotifierEvent) => boolean): Promise<NotifierEvent> {
  for (;;) {
    const found = events.find(matches);
    if (found) return found;
    await new Promise<void>((resolve) => (wake = resolve));
  }
}

describe('lanes', () => {
  it.each(KINDS)('deliver to one destination while one of the kind %s hangs', async (kind) => {
    const { studyInstanceUID, version } = reports.name;
    const [hangs, works] = [`silent-${kind}`, `pacs-beside-${kind}`];
    const before = silent.sockets.length;
    await queues.deliver({ studyInstanceUID, version, destination: hangs });
    while (silent.sockets.length === before) await once(silent.server!, 'connection');
    await queues.deliver({ studyInstanceUID, version, destination: works });
    const ended = await event((one) => one.type === 'ended' && [hangs, works].includes(one.destination));
    expect(ended).toMatchObject({ destination: works, state: 'delivered' });
    await expect(reports.records.read({ ...reports.name, destination: hangs })).resolves.toMatchObject({
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
