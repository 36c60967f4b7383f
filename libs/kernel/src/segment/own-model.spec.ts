import { createHash } from 'node:crypto';
import { analyseStudy } from '../analyse';
import { ctSeries, SPINE } from '../fixture/box-analysis';
import { boxStudy } from '../fixture/box-study';
import { tinyOnnx, type TinyOnnx } from '../fixture/tiny-onnx';
import { type KernelResult } from '../study-input';
import { openSegmenter } from './open-segmenter';
import { SPINE_CLASSES } from './spine-class';

/** HU of every class in the images of this spec, in the order of the classes; each is even and unlike the others. */
const HU = { background: -100, 'vertebral-body': 250, disc: 100, sacrum: 450, canal: 0 } as const;
type Shown = keyof typeof HU;
/** HU per step of the network's grey scale. */
const SD = 100;

const STUDY = boxStudy('own model', [
  { ...ctSeries(false), noise: 4, valueAt: (p) => HU[SPINE_CLASSES[SPINE.classAt(p)] as Shown] },
]);

/** A network that gives each voxel the class whose HU is nearest: softmax of 2 m x - m², m being the mean of a class. */
function nearest(order: readonly Shown[], space: readonly number[]): Pick<TinyOnnx, 'weights' | 'biases' | 'space'> {
  const means = order.map((name) => HU[name] / SD);
  return { weights: means.map((m) => 16 * m), biases: means.map((m) => -8 * m * m), space };
}

/** A network of nested regions: each is all that is denser than a limit. */
function nested(limitsHU: readonly number[], space: readonly number[]): Pick<TinyOnnx, 'weights' | 'biases' | 'space'> {
  return { weights: limitsHU.map(() => 12), biases: limitsHU.map((limit) => (-12 * limit) / SD), space };
}

/** Runs the kernel with a bundle and its file, as a site would give them. */
async function analyseWith(
  network: Pick<TinyOnnx, 'weights' | 'biases' | 'space'> & Partial<TinyOnnx>,
  labels: readonly Shown[],
  input: Record<string, unknown>,
  output: Record<string, unknown> = {},
): Promise<KernelResult> {
  const bytes = tinyOnnx({ input: 'image', output: 'logits', channels: 1, ...network });
  const bundle = {
    name: 'our-spine-net', version: '1', licence: 'CC0-1.0', file: 'net.onnx',
    sha256: createHash('sha256').update(bytes).digest('hex'),
    input: { name: 'image', channels: 1, multipleOf: 8, modalities: ['CT'], normalisation: { kind: 'fixed', mean: 0, sd: SD }, ...input },
    output: { name: 'logits', activation: 'none', ...output },
    labels: labels.map((name) => ({ name, class: name })),
  }; // prettier-ignore
  const files: Record<string, Uint8Array> = { 'bundle.json': Buffer.from(JSON.stringify(bundle)), 'net.onnx': bytes };
  const segmenter = await openSegmenter((file) => Promise.resolve(files[file]!));
  const study = { ...STUDY, version: 1, digest: 'd', createdAt: '2026-01-02T03:04:05Z' };
  const software = { name: 'Endplate', version: '0.1.0' };
  return analyseStudy(study, { segmenter, software }).finally(() => segmenter.close());
}

const BLOCK = { dimensions: 3, orientation: 'SPL', spacingMm: [1, 1, 3], patch: { size: [64, 32, 16] } };
const LABELS: readonly Shown[] = ['background', 'disc', 'vertebral-body', 'canal', 'sacrum'];

describe("a site's own network, from its bundle to findings", () => {
  const networks: [string, () => Promise<KernelResult>][] = [
    ['3-D with labels in a sliding window', () => analyseWith(nearest(LABELS, [64, 32, 16]), LABELS, BLOCK)],
    [
      '3-D with nested sigmoid regions, finer than the kernel',
      () =>
        analyseWith(
          nested([-50, 50, 175, 350], [48, 48, 16]),
          ['canal', 'disc', 'vertebral-body', 'sacrum'],
          { ...BLOCK, orientation: 'IAR', spacingMm: [0.8, 0.8, 3], patch: { size: [48, 48, 16], overlap: 0.25 } },
          { regions: true },
        ),
    ],
    [
      '3-D with two channels, each on a scale of its own',
      () =>
        // The network takes the mean of its channels: 1/80 and 1/133.3 of a HU are 1/100 together.
        analyseWith({ ...nearest(LABELS, [64, 32, 16]), channels: 2 }, LABELS, {
          ...BLOCK,
          channels: 2,
          normalisation: [80, 400 / 3].map((sd) => ({ kind: 'fixed', mean: 0, sd })),
        }),
    ],
    [
      '2-D in windows of one size',
      () =>
        analyseWith(nearest(LABELS, [64, 64]), LABELS, { orientation: 'IP', spacingMm: 1, channelOffsetMm: 0, patch: { size: [64, 64] } }), // prettier-ignore
    ],
  ];

  it.each(networks)('%s', async (_name, analyse) => {
    const { findings } = await analyse();
    expect(findings.model).toMatchObject({ name: 'our-spine-net', version: '1' });
    expect(findings.discs.map(({ level }) => level)).toEqual(['L5/S1', 'L4/L5', 'L3/L4', 'L2/L3', 'L1/L2']);
    for (const { heights } of findings.discs.slice(0, 4)) {
      if (heights.status !== 'assessed') throw new Error(`withheld: ${heights.reason.code}`);
      // A voxel takes one class here, so a height is a whole number of them.
      expect(Math.abs(heights.value.middleMm - 10)).toBeLessThan(1.1);
    }
  });

  it('counts levels and names none where the network knows no sacrum', async () => {
    const known = LABELS.slice(0, 4);
    const { findings } = await analyseWith(nearest(known, [64, 32, 16]), known, BLOCK);
    expect(findings.discs.length).toBeGreaterThan(3);
    expect(findings.discs.every(({ level }) => level === null)).toBe(true);
  });
});
