import { request } from 'node:http';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { instanceKey } from '@endplate/store';
import { startRedis, type TestRedis } from '../../../../test/servers/redis';
import { ctInstance, type TestInstance } from '../testing/instance';
import { ListenerBench } from '../testing/listener-bench';
import { StowService } from './stow-service';

let redis: TestRedis;
let bench: ListenerBench;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());
beforeEach(async () => {
  bench = await ListenerBench.open(redis.url);
});
afterEach(() => bench.close());

const TYPE = 'multipart/related; type="application/dicom"; boundary="the boundary"';

function multipart(files: readonly Buffer[], type = 'application/dicom'): Buffer {
  const parts = files.flatMap((file) => [
    Buffer.from(`--the boundary\r\nContent-Type: ${type}\r\n\r\n`),
    file,
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...parts, Buffer.from('--the boundary--\r\n')]);
}

async function stow(body: Buffer, options: { path?: string; headers?: Record<string, string> } = {}) {
  const response = await fetch(`${bench.application.httpUrl}/dicom-web/studies${options.path ?? ''}`, {
    method: 'POST',
    headers: { 'Content-Type': TYPE, Accept: 'application/dicom+json', ...options.headers },
    body: new Uint8Array(body),
  });
  const text = await response.text();
  return { status: response.status, type: response.headers.get('content-type'), body: JSON.parse(text) as Answer };
}

type Answer = Record<string, { vr: string; Value?: Record<string, { Value?: unknown[] }>[] } | undefined>;

const uids = (answer: Answer, tag: string) => (answer[tag]?.Value ?? []).map((item) => item['00081155']?.Value?.[0]);
const reasons = (answer: Answer, tag: string) => (answer[tag]?.Value ?? []).map((item) => item['00081197']?.Value?.[0]);

describe('STOW-RS', () => {
  it('stores every part as it came, and says so per instance', async () => {
    const instances = ['a', 'b'].map((name) => ctInstance(name, { rows: 400 }));
    const answer = await stow(multipart(instances.map(({ file }) => file)));
    expect(answer).toMatchObject({ status: 200, type: expect.stringContaining('application/dicom+json') });
    expect(uids(answer.body, '00081199')).toEqual(instances.map((one) => one.sopInstanceUID));
    expect(answer.body['00081198']).toBeUndefined();
    for (const instance of instances) {
      expect((await bench.store.get(instanceKey(instance))).equals(instance.file)).toBe(true);
    }
    expect(await bench.nextAnalysis()).toMatchObject({ studyInstanceUID: instances[0]!.studyInstanceUID });
  });

  it('is one with C-STORE: the same instance through both doors is stored once', async () => {
    const instance = ctInstance('a');
    expect(await bench.send(instance)).toMatchObject({ status: 0 });
    expect((await stow(multipart([instance.file]))).status).toBe(200);
    const objects = (await bench.objects()).filter((key) => !key.includes('/versions/'));
    expect(objects).toEqual([instanceKey(instance)]);
  });

  it('answers 202 with a reason for each part that is not taken, and takes the others', async () => {
    await bench.close();
    // No version is made meanwhile: what is there is what was sent.
    bench = await ListenerBench.open(redis.url, { ENDPLATE_QUIET_MS: '3600000' });
    const good = ctInstance('good');
    const cut: TestInstance = ctInstance('cut');
    const secret = ctInstance('other', { study: 'another study' });
    const files = [good.file, cut.file.subarray(0, cut.file.length - 10), Buffer.from('no DICOM'), secret.file];
    const answer = await stow(multipart(files), { path: `/${good.studyInstanceUID}` });
    expect(answer.status).toBe(202);
    expect(uids(answer.body, '00081199')).toEqual([good.sopInstanceUID]);
    expect(uids(answer.body, '00081198')).toEqual([cut.sopInstanceUID, secret.sopInstanceUID]);
    expect(reasons(answer.body, '00081198')).toEqual([0xc000, 0xa900]);
    expect(reasons(answer.body, '0008119A')).toEqual([0xc000]);
    expect(await bench.objects()).toEqual([instanceKey(good)]);
    expect(await readdir(join(bench.folder, '.incoming'))).toEqual([]);
  });

  it('holds the AE at an address to its quota, and names the instances that are over it', async () => {
    const list = join(bench.folder, 'ae.json');
    await writeFile(list, '[{"aeTitle":"VNA","addresses":["10.0.0.9"],"quota":{"instancesPerMinute":1}}]');
    const other = await ListenerBench.open(redis.url, { ENDPLATE_AE_CONFIG: list });
    const [a, b] = [ctInstance('a'), ctInstance('b')];
    async function* body() {
      yield multipart([a.file, b.file]);
    }
    const request = { remoteAddress: '10.0.0.9', contentType: TYPE, accept: undefined, studyInstanceUID: undefined };
    const answer = await other.application.nest.get(StowService).store({ ...request, body: body() });
    expect(answer.status).toBe(202);
    expect(uids(answer.body as Answer, '00081199')).toEqual([a.sopInstanceUID]);
    expect(uids(answer.body as Answer, '00081198')).toEqual([b.sopInstanceUID]);
    expect(reasons(answer.body as Answer, '00081198')).toEqual([0xa700]);
    expect((await other.objects()).filter((key) => key.endsWith('.dcm'))).toEqual([instanceKey(a)]);
    await other.close();
  });

  it('answers 409 when nothing is taken', async () => {
    const answer = await stow(multipart([Buffer.from('no DICOM')]));
    expect(answer.status).toBe(409);
    const verification = ctInstance('a').file;
    expect((await stow(multipart([verification], 'text/plain'))).status).toBe(409);
  });

  it.each([
    ['a body that breaks off', { 'Content-Type': TYPE }, 400, () => multipart([ctInstance('a').file]).subarray(0, 900)],
    ['no part', { 'Content-Type': TYPE }, 400, () => Buffer.from('--the boundary--')],
    ['JSON', { 'Content-Type': 'application/json' }, 415, () => Buffer.from('{}')],
    ['form data', { 'Content-Type': 'multipart/form-data; boundary=x' }, 415, () => Buffer.from('--x--')],
    [
      'XML metadata',
      { 'Content-Type': 'multipart/related; type="application/dicom+xml"; boundary=x' },
      415,
      () => Buffer.from('--x--'),
    ],
    ['an answer in XML', { Accept: 'application/dicom+xml' }, 406, () => multipart([ctInstance('a').file])],
  ] as [string, Record<string, string>, number, () => Buffer][])('refuses %s', async (_, headers, status, body) => {
    const answer = await stow(body(), { headers });
    expect(answer.status).toBe(status);
    expect(answer.type).toBe('application/problem+json');
    expect(await bench.objects()).toEqual([]);
    expect(await readdir(join(bench.folder, '.incoming'))).toEqual([]);
  });

  it('refuses an address that is no UID', async () => {
    expect((await stow(multipart([ctInstance('a').file]), { path: '/1.02' })).status).toBe(400);
    expect((await stow(multipart([ctInstance('a').file]), { path: '/..%2F..' })).status).toBe(400);
  });

  it('leaves nothing of a request whose connection is lost', async () => {
    const { hostname, port } = new URL(bench.application.httpUrl);
    const sending = request({
      hostname,
      port,
      path: '/dicom-web/studies',
      method: 'POST',
      headers: { 'Content-Type': TYPE },
    });
    sending.on('error', () => undefined);
    sending.write(multipart([ctInstance('a', { rows: 600 }).file]).subarray(0, 400_000));
    while ((await readdir(join(bench.folder, '.incoming'))).length === 0) await new Promise(setImmediate);
    sending.destroy();
    while ((await readdir(join(bench.folder, '.incoming'))).length > 0) await new Promise(setImmediate);
    expect(await bench.objects()).toEqual([]);
  });
});
