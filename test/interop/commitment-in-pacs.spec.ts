import { CommitmentRecords } from '../../apps/notifier/src/commitment/commitment-records';
import { CommitmentServer } from '../../apps/notifier/src/commitment/commitment-server';
import { checkObject } from '../../apps/notifier/src/deliver/check-object';
import { deliveryTarget, DeliverVersion } from '../../apps/notifier/src/deliver/deliver-version';
import { dimseDestination } from '../../apps/notifier/src/destination/dimse';
import { storedReports, type StoredReports } from '../../apps/notifier/src/fixture/stored-reports';
import { VerifyDelivery } from '../../apps/notifier/src/verify/verify-delivery';
import { dimseDestinationSchema } from '@endplate/platform';
import { freePort } from '../../apps/cli/src/process/free-port';
import { waitUntil } from '../../apps/cli/src/process/wait-until';
import { type Orthanc, startOrthanc } from '../servers/orthanc';

let pacs: Orthanc;
let reports: StoredReports;

beforeAll(async () => {
  pacs = await startOrthanc({ dicomWeb: true });
  reports = await storedReports();
});
afterAll(async () => {
  await reports?.remove();
  await pacs?.stop();
});

describe('Orthanc takes responsibility for the report and says so on an association of its own', () => {
  it('climbs every rung: rendered, validated, sent, committed, read back and compared', async () => {
    const commitments = new CommitmentRecords(reports.store);
    const port = await freePort(pacs.outsideHost);
    const heard = new CommitmentServer({ host: pacs.outsideHost, port, aeTitles: ['ENDPLATE'] }, commitments);
    await heard.listen();
    await pacs.rest.addModality('endplate', { aeTitle: 'ENDPLATE', host: pacs.outsideHost, port });
    const settings = dimseDestinationSchema.parse({
      ...{ name: 'pacs', kind: 'dimse', host: pacs.host, port: pacs.dicomPort, aeTitle: pacs.aeTitle },
      ...{ commitment: true, commitmentStayMs: 0, byteCheck: 'wado', dicomWebUrl: pacs.dicomWebUrl },
    });
    const target = deliveryTarget(settings, dimseDestination(settings, 'ENDPLATE', commitments));
    const ports = {
      ...{ store: reports.store, records: reports.records, commitments, check: checkObject },
      now: () => new Date().toISOString(),
      notify: () => undefined,
      jobs: { verify: () => Promise.resolve('added' as const) },
    };
    try {
      await new DeliverVersion(ports).run(reports.name, target);
      // Orthanc answers when its own job has run: each check looks for the results of those before it.
      for (let check = 1; check <= 3; check++) {
        await new VerifyDelivery(ports).run(reports.name, target).catch((error: { code?: string }) => {
          if (error.code !== 'NOTIFIER_NOT_COMMITTED_YET') throw error;
        });
        if (check === 1) await resultOf(commitments);
      }
      const record = await reports.records.read(reports.name);
      expect(record?.rungs.map(({ rung }) => rung)).toEqual([
        'rendered',
        'validated',
        'sent',
        'committed',
        'read-back',
      ]);
      // Orthanc writes sequences with other lengths than we do: the values are compared then, element by element.
      expect(record).toMatchObject({ state: 'delivered', objects: [{ proof: 'identical' }, { proof: 'identical' }] });
      expect(record?.rungs.at(-1)?.proof).toEqual({ by: 'wado', result: 'identical' });
    } finally {
      await heard.close();
    }
  });

  /** The first result that is written; the store tells of nothing, so it is looked at. */
  async function resultOf(commitments: CommitmentRecords): Promise<void> {
    await waitUntil(
      'Orthanc reports the commitment',
      async () => {
        for await (const { key } of reports.store.list('commitments/' as never)) {
          const uid = key.slice('commitments/'.length, -'.json'.length);
          if ((await commitments.read(uid))?.result) return true;
        }
        return undefined;
      },
      { timeoutMs: 30_000 },
    );
  }
});
