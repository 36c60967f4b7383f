import { rm } from 'node:fs/promises';
import path from 'node:path';
import { phantomFolder, QUICK, type StudyFolder } from '../builders/study-folder';
import { storescu } from '../servers/dcmtk';
import { EndplateSite } from '../servers/endplate';
import { type Orthanc, startOrthanc } from '../servers/orthanc';
import { startRedis, type TestRedis } from '../servers/redis';
import { reportsOf, untilReports } from '../servers/reports';

describe('killing a process with SIGKILL during a study still ends with exactly one SR', () => {
  let pacs: Orthanc;
  beforeAll(async () => {
    pacs = await startOrthanc();
  });
  afterAll(() => pacs?.stop());

  /** One version, delivered once, one report, and the work was begun as often as said. */
  const expectOneReport = async (
    site: EndplateSite,
    { studyInstanceUID }: StudyFolder,
    starts: number,
  ): Promise<void> => {
    await untilReports(pacs, studyInstanceUID, 1);
    const study = await site.until(studyInstanceUID, (now) => (now.state === 'delivered' ? now : undefined));
    expect(study.versions).toHaveLength(1);
    expect(study.events.filter(({ type }) => type === 'analysis-started').length).toBe(starts);
    const reports = await reportsOf(pacs, studyInstanceUID);
    expect(reports).toHaveLength(1);
    expect(reports[0]?.errors).toEqual([]);
  };
  const untilAnalysing = (site: EndplateSite, { studyInstanceUID }: StudyFolder): Promise<true> =>
    site.until(studyInstanceUID, ({ events }) =>
      events.some(({ type }) => type === 'analysis-started') ? true : undefined,
    );

  describe('processes of their own over one Redis', () => {
    let redis: TestRedis;
    let site: EndplateSite;
    beforeAll(async () => {
      redis = await startRedis({ appendOnly: true });
      site = await EndplateSite.open({ pacs, env: { REDIS_URL: redis.url } });
      await Promise.all([site.start('listener'), site.start('worker'), site.start('notifier')]);
    });
    afterAll(async () => {
      await site?.close();
      await redis?.stop();
    });

    it('the worker', async () => {
      const study = await phantomFolder({ ...QUICK.mr, seed: 21 });
      expect(await storescu(study.folder, site.peer)).toMatchObject({ code: 0 });
      await untilAnalysing(site, study);
      await site.kill('worker');
      await site.start('worker');
      await expectOneReport(site, study, 2);
      await rm(path.dirname(study.folder), { recursive: true });
    });

    it('Redis, which comes back with what is on its disk', async () => {
      const study = await phantomFolder({ ...QUICK.mr, seed: 22 });
      expect(await storescu(study.folder, site.peer)).toMatchObject({ code: 0 });
      await untilAnalysing(site, study);
      await redis.restart();
      await untilReports(pacs, study.studyInstanceUID, 1);
      await site.until(study.studyInstanceUID, (now) => (now.state === 'delivered' ? now : undefined));
      expect(await reportsOf(pacs, study.studyInstanceUID)).toHaveLength(1);
      await rm(path.dirname(study.folder), { recursive: true });
    });
  });

  it('everything at once: "endplate up", started again over the same folder', async () => {
    const site = await EndplateSite.open({ pacs });
    const study = await phantomFolder({ ...QUICK.mr, seed: 23 });
    try {
      await site.start('up');
      expect(await storescu(study.folder, site.peer)).toMatchObject({ code: 0 });
      await untilAnalysing(site, study);
      await site.kill('up');
      await site.start('up');
      await expectOneReport(site, study, 2);
    } finally {
      await site.close();
      await rm(path.dirname(study.folder), { recursive: true });
    }
  });
});
