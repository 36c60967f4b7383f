import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findBundle, loadBundle } from './load-bundle';

const SHIPPED = path.resolve(__dirname, '../../../../models/spine-seg');
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'endplate-bundle-'));
  await cp(SHIPPED, folder, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const options = { intraOpThreads: 1 };
const bundle = async () =>
  JSON.parse(await readFile(path.join(folder, 'bundle.json'), 'utf8')) as Record<string, unknown>;
const write = (json: unknown) => writeFile(path.join(folder, 'bundle.json'), JSON.stringify(json));
const refusal = (why: string) => ({
  code: 'WORKER_BUNDLE_UNUSABLE',
  retryable: false,
  message: expect.stringContaining(why) as string,
});

describe('loadBundle', () => {
  it('finds the shipped bundle from wherever it runs, and loads it', async () => {
    expect(findBundle(undefined)).toBe(SHIPPED);
    const segmenter = await loadBundle(folder, options);
    expect(segmenter.model).toMatchObject({ name: 'spine-seg', sha256: (await bundle())['sha256'] });
    await segmenter.close();
  });

  it.each([
    ['no bundle.json', () => rm(path.join(folder, 'bundle.json')), 'a file of it cannot be read (ENOENT).'],
    [
      'a bundle.json that is no JSON',
      () => writeFile(path.join(folder, 'bundle.json'), '{'),
      'bundle.json is not JSON.',
    ],
    ['other classes', async () => write({ ...(await bundle()), classes: ['liver'] }), 'classes'],
    [
      'the digest of another file',
      async () => write({ ...(await bundle()), sha256: 'a'.repeat(64) }),
      `its bundle.json says ${'a'.repeat(64)}`,
    ],
    ['a digest that is none', async () => write({ ...(await bundle()), sha256: 'xyz' }), 'sha256'],
    [
      'labels that the network has no channels for',
      async () =>
        write({
          ...(await bundle()),
          classes: undefined,
          labels: ['background', 'vertebral-body', 'disc'].map((name) => ({ name, class: name })),
        }),
      'the bundle says float32 [n, 3 channels, any, any]',
    ],
    [
      'a patch of three dimensions',
      async () => {
        const known = await bundle();
        const block = { dimensions: 3, orientation: 'LIP', spacingMm: [3, 1, 1], patch: { size: [32, 64, 64] } };
        await write({ ...known, input: { ...(known['input'] as object), ...block } });
      },
      'the bundle says float32 [n, 1 channels, 32, 64, 64]',
    ],
    ['a model file outside its folder', async () => write({ ...(await bundle()), file: '../model.onnx' }), 'file'],
    [
      'another number of channels',
      async () => {
        const known = await bundle();
        const channels = (known['input'] as { channels: number }).channels === 1 ? 3 : 1;
        await write({ ...known, input: { ...(known['input'] as object), channels } });
      },
      'channels',
    ],
    [
      'a model file that is none',
      async () => {
        await writeFile(path.join(folder, 'model.onnx'), 'no network');
        const sha256 = createHash('sha256').update('no network').digest('hex');
        await write({ ...(await bundle()), file: 'model.onnx', sha256 });
      },
      "can't be loaded",
    ],
  ])('refuses a bundle with %s and says why', async (_, spoil, why) => {
    await spoil();
    await expect(loadBundle(folder, options)).rejects.toMatchObject(refusal(why));
  });

  it('says where to look when there is none', () => {
    expect(() => findBundle(undefined, '/')).toThrow(expect.objectContaining(refusal('Set MODEL_BUNDLE')));
  });
});
