import { Status } from '@endplate/dimse';
import { dimseDestinationSchema } from '@endplate/platform';
import { CommitmentRecords } from './commitment/commitment-records';
import { checkObject } from './deliver/check-object';
import { deliveryTarget, DeliverVersion } from './deliver/deliver-version';
import { dimseDestination } from './destination/dimse';
import { CuttingLine } from './fixture/cutting-line';
import { dyingPorts } from './fixture/dying-ports';
import { SmallPacs } from './fixture/small-pacs';
import { REPORT_UID, storedReports, type StoredReports } from './fixture/stored-reports';
import { VerifyDelivery } from './verify/verify-delivery';

const OBJECTS = [REPORT_UID['sr-comprehensive-3d'], REPORT_UID['sc-overview']].sort();
/** Places at which the line fails, spread over the whole conversation. */
const ROUNDS = 12;

let pacs: SmallPacs;
let line: CuttingLine;
let reports: StoredReports;

beforeEach(async () => {
  pacs = await SmallPacs.start();
  line = await CuttingLine.open(() => pacs.port);
  reports = await storedReports();
});
afterEach(async () => {
  await line.close();
  await pacs.stop();
  await reports.remove();
});

/** One job, as the queue would run it: an error with a code is a job that runs again. */
async function job(die?: number): Promise<void> {
  const settings = dimseDestinationSchema.parse({
    ...{ name: 'pacs', kind: 'dimse', host: '127.0.0.1', port: line.port, aeTitle: 'PACS' },
    ...{ connectTimeoutMs: 300, responseTimeoutMs: 300 },
  });
  const ports = {
    store: reports.store,
    records: reports.records,
    commitments: new CommitmentRecords(reports.store),
    now: () => '2026-11-23T11:00:00.000Z',
    check: checkObject,
    notify: () => undefined,
    jobs: { verify: () => Promise.resolve('added' as const) },
    ...(die === undefined ? {} : dyingPorts(reports, die)),
  };
  const target = deliveryTarget(settings, dimseDestination(settings, 'ENDPLATE'));
  try {
    await new DeliverVersion(ports).run(reports.name, target);
    await new VerifyDelivery(ports).run(reports.name, target);
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code === undefined && message !== 'killed') throw error;
  }
}

/** Jobs until the delivery is over; its record. */
async function untilOver(): Promise<string> {
  for (let n = 0; n < 6; n++) {
    await job();
    const record = await reports.records.read(reports.name);
    if (record && record.state !== 'under-way' && record.state !== 'waiting') return record.state;
  }
  return 'not over';
}

async function afresh(): Promise<void> {
  await reports.remove();
  reports = await storedReports();
  pacs.instances.clear();
  line.bytes = 0;
}

describe('faults on the way: the PACS ends with exactly one report per version', () => {
  it.each(['cut', 'dead'] as const)('the line is %s anywhere in the conversation', async (kind) => {
    expect(await untilOver()).toBe('delivered');
    const whole = line.bytes;
    expect(whole).toBeGreaterThan(5000);
    line.kind = kind;
    let failed = 0;
    for (let round = 0; round < ROUNDS; round++) {
      await afresh();
      line.failsAfter = Math.floor((whole * round) / ROUNDS);
      await job();
      if ((await reports.records.read(reports.name))?.state === 'waiting') failed += 1;
      line.failsAfter = undefined;
      expect(await untilOver()).toBe('delivered');
      expect([...pacs.instances.keys()].sort()).toEqual(OBJECTS);
    }
    // Only a release that goes unanswered may have been no failure.
    expect(failed).toBeGreaterThanOrEqual(ROUNDS - 2);
  });

  it('the notifier is killed at a rung while the line fails as well', async () => {
    expect(await untilOver()).toBe('delivered');
    const whole = line.bytes;
    for (let die = 0; die < 8; die++) {
      await afresh();
      line.failsAfter = Math.floor((whole * (die + 1)) / 10);
      await job(die);
      line.failsAfter = undefined;
      await job(die);
      expect(await untilOver()).toBe('delivered');
      expect([...pacs.instances.keys()].sort()).toEqual(OBJECTS);
    }
  });

  it('the PACS is away, then full, then answers warnings', async () => {
    const { port } = pacs;
    await pacs.stop();
    await job();
    expect(await reports.records.read(reports.name)).toMatchObject({ state: 'waiting' });
    pacs = await SmallPacs.start(port);
    pacs.mood.status = Status.OutOfResources;
    await job();
    // B000: coercion of data elements; it is stored all the same.
    pacs.mood.status = 0xb000;
    expect(await untilOver()).toBe('delivered');
    expect([...pacs.instances.keys()].sort()).toEqual(OBJECTS);
  });
});
