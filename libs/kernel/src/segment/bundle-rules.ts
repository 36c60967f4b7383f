import { SPINE_CLASSES, type SpineClass } from './spine-class';

/** A fault of a bundle.json and where it stands. */
export interface BundleFault {
  readonly path: string[];
  readonly message: string;
}

interface Candidate {
  readonly input: {
    readonly dimensions?: 2 | 3 | undefined;
    readonly channels: number;
    readonly channelOffsetMm: number;
    readonly spacingMm: number | readonly number[];
    readonly multipleOf: number;
    readonly normalisation: unknown;
    readonly orientation: string;
    readonly modalities?: readonly string[] | undefined;
    readonly patch?: { readonly size: readonly number[] } | undefined;
  };
  readonly output: { readonly activation: string; readonly regions?: boolean | undefined };
  readonly classes?: readonly SpineClass[] | undefined;
  readonly labels?: readonly { readonly class: SpineClass }[] | undefined;
}

/** What the chain of vertebrae can't be found without. */
const NEEDED = ['vertebral-body', 'disc'] as const;
/** 2^22 voxels of float32 and six classes of them are 112 MB. */
const MAX_PATCH_VOXELS = 2 ** 22;
const AXIS_OF: Readonly<Record<string, number>> = { L: 0, R: 0, S: 1, I: 1, A: 2, P: 2 };

/** What fits the schema field by field and yet not together. */
export function modelFaults({ input, output, classes, labels }: Candidate): BundleFault[] {
  const faults: BundleFault[] = [];
  const fault = (path: string, message: string): void => void faults.push({ path: path.split('.'), message });
  const dimensions = input.dimensions ?? 2;
  if (/^[A-Z]+$/.test(input.orientation)) checkOrientation(input.orientation, dimensions, fault);
  else if (dimensions === 3) fault('input.orientation', 'a 3-D network needs three letters, for example LIP');
  if (Array.isArray(input.spacingMm) && input.spacingMm.length !== dimensions)
    fault('input.spacingMm', `${input.spacingMm.length} numbers for ${dimensions} axes`);
  checkPatch(input, dimensions, fault);
  checkChannels(input, dimensions, fault);
  if (output.regions && output.activation === 'softmax')
    fault('output.activation', 'regions overlap, so they come with sigmoid or none');
  if (!output.regions && output.activation === 'sigmoid')
    fault('output.regions', 'sigmoid outputs are regions; say "regions": true');
  checkLabels(classes, labels, output.regions === true, fault);
  return faults;
}

type Report = (path: string, message: string) => void;

function checkOrientation(code: string, dimensions: number, fault: Report): void {
  const axes = [...code].map((letter) => AXIS_OF[letter]);
  if (code.length !== dimensions) fault('input.orientation', `${code} names ${code.length} axes, not ${dimensions}`);
  else if (new Set(axes).size !== axes.length) fault('input.orientation', `${code} names an axis twice`);
  else if (dimensions === 2 && axes.includes(0))
    fault('input.orientation', `${code} is not a sagittal plane; a 2-D network sees sagittal slices`);
}

function checkPatch({ patch, multipleOf }: Candidate['input'], dimensions: number, fault: Report): void {
  if (!patch) {
    if (dimensions === 3) fault('input.patch', 'a 3-D network needs one, so that memory stays bounded');
    return;
  }
  if (patch.size.length !== dimensions)
    fault('input.patch.size', `${patch.size.length} numbers for ${dimensions} axes`);
  else if (patch.size.some((size) => size % multipleOf !== 0))
    fault('input.patch.size', `not a multiple of multipleOf, ${multipleOf}`);
  if (patch.size.reduce((a, b) => a * b, 1) > MAX_PATCH_VOXELS)
    fault('input.patch.size', `more than ${MAX_PATCH_VOXELS} voxels`);
}

function checkChannels(input: Candidate['input'], dimensions: number, fault: Report): void {
  const { channels, channelOffsetMm, normalisation, modalities } = input;
  if (channelOffsetMm > 0 && (dimensions === 3 || channels !== 3) && channels !== 1)
    fault('input.channelOffsetMm', 'neighbouring slices are the three channels of a 2-D network');
  if (Array.isArray(normalisation) && normalisation.length !== channels)
    fault('input.normalisation', `${normalisation.length} entries for ${channels} channels`);
  const entries: unknown[] = Array.isArray(normalisation) ? normalisation : [normalisation];
  for (const entry of entries) {
    if (typeof entry !== 'object' || entry === null || !('kind' in entry)) continue;
    const low = 'lowHU' in entry ? Number(entry.lowHU) : 'low' in entry ? Number(entry.low) : 0;
    const high = 'highHU' in entry ? Number(entry.highHU) : 'high' in entry ? Number(entry.high) : 1;
    if (low >= high) fault('input.normalisation', `${String(entry.kind)}: the low end lies above the high end`);
    if (entry.kind === 'window' && modalities?.join() !== 'CT')
      fault('input.normalisation', 'a window in HU needs "modalities": ["CT"]');
  }
}

function checkLabels(
  classes: Candidate['classes'],
  labels: Candidate['labels'],
  regions: boolean,
  fault: Report,
): void {
  if ((classes === undefined) === (labels === undefined)) {
    fault('classes', 'give either classes or labels');
    return;
  }
  if (classes && new Set(classes).size !== SPINE_CLASSES.length) fault('classes', 'one is listed twice');
  if (classes && regions) fault('classes', 'regions are given as labels');
  const known = new Set(labels?.map((label) => label.class) ?? SPINE_CLASSES);
  for (const needed of NEEDED) if (!known.has(needed)) fault('labels', `no label belongs to ${needed}`);
  if (labels && regions && known.has('background')) fault('labels', 'regions have no background');
  if (labels && !regions && !known.has('background')) fault('labels', 'no label belongs to background');
}
