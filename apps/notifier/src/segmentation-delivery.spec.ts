import { SopClass, STORAGE_SOP_CLASSES } from '@endplate/dicom';
import { Status } from '@endplate/dimse';
import { dimseDestinationSchema, stowDestinationSchema } from '@endplate/platform';
import { type DeliveryRecord } from '@endplate/studies';
import { runDelivery } from './fixture/delivery-run';
import { SmallDicomWeb } from './fixture/small-dicom-web';
import { SmallPacs } from './fixture/small-pacs';
import { REPORT_UID, storedReports, type StoredReports } from './fixture/stored-reports';

const ALL = ['sr-comprehensive-3d', 'sr-comprehensive-3d-segments', 'seg-structures', 'sc-overview'] as const;
const WITH = [REPORT_UID['seg-structures'], REPORT_UID['sr-comprehensive-3d-segments']];
const WITHOUT = [REPORT_UID['sr-comprehensive-3d']];

let reports: StoredReports;
beforeEach(async () => {
  reports = await storedReports({ status: 'analysed' }, ALL);
});
afterEach(() => reports.remove());

const accepted = ({ objects }: DeliveryRecord): string[] =>
  objects.filter((one) => one.accepted).map(({ name }) => name);

describe('a report that refers to the segmentation, to a PACS', () => {
  let pacs: SmallPacs;
  beforeEach(async () => {
    pacs = await SmallPacs.start();
  });
  afterEach(() => pacs.stop());

  function run(objects: readonly string[]): Promise<DeliveryRecord> {
    const address = { name: 'pacs', kind: 'dimse', host: '127.0.0.1', port: pacs.port, aeTitle: 'PACS' };
    return runDelivery(reports, dimseDestinationSchema.parse({ ...address, connectTimeoutMs: 2000, objects }));
  }

  it('goes after it, and the other report stays at home', async () => {
    expect((await run(['sr', 'seg'])).state).toBe('delivered');
    expect(pacs.arrivals).toEqual(WITH);
  });

  it('does not go to a PACS that does not want the segmentation', async () => {
    expect((await run(['sr'])).state).toBe('delivered');
    expect(pacs.arrivals).toEqual(WITHOUT);
  });

  it('does not go where the class of the segmentation is refused in negotiation', async () => {
    pacs.mood.sopClasses = STORAGE_SOP_CLASSES.filter((uid) => uid !== SopClass.SegmentationStorage);
    expect(accepted(await run(['sr', 'seg']))).toEqual(['sr-comprehensive-3d']);
    expect(pacs.arrivals).toEqual(WITHOUT);
  });

  it('does not go where the segmentation itself is refused', async () => {
    const refused = (uid: string): boolean => uid === SopClass.SegmentationStorage;
    pacs.mood.statusOf = (uid) => (refused(uid) ? Status.SOPClassNotSupported : Status.Success);
    expect(accepted(await run(['sr', 'seg']))).toEqual(['sr-comprehensive-3d']);
    expect([...pacs.instances.keys()]).toEqual(WITHOUT);
  });
});

describe('a report that refers to the segmentation, to a DICOMweb server', () => {
  let web: SmallDicomWeb;
  beforeEach(async () => {
    web = await SmallDicomWeb.start();
  });
  afterEach(() => web.stop());

  const run = (): Promise<DeliveryRecord> =>
    runDelivery(
      reports,
      stowDestinationSchema.parse({ name: 'pacs', kind: 'stow', url: web.url, objects: ['sr', 'seg'] }),
    );

  it('goes in a request of its own after it', async () => {
    expect((await run()).state).toBe('delivered');
    expect([...web.files.keys()]).toEqual(WITH);
    expect(web.requests.filter((one) => one.startsWith('POST'))).toHaveLength(2);
  });

  it('does not go where the segmentation is refused', async () => {
    web.mood.failures.set(SopClass.SegmentationStorage, 0x0122);
    expect(accepted(await run())).toEqual(['sr-comprehensive-3d']);
    expect([...web.files.keys()]).toEqual(WITHOUT);
  });

  it('waits where there is no room for the segmentation now', async () => {
    web.mood.failures.set(SopClass.SegmentationStorage, 0xa700);
    expect((await run()).state).toBe('waiting');
    expect([...web.files.keys()]).toEqual([]);
  });
});

describe('a report that refers to a segmentation that was quarantined', () => {
  it('is not sent', async () => {
    const pacs = await SmallPacs.start();
    const poorer = await storedReports({ status: 'analysed' }, ['sr-comprehensive-3d', 'sr-comprehensive-3d-segments']);
    const address = { name: 'pacs', kind: 'dimse', host: '127.0.0.1', port: pacs.port, aeTitle: 'PACS' };
    await runDelivery(poorer, dimseDestinationSchema.parse({ ...address, objects: ['sr', 'seg'] }));
    expect(pacs.arrivals).toEqual(WITHOUT);
    await poorer.remove();
    await pacs.stop();
  });
});
