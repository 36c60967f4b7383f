import { KernelModelBundleError } from '../errors';
import { parseModelBundle } from './model-bundle';
import { SPINE_CLASSES } from './spine-class';

const PLAIN = {
  name: 'slices',
  channels: 1,
  channelOffsetMm: 0,
  spacingMm: 1,
  multipleOf: 32,
  normalisation: 'zscore-per-slice',
  orientation: 'rows superior to inferior, columns anterior to posterior',
};
const BLOCK = {
  ...PLAIN,
  dimensions: 3,
  spacingMm: [3, 0.8, 0.8],
  multipleOf: 8,
  orientation: 'SPL',
  normalisation: [{ kind: 'window', lowHU: -200, highHU: 800 }],
  modalities: ['CT'],
  patch: { size: [16, 64, 64] },
};
const LABELS = ['background', 'vertebral-body', 'disc'].map((name) => ({ name, class: name }));
const json = (change: Record<string, unknown> = {}): Record<string, unknown> => ({
  name: 'tiny',
  version: '1',
  licence: 'Apache-2.0',
  file: 'model.onnx',
  sha256: 'a'.repeat(64),
  input: PLAIN,
  output: { name: 'probabilities', activation: 'softmax' },
  classes: [...SPINE_CLASSES],
  ...change,
});
const input = (change: Record<string, unknown>, base: object = PLAIN): Record<string, unknown> => ({
  input: { ...base, ...change },
});

describe('parseModelBundle', () => {
  it('takes the bundles of the first version as they are', () => {
    expect(parseModelBundle(json({ training: { anything: true } })).input).toEqual(PLAIN);
  });

  it('takes a 3-D network with labels of its own', () => {
    const bundle = parseModelBundle(json({ input: BLOCK, classes: undefined, labels: LABELS }));
    expect(bundle.input.patch).toEqual({ size: [16, 64, 64], overlap: 0.5, weighting: 'gaussian' });
  });

  const bad: [string, Record<string, unknown>, RegExp][] = [
    ['a digest that is none', { sha256: 'abc' }, /sha256/],
    ['a file in another folder', { file: '../model.onnx' }, /file/],
    ['a missing class', { classes: SPINE_CLASSES.slice(1) }, /classes/],
    ['a class listed twice', { classes: [...SPINE_CLASSES.slice(1), 'disc'] }, /twice/],
    ['an unknown activation', { output: { name: 'p', activation: 'relu' } }, /activation/],
    ['classes and labels', { labels: LABELS }, /either classes or labels/],
    ['neither classes nor labels', { classes: undefined }, /either classes or labels/],
    ['labels without discs', { classes: undefined, labels: LABELS.slice(0, 2) }, /no label belongs to disc/],
    [
      'labels of unknown classes',
      { classes: undefined, labels: [...LABELS, { name: 'x', class: 'liver' }] },
      /labels.3/,
    ],
    ['labels without background', { classes: undefined, labels: LABELS.slice(1) }, /no label belongs to background/],
    [
      'regions with background',
      { classes: undefined, labels: LABELS, output: { name: 'p', activation: 'sigmoid', regions: true } },
      /regions have no background/,
    ],
    ['regions under softmax', { output: { name: 'p', activation: 'softmax', regions: true } }, /regions overlap/],
    ['sigmoid without regions', { output: { name: 'p', activation: 'sigmoid' } }, /sigmoid outputs are regions/],
    ['an axis named twice', input({ orientation: 'IS' }), /names an axis twice/],
    ['slices that are not sagittal', input({ orientation: 'LP' }), /not a sagittal plane/],
    ['two axes for three', input({ orientation: 'IP' }, BLOCK), /names 2 axes, not 3/],
    ['the plain orientation in 3-D', input({ orientation: PLAIN.orientation }, BLOCK), /needs three letters/],
    ['a spacing too few', input({ spacingMm: [1, 1] }, BLOCK), /2 numbers for 3 axes/],
    ['3-D without a patch', input({ patch: undefined }, BLOCK), /memory stays bounded/],
    ['a patch of two axes in 3-D', input({ patch: { size: [64, 64] } }, BLOCK), /2 numbers for 3 axes/],
    ['a patch that does not divide', input({ patch: { size: [20, 64, 64] } }, BLOCK), /multiple of multipleOf/],
    ['a patch beyond memory', input({ patch: { size: [512, 512, 512] } }, BLOCK), /more than 4194304 voxels/],
    ['an overlap of everything', input({ patch: { size: [64, 64], overlap: 1 } }), /overlap/],
    ['a window without CT', input({ normalisation: { kind: 'window', lowHU: 0, highHU: 1 } }), /needs "modalities"/],
    ['a window upside down', input({ normalisation: [{ kind: 'window', lowHU: 9, highHU: 1 }] }, BLOCK), /low end/],
    ['a scale per channel too many', input({ normalisation: ['zscore-per-slice', 'zscore-per-slice'] }), /2 entries/],
    ['an unknown scale', input({ normalisation: 'minmax' }), /normalisation/],
    ['neighbours of four channels', input({ channels: 4, channelOffsetMm: 4 }), /neighbouring slices/],
  ];
  it.each(bad)('refuses %s', (_name, change, message) => {
    expect(() => parseModelBundle(json(change))).toThrow(KernelModelBundleError);
    expect(() => parseModelBundle(json(change))).toThrow(message);
  });
});
