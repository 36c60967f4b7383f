import { createHash } from 'node:crypto';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { KernelModelDigestError, KernelModelShapeError } from '../../errors';
import { type ModelBundle } from '../model-bundle';
import { type SpineSegmenter } from '../segmenter.port';
import { SPINE_CLASSES } from '../spine-class';

/** Options of {@link createOnnxSegmenter}. */
export interface OnnxSegmenterOptions {
  /** Threads that one run may use; default 1, so that several workers share a machine fairly. */
  readonly intraOpThreads?: number;
}

type Shape = readonly (number | string)[];

/**
 * Loads a network into onnxruntime's CPU provider after checking that it is the one its bundle describes.
 *
 * @param modelBytes - the whole model file; may be dropped afterwards
 * @throws {@link KernelModelDigestError} `KERNEL_MODEL_DIGEST`
 * @throws {@link KernelModelShapeError} `KERNEL_MODEL_SHAPE`
 */
export async function createOnnxSegmenter(
  bundle: ModelBundle,
  modelBytes: Uint8Array,
  options: OnnxSegmenterOptions = {},
): Promise<SpineSegmenter> {
  const sha256 = createHash('sha256').update(modelBytes).digest('hex');
  if (sha256 !== bundle.sha256) throw new KernelModelDigestError(bundle.sha256, sha256);
  const session = await loadSession(modelBytes, options.intraOpThreads ?? 1);
  checkTensor(session.inputNames, session.inputMetadata, bundle.input.name, [undefined, bundle.input.channels]);
  checkTensor(session.outputNames, session.outputMetadata, bundle.output.name, [undefined, SPINE_CLASSES.length]);
  const order = SPINE_CLASSES.map((name) => bundle.classes.indexOf(name));

  return {
    model: { name: bundle.name, version: bundle.version, sha256 },
    input: bundle.input,
    async segment(slices, shape) {
      const [n, c, h, w] = shape;
      const step = bundle.input.multipleOf;
      if (c !== bundle.input.channels || h % step !== 0 || w % step !== 0 || slices.length !== n * c * h * w) {
        throw new KernelModelShapeError(
          `The network takes [n, ${bundle.input.channels}, h, w] with h, w multiples of ${step}`,
        );
      }
      const result = await session.run({ [bundle.input.name]: new Tensor('float32', slices, [n, c, h, w]) });
      const output = result[bundle.output.name];
      const plane = h * w;
      if (!(output?.data instanceof Float32Array) || output.data.length !== n * SPINE_CLASSES.length * plane) {
        throw new KernelModelShapeError(`The network's output "${bundle.output.name}" is not float32 [n, 6, h, w]`);
      }
      const ordered = reorder(output.data, n, plane, order);
      if (bundle.output.activation === 'none') softmax(ordered, n, plane);
      return ordered;
    },
    async close() {
      await session.release();
    },
  };
}

async function loadSession(modelBytes: Uint8Array, threads: number): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(modelBytes, {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.slice(0, 200) : 'unknown';
    throw new KernelModelShapeError(`The model file can't be loaded by onnxruntime: ${reason}`);
  }
}

function checkTensor(
  names: readonly string[],
  metadata: readonly InferenceSession.ValueMetadata[],
  name: string,
  leading: readonly (number | undefined)[],
): void {
  const index = names.indexOf(name);
  if (index < 0) {
    throw new KernelModelShapeError(`The network has no tensor "${name}", it has ${names.join(', ')}`, { name });
  }
  const entry = metadata[index];
  if (entry === undefined || !entry.isTensor) return;
  const shape: Shape = entry.shape;
  const fits =
    entry.type === 'float32' &&
    shape.length === 4 &&
    leading.every((size, axis) => size === undefined || typeof shape[axis] === 'string' || shape[axis] === size);
  if (!fits) {
    throw new KernelModelShapeError(
      `Tensor "${name}" is ${entry.type} [${shape.join(', ')}], wanted float32 with ${leading[1] ?? '?'} channels`,
      { name },
    );
  }
}

function reorder(data: Float32Array, n: number, plane: number, order: readonly number[]): Float32Array {
  if (order.every((from, to) => from === to)) return data;
  const classes = order.length;
  const ordered = new Float32Array(data.length);
  for (let s = 0; s < n; s++) {
    order.forEach((from, to) => {
      const start = (s * classes + from) * plane;
      ordered.set(data.subarray(start, start + plane), (s * classes + to) * plane);
    });
  }
  return ordered;
}

function softmax(data: Float32Array, n: number, plane: number): void {
  const classes = SPINE_CLASSES.length;
  for (let s = 0; s < n; s++) {
    for (let p = 0; p < plane; p++) {
      const first = s * classes * plane + p;
      let top = -Infinity;
      for (let c = 0; c < classes; c++) top = Math.max(top, data[first + c * plane] ?? 0);
      let sum = 0;
      for (let c = 0; c < classes; c++) {
        const value = Math.exp((data[first + c * plane] ?? 0) - top);
        data[first + c * plane] = value;
        sum += value;
      }
      for (let c = 0; c < classes; c++) data[first + c * plane] = (data[first + c * plane] ?? 0) / sum;
    }
  }
}
