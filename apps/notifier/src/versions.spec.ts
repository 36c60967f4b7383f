import { SopClass } from '@endplate/dicom';
import { Status } from '@endplate/dimse';
import { dimseDestinationSchema } from '@endplate/platform';
import { findingsKey, manifestKey } from '@endplate/store';
import { runDelivery } from './fixture/delivery-run';
import { SmallPacs } from './fixture/small-pacs';
import { REPORT_UID, storedReports, type StoredReports } from './fixture/stored-reports';

let pacs: SmallPacs;
let reports: StoredReports;
beforeEach(async () => {
  [pacs, reports] = await Promise.all([SmallPacs.start(), storedReports()]);
});
afterEach(() => Promise.all([pacs.stop(), reports.remove()]));

const settings = (change: object = {}) =>
  dimseDestinationSchema.parse({
    ...{ name: 'pacs', kind: 'dimse', host: '127.0.0.1', port: pacs.port, aeTitle: 'PACS', objects: ['sr'] },
    ...{ connectTimeoutMs: 500, responseTimeoutMs: 500, ...change },
  });
const run = (change: object = {}) => runDelivery(reports, settings(change));

/** Findings of a later version, as the worker leaves them. */
async function later(version: number, outcome: object): Promise<void> {
  const { studyInstanceUID } = reports.name;
  const bytes = await reports.store.get(findingsKey(studyInstanceUID, 1));
  const findings = { ...(JSON.parse(bytes.toString()) as object), version, predecessorVersion: 1, outcome };
  await reports.store.put(findingsKey(studyInstanceUID, version), Buffer.from(JSON.stringify(findings)));
}

describe('a version that a later one has overtaken', () => {
  it('is not sent any more once the later one was analysed', async () => {
    pacs.mood.status = Status.OutOfResources;
    expect(await run()).toMatchObject({ state: 'waiting' });
    pacs.mood.status = Status.Success;
    await later(2, { status: 'analysed' });
    expect(await run()).toMatchObject({ state: 'superseded', reason: { code: 'SUPERSEDED' } });
    expect(pacs.instances.size).toBe(0);
  });

  it.each([
    ['has no findings yet', (study: string) => reports.store.put(manifestKey(study, 2), Buffer.from('{}'))],
    ['could not be analysed', () => later(2, { status: 'not-analysed', reason: { code: 'NO_IMAGES', text: 'None.' } })],
  ])('is sent while the later one %s', async (_, make) => {
    await make(reports.name.studyInstanceUID);
    expect(await run()).toMatchObject({ state: 'delivered' });
  });

  it('stays delivered when it was', async () => {
    expect(await run()).toMatchObject({ state: 'delivered' });
    await later(2, { status: 'analysed' });
    expect(await run()).toMatchObject({ state: 'delivered' });
  });
});

describe('the next profile of the list', () => {
  const both = { profile: ['comprehensive-3d', 'comprehensive'] };

  it.each([Status.SOPClassNotSupported, Status.DataSetDoesNotMatchSOPClass, 0xa901])(
    'is sent where the first is answered with status %i',
    async (status) => {
      pacs.mood.statusOf = (sopClassUID) =>
        sopClassUID === SopClass.Comprehensive3DSRStorage ? status : Status.Success;
      expect(await run(both)).toMatchObject({ state: 'delivered', objects: [{ name: 'sr-comprehensive', status: 0 }] });
      expect([...pacs.instances.keys()]).toEqual([REPORT_UID['sr-comprehensive']]);
    },
  );

  it('is not tried where the first has no room, or can not be understood', async () => {
    pacs.mood.status = 0xc000;
    expect(await run(both)).toMatchObject({ state: 'dead-letter', objects: [{ name: 'sr-comprehensive-3d' }] });
    expect(pacs.arrivals).toHaveLength(1);
  });
});
