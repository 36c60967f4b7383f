import { rm } from 'node:fs/promises';
import path from 'node:path';
import { phantomFolder, QUICK } from '../builders/study-folder';
import { storescu } from '../servers/dcmtk';
import { EndplateSite } from '../servers/endplate';
import { type Orthanc, startOrthanc } from '../servers/orthanc';
import { reportsOf } from '../servers/reports';
import { startS3, type TestS3 } from '../servers/s3';

describe('over an S3 store the same study gives the same', () => {
  let pacs: Orthanc;
  let s3: TestS3;
  let site: EndplateSite;

  beforeAll(async () => {
    [pacs, s3] = [await startOrthanc(), await startS3()];
    const env = {
      ENDPLATE_STORE: 's3',
      S3_ENDPOINT: `http://${s3.endPoint}:${s3.port}`,
      S3_BUCKET: s3.bucket,
      S3_REGION: s3.region,
      S3_ACCESS_KEY: s3.accessKey,
      S3_SECRET_KEY: s3.secretKey,
    };
    site = await EndplateSite.open({ pacs, env, s3 });
    await site.start('up');
  });
  afterAll(async () => {
    await site?.close();
    await s3?.stop();
    await pacs?.stop();
  });

  it('a phantom MR: instances, findings and delivery are objects in the bucket, the SR is in the PACS', async () => {
    const { folder, files, studyInstanceUID } = await phantomFolder(QUICK.mr);
    expect(await storescu(folder, site.peer)).toMatchObject({ code: 0 });
    const study = await site.until(studyInstanceUID, (now) => (now.state === 'delivered' ? now : undefined));
    expect(study.instances).toBe(files.length);
    const reports = await reportsOf(pacs, studyInstanceUID);
    expect(reports.map(({ errors }) => errors)).toEqual([[]]);
    await rm(path.dirname(folder), { recursive: true });
  });
});
