import { type ModelInput } from './model-bundle';

/** The slice that goes into a channel of a network of three: the slice itself in the middle one, a neighbour in the others. */
export function neighbourSlice(
  slice: number,
  channel: number,
  input: Pick<ModelInput, 'channels' | 'channelOffsetMm'>,
  spacingMm: number,
  slices: number,
): number {
  const step = channel - (input.channels - 1) / 2;
  if (step === 0) return slice;
  const offset = Math.sign(step) * Math.max(1, Math.round((Math.abs(step) * input.channelOffsetMm) / spacingMm));
  return Math.min(Math.max(slice + offset, 0), slices - 1);
}
