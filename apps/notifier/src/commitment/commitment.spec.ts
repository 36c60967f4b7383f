import { type DeliveryRecord } from '@endplate/studies';
import { storedReports, type StoredReports } from '../fixture/stored-reports';
import { beginDelivery, reach, withObjects } from '../ladder';
import { VerifyDelivery, type VerifyTarget } from '../verify/verify-delivery';
import { CommitmentRecords } from './commitment-records';

const UIDS = ['1.2.1', '1.2.2'] as const;
const NOW = '2026-11-23T11:00:00.000Z';

let reports: StoredReports;
let commitments: CommitmentRecords;
/** Transactions in the order they were asked for. */
let asked: string[];

beforeEach(async () => {
  reports = await storedReports();
  commitments = new CommitmentRecords(reports.store);
  asked = [];
  const objects = UIDS.map((sopInstanceUID, n) => ({
    name: `o${n}`,
    sopClassUID: '1.2.840.10008.5.1.4.1.1.88.34',
    sopInstanceUID,
    sha256: 'a'.repeat(64),
    status: 0,
    accepted: true,
    readBack: false,
  }));
  await reports.records.write(withObjects(reach(beginDelivery(reports.name, NOW), 'sent', NOW), objects));
});
afterEach(() => reports.remove());

const failedWith = (reason: number) => (sopInstanceUID: string) => ({ sopInstanceUID, reason });

/** A destination that answers while we stay, or not; the read-back finds everything. */
function port(answer: (transactionUID: string) => Promise<unknown>): VerifyTarget['port'] {
  return {
    readBack: { by: 'c-find', find: () => Promise.resolve(new Set(['o0', 'o1'])) },
    commit: async (transactionUID) => {
      asked.push(transactionUID);
      await commitments.ask(transactionUID);
      await answer(transactionUID);
    },
  };
}

const committing = port((transactionUID) => commitments.answer({ transactionUID, committed: UIDS, failed: [] }));
const silent = port(() => Promise.resolve());
const failing = port((transactionUID) =>
  commitments.answer({ transactionUID, committed: [UIDS[0]], failed: [UIDS[1]].map(failedWith(0x0112)) }),
);

async function verify(port: VerifyTarget['port'], maxAttempts = 13): Promise<DeliveryRecord> {
  const ports = { ...reports, commitments, now: () => NOW, notify: () => undefined };
  const target = { wanted: { profile: [], objects: [] }, maxAttempts, port };
  await new VerifyDelivery(ports).run(reports.name, target).catch((error: { code?: string }) => {
    if (!error.code?.startsWith('NOTIFIER_')) throw error;
  });
  return (await reports.records.read(reports.name))!;
}

describe('the rung committed', () => {
  it('is reached before the read-back', async () => {
    const record = await verify(committing);
    expect(record.state).toBe('delivered');
    expect(record.rungs.map(({ rung }) => rung)).toEqual(['sent', 'committed', 'read-back']);
  });

  it('proves a delivery where there is no read-back', async () => {
    expect(await verify({ commit: committing.commit! })).toMatchObject({ state: 'delivered' });
  });

  it('counts a result that came between two checks, without asking again', async () => {
    expect(await verify(silent)).toMatchObject({ state: 'waiting', reason: { code: 'NOTIFIER_NOT_COMMITTED_YET' } });
    await commitments.answer({ transactionUID: asked[0]!, committed: UIDS, failed: [] });
    expect(await verify(silent)).toMatchObject({ state: 'delivered' });
    expect(asked).toHaveLength(1);
  });

  it('is left out where the destination never answers: the read-back decides', async () => {
    for (let check = 1; check < 4; check++) expect(await verify(silent)).toMatchObject({ state: 'waiting' });
    const record = await verify(silent);
    expect(record.state).toBe('delivered');
    expect(record.rungs.map(({ rung }) => rung)).not.toContain('committed');
    expect(new Set(asked).size).toBe(4);
  });

  it('is never left out where the destination says that it does not have an object', async () => {
    for (let check = 1; check < 5; check++) {
      const { state, reason } = await verify(failing, 5);
      expect(state).toBe('waiting');
      expect(reason?.text).toContain('1 object(s) failed, reason 0x0112');
    }
    expect(await verify(failing, 5)).toMatchObject({ state: 'dead-letter' });
  });

  it('is left out where the destination takes no such context', async () => {
    const refused = Object.assign(new Error('no context'), { code: 'DIMSE_CONTEXT_REFUSED', retryable: false });
    const record = await verify(port(() => Promise.reject(refused)));
    expect(record.state).toBe('delivered');
    expect(record.rungs.map(({ rung }) => rung)).toEqual(['sent', 'read-back']);
  });

  it('takes no result that nobody asked for', async () => {
    expect(await commitments.answer({ transactionUID: '1.9.9', committed: UIDS, failed: [] })).toBe(false);
    expect(await commitments.read('1.9.9')).toBeUndefined();
  });
});
