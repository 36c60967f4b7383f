import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SopClass, TransferSyntax } from '@endplate/dicom';
import { openAssociation, type ScuAssociation, Status } from '@endplate/dimse';
import { instanceKey } from '@endplate/store';
import { type Child } from '../../apps/cli/src/process/child';
import { waitUntil } from '../../apps/cli/src/process/wait-until';
import { asStored, ctInstance, type TestInstance } from '../../apps/listener/src/testing/instance';
import { EndplateSite } from '../servers/endplate';
import { type FaultyProxy, startFaultyProxy } from '../servers/faulty-proxy';
import { startRedis, type TestRedis } from '../servers/redis';
import { startS3, type TestS3 } from '../servers/s3';

const CALLING = 'TEST_SCU';
const transferSyntaxUID = TransferSyntax.ExplicitVRLittleEndian;

function associate({ peer }: EndplateSite): Promise<ScuAssociation> {
  const contexts = [{ abstractSyntax: SopClass.CTImageStorage, transferSyntaxes: [transferSyntaxUID] }];
  const titles = { callingAETitle: CALLING, calledAETitle: peer.aeTitle };
  return openAssociation({ host: peer.host, port: peer.port, contexts, ...titles });
}

/** Sends instances one after the other; gives the statuses. */
async function send(site: EndplateSite, instances: readonly TestInstance[]): Promise<number[]> {
  const association = await associate(site);
  const statuses: number[] = [];
  for (const { sopClassUID, sopInstanceUID, dataSet } of instances) {
    const { status } = await association.store({ sopClassUID, sopInstanceUID, transferSyntaxUID, dataSet });
    statuses.push(status);
  }
  await association.release();
  return statuses;
}

/** Resolves when the store has the very bytes. */
async function stored(site: EndplateSite, instances: readonly TestInstance[]): Promise<void> {
  for (const instance of instances) {
    const key = instanceKey(instance);
    const there = (): Promise<true | undefined> => site.store.stat(key).then((found) => (found ? true : undefined));
    await waitUntil('An acknowledged instance is stored', there, { timeoutMs: 60_000, everyMs: 20 });
    expect((await site.store.get(key)).equals(asStored(instance, CALLING))).toBe(true);
  }
}

const make = (study: string, count: number, rows = 64): TestInstance[] =>
  Array.from({ length: count }, (_, i) => ctInstance(`${i}`, { study, rows, tone: i }));

const success = (count: number): number[] => Array.from({ length: count }, () => Status.Success);

let redis: TestRedis;
beforeAll(async () => {
  redis = await startRedis({ appendOnly: true });
});
afterAll(() => redis?.stop());

describe('the object store refuses or hangs', () => {
  let s3: TestS3;
  let proxy: FaultyProxy;
  let site: EndplateSite;
  const open = async (mode: 'spool' | 'store'): Promise<Child> => {
    const env = {
      REDIS_URL: redis.url,
      ENDPLATE_STORE: 's3',
      S3_ENDPOINT: `http://127.0.0.1:${proxy.port}`,
      S3_BUCKET: s3.bucket,
      S3_ACCESS_KEY: s3.accessKey,
      S3_SECRET_KEY: s3.secretKey,
      ENDPLATE_ACKNOWLEDGE: mode,
      ENDPLATE_SPOOL_DIR: 'spool',
      ENDPLATE_SPOOL_RETAIN_MS: '500',
    };
    site = await EndplateSite.open({ env, s3: { ...s3 } });
    return site.start('listener');
  };
  beforeEach(async () => {
    s3 = await startS3();
    proxy = await startFaultyProxy(s3.port);
  });
  afterEach(async () => {
    proxy.mode = 'pass';
    await site?.close();
    await proxy?.stop();
    await s3?.stop();
  });

  it('spool mode acknowledges all the same, survives a kill, and brings everything to the store afterwards', async () => {
    await open('spool');
    const [refused, hanging] = [make('refused', 20), make('hanging', 20)];
    proxy.mode = 'refuse';
    expect(await send(site, refused)).toEqual(success(20));
    proxy.mode = 'hang';
    expect(await send(site, hanging)).toEqual(success(20));
    await site.kill('listener');
    proxy.mode = 'pass';
    await site.start('listener');
    await stored(site, [...refused, ...hanging]);
  });

  it('what the object store confirmed and lost is stored again from the spool, after a restart too', async () => {
    const listener = await open('spool');
    const instances = make('lost', 12);
    expect(await send(site, instances)).toEqual(success(12));
    await stored(site, instances);
    await listener.stop();
    for (const instance of instances.slice(3, 7)) await site.store.delete(instanceKey(instance));
    await site.start('listener');
    await stored(site, instances);
  });

  it('store mode answers A700 and takes the same instance later', async () => {
    await open('store');
    const [instance] = make('store mode', 1);
    proxy.mode = 'refuse';
    expect(await send(site, [instance!])).toEqual([Status.OutOfResources]);
    proxy.mode = 'pass';
    expect(await send(site, [instance!])).toEqual([Status.Success]);
    await stored(site, [instance!]);
  });
});

describe('a listener on a disk', () => {
  let site: EndplateSite;
  afterEach(() => site?.close());

  it('Redis ends and comes back while instances arrive: all are acknowledged and stored, the study gets its version', async () => {
    site = await EndplateSite.open({ env: { REDIS_URL: redis.url, ENDPLATE_SPOOL_DIR: 'spool' } });
    await site.start('listener');
    const instances = make('redis', 60);
    expect(await send(site, instances.slice(0, 20))).toEqual(success(20));
    const [statuses] = await Promise.all([send(site, instances.slice(20, 40)), redis.restart()]);
    expect(statuses).toEqual(success(20));
    expect(await send(site, instances.slice(40))).toEqual(success(20));
    await stored(site, instances);
    const { studyInstanceUID } = instances[0]!;
    await site.until(studyInstanceUID, ({ latest }) => (latest?.instances === 60 ? true : undefined));
  });

  it('SIGTERM: the open C-STORE is answered with success, a new association is refused, the process ends by itself', async () => {
    site = await EndplateSite.open({ env: { REDIS_URL: redis.url, ENDPLATE_SPOOL_DIR: 'spool' } });
    const listener = await site.start('listener');
    const [instance] = make('sigterm', 1, 256);
    const { sopClassUID, sopInstanceUID, dataSet } = instance!;
    const association = await associate(site);
    const half = dataSet.length >> 1;
    let begun = (): void => undefined;
    const isBegun = new Promise<void>((resolve) => (begun = resolve));
    let goOn = (): void => undefined;
    const rest = new Promise<void>((resolve) => (goOn = resolve));
    async function* slowly(): AsyncGenerator<Buffer> {
      yield dataSet.subarray(0, half);
      begun();
      await rest;
      yield dataSet.subarray(half);
    }
    const storing = association.store({ sopClassUID, sopInstanceUID, transferSyntaxUID, dataSet: slowly() });
    await isBegun;
    const exited = new Promise<number | null>((resolve) => listener.process.once('exit', resolve));
    const ended = listener.died.catch(() => undefined);
    listener.process.kill('SIGTERM');
    const refused = (): Promise<true | undefined> =>
      associate(site).then(
        (other) => other.release().then(() => undefined),
        () => true,
      );
    await waitUntil('New associations are refused', refused, { timeoutMs: 20_000, everyMs: 20 });
    goOn();
    expect((await storing).status).toBe(Status.Success);
    expect(await exited).toBe(0);
    await ended;
    await site.start('listener');
    await stored(site, [instance!]);
  });
});

describe('the disk of the spool is full', () => {
  let folder: string;
  let s3: TestS3;
  let proxy: FaultyProxy;
  let site: EndplateSite;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'endplate-full-'));
    // Needs root: without the right to mount, this fails and says so.
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder]);
    s3 = await startS3();
    proxy = await startFaultyProxy(s3.port);
  });
  afterAll(async () => {
    if (proxy) proxy.mode = 'pass';
    await site?.close();
    await proxy?.stop();
    await s3?.stop();
    execFileSync('umount', [folder]);
    await rm(folder, { recursive: true });
  });

  it('C-STORE gets A700, what was acknowledged is stored, and it goes on when there is room', async () => {
    const env = {
      REDIS_URL: redis.url,
      ENDPLATE_STORE: 's3',
      S3_ENDPOINT: `http://127.0.0.1:${proxy.port}`,
      S3_BUCKET: s3.bucket,
      S3_ACCESS_KEY: s3.accessKey,
      S3_SECRET_KEY: s3.secretKey,
      ENDPLATE_SPOOL_DIR: join(folder, 'spool'),
      ENDPLATE_SPOOL_VOLATILE: 'true',
    };
    site = await EndplateSite.open({ env, s3: { ...s3 } });
    await site.start('listener');
    proxy.mode = 'refuse';
    const instances = make('full', 60, 512);
    const statuses = await send(site, instances);
    const acknowledged = instances.filter((_, i) => statuses[i] === Status.Success);
    expect(acknowledged.length).toBeGreaterThan(10);
    expect(new Set(statuses)).toEqual(new Set([Status.Success, Status.OutOfResources]));
    // A foreign file takes the rest, so that not even the drained part of the spool is free at once.
    const { bavail, bsize } = await statfs(folder);
    await writeFile(join(folder, 'foreign'), Buffer.alloc(Math.max(0, bavail * bsize - 65_536)));
    proxy.mode = 'pass';
    await stored(site, acknowledged);
    await rm(join(folder, 'foreign'));
    const more = make('after', 5, 512);
    expect(await send(site, more)).toEqual(success(5));
    await stored(site, more);
    await site.kill('listener');
    await site.start('listener');
    await stored(site, [...acknowledged, ...more]);
  });
});
