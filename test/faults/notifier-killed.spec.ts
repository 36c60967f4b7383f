import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deriveUid } from '@endplate/dicom';
import { createQueues, type Queues } from '@endplate/queue';
import { DELIVERY_RUNGS, type DeliveryRecord, type DeliveryRung, isDeliveryOver } from '@endplate/studies';
import { freePort } from '../../apps/cli/src/process/free-port';
import { waitUntil } from '../../apps/cli/src/process/wait-until';
import { SmallPacs } from '../../apps/notifier/src/fixture/small-pacs';
import { storeReports } from '../../apps/notifier/src/fixture/stored-reports';
import { DeliveryRecords } from '../../apps/notifier/src/record/delivery-records';
import { EndplateSite } from '../servers/endplate';
import { type Orthanc, startOrthanc } from '../servers/orthanc';
import { startRedis, type TestRedis } from '../servers/redis';

/** `npm run test:faults:long` runs the long form. */
const LONG = process.env['FAULTS_LONG'] === '1';
const ROUNDS = LONG ? 50 : DELIVERY_RUNGS.length;
/** A real Orthanc with storage commitment, and a PACS that keeps whatever comes, also twice. */
const DESTINATIONS = ['orthanc', 'pacs'] as const;

describe('the notifier is killed with SIGKILL at every rung: each destination ends with exactly one SR', () => {
  let redis: TestRedis;
  let orthanc: Orthanc;
  let pacs: SmallPacs;
  let folder: string;
  let site: EndplateSite;
  let queues: Queues;
  let records: DeliveryRecords;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'endplate-killed-'));
    [redis, orthanc, pacs] = await Promise.all([startRedis({ appendOnly: true }), startOrthanc(), SmallPacs.start()]);
    const port = await freePort(orthanc.outsideHost);
    await orthanc.rest.addModality('endplate', { aeTitle: 'ENDPLATE', host: orthanc.outsideHost, port });
    const common = { kind: 'dimse', objects: ['sr'] };
    const { host, dicomPort, aeTitle } = orthanc;
    const destinations = [
      { ...common, name: 'orthanc', host, port: dicomPort, aeTitle, commitment: true, commitmentStayMs: 5000 },
      { ...common, name: 'pacs', host: '127.0.0.1', port: pacs.port, aeTitle: 'PACS' },
    ];
    const file = path.join(folder, 'destinations.json');
    await writeFile(file, JSON.stringify(destinations));
    site = await EndplateSite.open({
      env: {
        REDIS_URL: redis.url,
        ENDPLATE_DESTINATIONS: file,
        ENDPLATE_COMMITMENT_HOST: orthanc.outsideHost,
        ENDPLATE_COMMITMENT_PORT: String(port),
      },
    });
    queues = createQueues({ url: redis.url });
    records = new DeliveryRecords(site.store);
    await site.start('notifier');
  });
  afterAll(async () => {
    await site?.close();
    await queues?.close();
    await Promise.all([pacs?.stop(), orthanc?.stop(), redis?.stop()]);
    await rm(folder, { recursive: true, force: true });
  });

  /** The record as soon as it is as asked for; one that is being replaced is read again. */
  const until = (
    studyInstanceUID: string,
    destination: string,
    what: (record: DeliveryRecord) => boolean,
  ): Promise<DeliveryRecord> =>
    waitUntil(
      'the delivery',
      async () => {
        const record = await records.read({ studyInstanceUID, version: 1, destination });
        return record && what(record) ? record : undefined;
      },
      { timeoutMs: 90_000, everyMs: 1 },
    );

  const round = async (number: number): Promise<void> => {
    const studyInstanceUID = deriveUid('notifier-killed', String(process.pid), String(number));
    const rung: DeliveryRung = DELIVERY_RUNGS[number % DELIVERY_RUNGS.length]!;
    const watched = rung === 'committed' ? 'orthanc' : DESTINATIONS[number % DESTINATIONS.length]!;
    await storeReports(site.store, studyInstanceUID, 1, ['sr-comprehensive-3d']);
    const reached = until(studyInstanceUID, watched, ({ rungs }) => rungs.some((one) => one.rung === rung));
    for (const destination of DESTINATIONS) await queues.deliver({ studyInstanceUID, version: 1, destination });
    await reached;
    await site.kill('notifier');
    await site.start('notifier');
    for (const destination of DESTINATIONS) {
      const record = await until(studyInstanceUID, destination, isDeliveryOver);
      expect([destination, record.state, record.objects]).toMatchObject([
        destination,
        'delivered',
        [{ name: 'sr-comprehensive-3d', readBack: true }],
      ]);
      expect(record.rungs.map((one) => one.rung)).toEqual(
        DELIVERY_RUNGS.filter((one) => destination === 'orthanc' || one !== 'committed'),
      );
    }
    expect(await orthanc.rest.findInstances(studyInstanceUID, 'SR')).toHaveLength(1);
  };

  it(
    `${ROUNDS} rounds`,
    async () => {
      for (let number = 0; number < ROUNDS; number++) await round(number);
      // What came twice came with the same UID and the same bytes.
      expect(pacs.instances.size).toBe(ROUNDS);
      const different = new Set(pacs.received.map(({ uid, bytes }) => `${uid} ${sha256(bytes)}`));
      expect(different.size).toBe(ROUNDS);
      process.stdout.write(`${ROUNDS} kills, ${pacs.received.length} times sent, ${ROUNDS} reports at each PACS\n`);
    },
    LONG ? 3_600_000 : 240_000,
  );
});

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
