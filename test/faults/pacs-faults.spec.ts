import { dimseDestinationSchema } from '@endplate/platform';
import { Rejection, Status } from '@endplate/dimse';
import { type DeliveryRecord, isDeliveryOver } from '@endplate/studies';
import { CuttingLine } from '../../apps/notifier/src/fixture/cutting-line';
import { runDelivery } from '../../apps/notifier/src/fixture/delivery-run';
import { SmallPacs } from '../../apps/notifier/src/fixture/small-pacs';
import {
  REPORT_UID,
  storedReports,
  type StoredReports,
  storeReports,
} from '../../apps/notifier/src/fixture/stored-reports';
import { jobOptions } from '../../libs/queue/src/bullmq/job-policy';

const REPORT = REPORT_UID['sr-comprehensive-3d'];
const HOUR_MS = 3600_000;
/** Places at which the answers break off, spread over the whole conversation. */
const CUTS = process.env['FAULTS_LONG'] === '1' ? 50 : 6;

let pacs: SmallPacs;
let line: CuttingLine;
let reports: StoredReports;
/** The clock of the test, ms since its begin. */
let clock: number;

beforeEach(async () => {
  pacs = await SmallPacs.start();
  line = await CuttingLine.open(() => pacs.port);
  reports = await storedReports({ status: 'analysed' }, ['sr-comprehensive-3d']);
  clock = 0;
});
afterEach(async () => {
  await line.close();
  await pacs.stop();
  await reports.remove();
});

function job(version = 1): Promise<DeliveryRecord> {
  const settings = dimseDestinationSchema.parse({
    ...{ name: 'pacs', kind: 'dimse', host: '127.0.0.1', port: line.port, aeTitle: 'PACS', objects: ['sr'] },
    ...{ connectTimeoutMs: 300, responseTimeoutMs: 300 },
  });
  const now = () => new Date(clock).toISOString();
  return runDelivery({ ...reports, name: { ...reports.name, version } }, settings, { now });
}

/**
 * Runs the job as its queue does, over the clock of the test: with the pauses of the queue's own policy.
 * @param jitter - share of each pause that chance may take, 0 to 1
 */
async function untilOver(
  jitter: number,
  before: () => void | Promise<void> = () => undefined,
): Promise<DeliveryRecord> {
  const { attempts = 0, backoff } = jobOptions('deliver', { ...reports.name, destination: 'pacs' });
  if (typeof backoff !== 'object') throw new Error('no pauses');
  for (let n = 1; n <= attempts; n++) {
    await before();
    const record = await job();
    if (isDeliveryOver(record)) return record;
    clock += 2 ** (n - 1) * (backoff.delay ?? 0) * (1 - jitter * ((backoff.jitter as number | undefined) ?? 0));
  }
  throw new Error('the queue has given the job up before the record was over');
}

const expectOneReport = (record: DeliveryRecord) => {
  expect(record.state).toBe('delivered');
  expect([...pacs.instances.keys()]).toEqual([REPORT]);
};

describe('a PACS that fails ends with exactly one report of the version', () => {
  it.each([0, 1])('is away for an hour (pauses with jitter %i)', async (jitter) => {
    const { port } = pacs;
    await pacs.stop();
    let back = false;
    const record = await untilOver(jitter, async () => {
      if (back || clock < HOUR_MS) return;
      pacs = await SmallPacs.start(port);
      back = true;
    });
    expectOneReport(record);
    expect(clock).toBeGreaterThanOrEqual(HOUR_MS);
    // Found again soon: the pause that the hour ended in is not longer than the time that it was away.
    expect(clock).toBeLessThan(3 * HOUR_MS);
  });

  it.each([0, 1])('is away for a day: given up after more than a day, with the reason (jitter %i)', async (jitter) => {
    await pacs.stop();
    const record = await untilOver(jitter);
    const code = expect.stringMatching(/^DIMSE_/) as string;
    expect(record).toMatchObject({ state: 'dead-letter', attempts: 13, reason: { code } });
    expect(clock).toBeGreaterThan(24 * HOUR_MS);
    pacs = await SmallPacs.start();
  });

  it('rejects for now, and takes it later', async () => {
    let asked = 0;
    pacs.mood.rejection = () => (asked++ < 3 ? Rejection.TemporaryCongestion : undefined);
    const record = await untilOver(0);
    expectOneReport(record);
    expect(record.attempts).toBe(4);
  });

  it('rejects for good: given up at once', async () => {
    pacs.mood.rejects = true;
    expect(await untilOver(0)).toMatchObject({ state: 'dead-letter', attempts: 1 });
    expect(clock).toBe(0);
  });

  it('answers a warning', async () => {
    for (const status of [0xb000, 0xb006, 0xb007]) {
      await reports.remove();
      reports = await storedReports({ status: 'analysed' }, ['sr-comprehensive-3d']);
      pacs.mood.status = status;
      const record = await untilOver(0);
      expectOneReport(record);
      expect(record.objects).toMatchObject([{ status, accepted: true }]);
    }
  });

  it('has no room for a while', async () => {
    let asked = 0;
    pacs.mood.statusOf = () => (asked++ < 3 ? Status.OutOfResources : Status.Success);
    expectOneReport(await untilOver(0));
  });

  it.each(['dead', 'cut', 'abort'] as const)(
    'falls silent in the middle of a PDU, breaks off or aborts (%s), at any byte of its answers',
    async (kind) => {
      await untilOver(0);
      const whole = line.answered;
      expect(whole).toBeGreaterThan(500);
      line.kind = kind;
      let waited = 0;
      for (let round = 0; round < CUTS; round++) {
        await reports.remove();
        reports = await storedReports({ status: 'analysed' }, ['sr-comprehensive-3d']);
        pacs.instances.clear();
        line.answered = 0;
        line.answerFailsAfter = Math.floor((whole * round) / CUTS) + 3;
        const { state } = await job();
        if (state === 'waiting') waited += 1;
        line.answerFailsAfter = undefined;
        expectOneReport(await untilOver(0));
      }
      // Only an answer to the release that is missing may be no failure.
      expect(waited).toBeGreaterThanOrEqual(CUTS - 2);
    },
  );

  it('comes back when there is a later version: it gets the later one alone', async () => {
    const { port } = pacs;
    await pacs.stop();
    expect(await job(1)).toMatchObject({ state: 'waiting' });
    await storeReports(reports.store, reports.name.studyInstanceUID, 2, ['sr-comprehensive-3d']);
    pacs = await SmallPacs.start(port);
    expect(await job(2)).toMatchObject({ state: 'delivered' });
    expect(await job(1)).toMatchObject({ state: 'superseded' });
    expect(pacs.instances.size).toBe(1);
    expect([...pacs.instances.keys()]).not.toContain(REPORT);
  });
});
