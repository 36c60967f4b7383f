import { type ModelBundle } from './model-bundle';
import { SPINE_CLASSES } from './spine-class';

/** Turns what a network answers into probabilities of our classes, plane after plane. */
export interface OutputClasses {
  /** Channels of the network's output. */
  readonly channels: number;
  /**
   * @param data - [n, channels, plane]; may be changed
   * @returns [n, 6, plane], each voxel's classes adding up to 1 where the network's do
   */
  toClasses(data: Float32Array, n: number, plane: number): Float32Array;
}

const CLASSES = SPINE_CLASSES.length;

/** The way from the channels of a bundle to our classes: activation, label map, regions. */
export function outputClasses({ output, classes, labels }: ModelBundle): OutputClasses {
  const target = (classes ?? labels!.map((label) => label.class)).map((name) => SPINE_CLASSES.indexOf(name));
  const channels = target.length;
  const plain = !output.regions && channels === CLASSES && target.every((to, from) => to === from);
  return {
    channels,
    toClasses(data, n, plane) {
      if (output.activation === 'none') (output.regions ? sigmoid : softmaxOver(channels))(data, n, plane);
      if (plain) return data;
      const result = new Float32Array(n * CLASSES * plane);
      for (let s = 0; s < n; s++) {
        const from = data.subarray(s * channels * plane, (s + 1) * channels * plane);
        const to = result.subarray(s * CLASSES * plane, (s + 1) * CLASSES * plane);
        if (output.regions) layRegions(from, to, target, plane);
        else addLabels(from, to, target, plane);
      }
      return result;
    },
  };
}

function addLabels(from: Float32Array, to: Float32Array, target: readonly number[], plane: number): void {
  target.forEach((cls, channel) => {
    for (let p = 0; p < plane; p++) to[cls * plane + p]! += from[channel * plane + p]!;
  });
}

/** Later regions lie over earlier ones; what none covers is background. */
function layRegions(from: Float32Array, to: Float32Array, target: readonly number[], plane: number): void {
  to.fill(1, 0, plane);
  target.forEach((cls, channel) => {
    for (let p = 0; p < plane; p++) {
      const share = from[channel * plane + p]!;
      for (let c = 0; c < CLASSES; c++) to[c * plane + p]! *= 1 - share;
      to[cls * plane + p]! += share;
    }
  });
}

function sigmoid(data: Float32Array): void {
  for (let p = 0; p < data.length; p++) data[p] = 1 / (1 + Math.exp(-data[p]!));
}

function softmaxOver(channels: number): (data: Float32Array, n: number, plane: number) => void {
  return (data, n, plane) => {
    for (let s = 0; s < n; s++) {
      for (let p = 0; p < plane; p++) {
        const first = s * channels * plane + p;
        let top = -Infinity;
        for (let c = 0; c < channels; c++) top = Math.max(top, data[first + c * plane]!);
        let sum = 0;
        for (let c = 0; c < channels; c++) {
          const value = Math.exp(data[first + c * plane]! - top);
          data[first + c * plane] = value;
          sum += value;
        }
        for (let c = 0; c < channels; c++) data[first + c * plane]! /= sum;
      }
    }
  };
}
