import { createHash } from 'node:crypto';
import { localTasks } from '../fixture/local-tasks';
import { tinyOnnx } from '../fixture/tiny-onnx';
import { openSegmenter } from '../segment/open-segmenter';
import { SPINE_CLASSES } from '../segment/spine-class';
import { openThreadedSegmenter } from './open-threaded-segmenter';

const bytes = tinyOnnx({
  input: 'slices',
  output: 'probabilities',
  channels: 1,
  weights: [0, 1, 2, 3, 4, 5],
  biases: [5, 4, 3, 2, 1, 0],
});
const bundle = {
  name: 'tiny', version: '1', licence: 'Apache-2.0', file: 'model.onnx', sha256: createHash('sha256').update(bytes).digest('hex'),
  input: { name: 'slices', channels: 1, channelOffsetMm: 0, spacingMm: 1, multipleOf: 32, normalisation: 'zscore-per-slice', orientation: 'IP' },
  output: { name: 'probabilities', activation: 'softmax' }, classes: [...SPINE_CLASSES],
}; // prettier-ignore

const folder =
  (files: Record<string, Uint8Array>) =>
  (name: string): Promise<Uint8Array> =>
    files[name] ? Promise.resolve(files[name]) : Promise.reject(Object.assign(new Error('no'), { code: 'ENOENT' }));
const read = folder({ 'bundle.json': Buffer.from(JSON.stringify(bundle)), 'model.onnx': bytes });

const slices = (): Float32Array => Float32Array.from({ length: 3 * 32 * 32 }, (_, n) => Math.sin(n));

describe('openThreadedSegmenter', () => {
  it('answers as the network in one thread does, and gives the slices away', async () => {
    const plain = await openSegmenter(read);
    const done: string[] = [];
    const threaded = await openThreadedSegmenter(read, 2, localTasks(done), true);
    expect(threaded.model).toEqual(plain.model);
    expect(threaded.input).toEqual(plain.input);
    expect(threaded.tasks?.width).toBe(2);
    const given = slices();
    expect(await threaded.segment(given, [3, 1, 32, 32])).toEqual(await plain.segment(slices(), [3, 1, 32, 32]));
    expect(given).toHaveLength(0);
    expect(done).toEqual(['describe', 'segment']);
    await Promise.all([plain.close(), threaded.close()]);
  });

  it.each([
    [1, true],
    [2, false],
  ])('starts no threads for %d, compiled %s', async (threads, compiled) => {
    const start = (): never => {
      throw new Error('started');
    };
    const segmenter = await openThreadedSegmenter(read, threads, start, compiled);
    expect(segmenter.tasks).toBeUndefined();
    await segmenter.close();
  });

  it('shares the threads of a large machine between few networks', async () => {
    const asked: unknown[] = [];
    const start: Parameters<typeof openThreadedSegmenter>[2] = (options) => {
      asked.push(options);
      return localTasks()(options);
    };
    await openThreadedSegmenter(read, 10, start, true);
    expect(asked).toMatchObject([{ width: 4, setup: { intraOpThreads: 2 } }]);
  });

  it('refuses a bundle before a thread starts, and a file in it', async () => {
    await expect(openThreadedSegmenter(folder({}), 2, localTasks(), true)).rejects.toMatchObject({
      code: 'KERNEL_MODEL_BUNDLE',
    });
    const other = folder({ 'bundle.json': Buffer.from(JSON.stringify(bundle)), 'model.onnx': Buffer.from('x') });
    await expect(openThreadedSegmenter(other, 2, localTasks(), true)).rejects.toMatchObject({
      code: 'KERNEL_MODEL_DIGEST',
    });
  });
});
