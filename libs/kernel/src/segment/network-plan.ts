import { type ModelInput, type Normalisation } from './model-bundle';

/** Axes of a sagittal stack in the order of its storage: slice (to the left), row (to inferior), column (to posterior). */
export type StackTriple = readonly [slice: number, row: number, column: number];

/** A bundle's input in the terms of a sagittal stack. */
export interface NetworkPlan {
  readonly dimensions: 2 | 3;
  readonly channels: number;
  readonly neighbours: boolean;
  readonly normalisation: readonly Normalisation[];
  /** Axis of the stack (0 slice, 1 row, 2 column) of each spatial axis of the tensor, and whether it runs backwards. */
  readonly axes: readonly { readonly stack: 0 | 1 | 2; readonly flipped: boolean }[];
  /** Distance of slices, rows and columns, mm; the slices of a 2-D network lie where the series has them. */
  readonly spacingMm: readonly [slice: number | undefined, row: number, column: number];
  /** Window in voxels along slice, row and column; undefined: whole slices. */
  readonly window: StackTriple | undefined;
  readonly overlap: number;
  readonly gaussian: boolean;
}

const SENTENCE_CODE = 'IP';
const STACK_AXIS: Readonly<Record<string, 0 | 1 | 2>> = { L: 0, R: 0, S: 1, I: 1, A: 2, P: 2 };
const BACKWARDS = 'RSA';

/** Brings what a checked bundle says of its input into the terms of a sagittal stack. */
export function networkPlan(input: ModelInput): NetworkPlan {
  const dimensions = input.dimensions ?? 2;
  const code = /^[A-Z]+$/.test(input.orientation) ? input.orientation : SENTENCE_CODE;
  const axes = [...code].map((letter) => ({ stack: STACK_AXIS[letter]!, flipped: BACKWARDS.includes(letter) }));
  const spacing = axes.map((_, n) =>
    Array.isArray(input.spacingMm) ? input.spacingMm[n]! : input.spacingMm,
  ) as number[];
  const along = (values: readonly number[], axis: 0 | 1 | 2): number | undefined =>
    values[axes.findIndex(({ stack }) => stack === axis)];
  const patch = input.patch;
  return {
    dimensions,
    channels: input.channels,
    neighbours: dimensions === 2 && input.channels === 3 && input.channelOffsetMm > 0,
    normalisation: Array.isArray(input.normalisation)
      ? input.normalisation
      : Array.from({ length: input.channels }, () => input.normalisation as Normalisation),
    axes,
    spacingMm: [along(spacing, 0), along(spacing, 1)!, along(spacing, 2)!],
    window: patch && [along(patch.size, 0) ?? 1, along(patch.size, 1)!, along(patch.size, 2)!],
    overlap: patch?.overlap ?? 0,
    gaussian: patch?.weighting !== 'even',
  };
}
