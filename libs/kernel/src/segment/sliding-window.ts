import { SPINE_CLASSES } from './spine-class';

type Triple = readonly [number, number, number];

const CLASSES = SPINE_CLASSES.length;
/** Standard deviation of the Gaussian weight as a share of the window, as nnU-Net has it. */
const SIGMA_SHARE = 1 / 8;
const LEAST_WEIGHT = 1e-3;

/** First positions of windows of `size` over `length` voxels: as many as the overlap asks for, evenly spread. */
export function windowStarts(length: number, size: number, overlap: number): number[] {
  if (length <= size) return [0];
  const step = Math.max(1, size * (1 - overlap));
  const count = Math.ceil((length - size) / step) + 1;
  return Array.from({ length: count }, (_, n) => Math.round((n * (length - size)) / (count - 1)));
}

/** Weight of each voxel of a window along one axis; the weight of a voxel is the product of its three. */
export function windowWeights(size: number, gaussian: boolean): Float32Array {
  const sigma = size * SIGMA_SHARE;
  return Float32Array.from({ length: size }, (_, n) =>
    gaussian ? Math.max(LEAST_WEIGHT, Math.exp(-0.5 * ((n - (size - 1) / 2) / sigma) ** 2)) : 1,
  );
}

/** Told the mean probabilities of a voxel, 0 to 1, once all windows over it are in. */
export type VoxelSink = (at: Triple, probabilities: Float32Array) => void;

/**
 * Averages overlapping windows over a grid. Windows come in order along one axis, the one that needs the least memory: only
 * a band as long as one window is held, and what no later window touches goes to the sink.
 */
export class WindowAverage {
  /** The axis along which windows must come in order. */
  readonly march: 0 | 1 | 2;
  private readonly band: Triple;
  private readonly sums: Float32Array;
  private readonly weights: Float32Array;
  private readonly along: readonly Float32Array[];
  private done = 0;

  constructor(
    private readonly dims: Triple,
    private readonly window: Triple,
    gaussian: boolean,
    private readonly sink: VoxelSink,
  ) {
    const share = (axis: 0 | 1 | 2): number => Math.min(1, window[axis] / dims[axis]);
    this.march = ([1, 2] as const).reduce<0 | 1 | 2>((best, axis) => (share(axis) < share(best) ? axis : best), 0);
    this.band = dims.map((size, axis) => (axis === this.march ? Math.min(size, window[axis]!) : size)) as never;
    const voxels = this.band[0] * this.band[1] * this.band[2];
    this.sums = new Float32Array(voxels * CLASSES);
    this.weights = new Float32Array(voxels);
    this.along = window.map((size) => windowWeights(size, gaussian));
  }

  /**
   * Adds one window.
   *
   * @param start - its first voxel; starts along {@link WindowAverage.march} never decrease
   * @param values - class after class over the window, slice-major
   */
  add(start: Triple, values: Float32Array): void {
    this.flushTo(start[this.march]);
    const [w0, w1, w2] = this.window;
    const plane = w0 * w1 * w2;
    for (let a = 0; a < Math.min(w0, this.dims[0] - start[0]); a++) {
      for (let b = 0; b < Math.min(w1, this.dims[1] - start[1]); b++) {
        const outer = this.along[0]![a]! * this.along[1]![b]!;
        for (let c = 0; c < Math.min(w2, this.dims[2] - start[2]); c++) {
          const weight = outer * this.along[2]![c]!;
          const to = this.place(start[0] + a, start[1] + b, start[2] + c);
          const from = (a * w1 + b) * w2 + c;
          this.weights[to]! += weight;
          for (let n = 0; n < CLASSES; n++) this.sums[to * CLASSES + n]! += weight * values[n * plane + from]!;
        }
      }
    }
  }

  /** Hands out what is left. */
  finish(): void {
    this.flushTo(this.dims[this.march]);
  }

  private place(a: number, b: number, c: number): number {
    const at = [a, b, c];
    at[this.march]! %= this.band[this.march];
    return (at[0]! * this.band[1] + at[1]!) * this.band[2] + at[2]!;
  }

  private flushTo(position: number): void {
    const p = new Float32Array(CLASSES);
    const end = this.dims.slice() as [number, number, number];
    for (; this.done < position; this.done++) {
      const from = [0, 0, 0];
      from[this.march] = this.done;
      end[this.march] = this.done + 1;
      for (let a = from[0]!; a < end[0]; a++) {
        for (let b = from[1]!; b < end[1]; b++) {
          for (let c = from[2]!; c < end[2]; c++) {
            const at = this.place(a, b, c);
            const weight = this.weights[at]!;
            for (let n = 0; n < CLASSES; n++)
              p[n] = weight > 0 ? this.sums[at * CLASSES + n]! / weight : Number(n === 0);
            this.sink([a, b, c], p);
            this.weights[at] = 0;
            this.sums.fill(0, at * CLASSES, (at + 1) * CLASSES);
          }
        }
      }
    }
  }
}
