import { createHash } from 'node:crypto';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { KernelModelDigestError, KernelModelShapeError } from '../../errors';
import { type ModelBundle } from '../model-bundle';
import { outputClasses, type OutputClasses } from '../output-classes';
import { type SpineSegmenter } from '../segmenter.port';
import { SPINE_CLASSES } from '../spine-class';

/** Options of {@link createOnnxSegmenter}. */
export interface OnnxSegmenterOptions {
  /** Threads that one run may use; default 1, so that several workers share a machine fairly. */
  readonly intraOpThreads?: number;
  /** Runs the slices of a call one after the other, which takes half the memory of two at once. */
  readonly oneAtATime?: boolean;
}

type Shape = readonly (number | string)[];

/**
 * Loads a network into onnxruntime's CPU provider after checking that it is the one its bundle describes: digest, names,
 * types and sizes of its tensors, and what it answers to an empty window.
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
  const output = outputClasses(bundle);
  const { input } = bundle;
  const { size } = input.patch ?? {};
  const open = Array.from({ length: input.dimensions ?? 2 }, () => undefined);
  const taken = checkTensor(session.inputNames, session.inputMetadata, input.name, [input.channels, ...(size ?? open)]);
  checkTensor(session.outputNames, session.outputMetadata, bundle.output.name, [output.channels, ...(size ?? open)]);
  if (!size && taken.slice(2).some((length) => typeof length === 'number')) {
    throw new KernelModelShapeError(
      `The network takes [${taken.join(', ')}] alone, so the bundle needs input.patch of that size`,
      { name: input.name },
    );
  }
  const network = new Network(session, bundle, output, taken[0] === 1 || options.oneAtATime === true);
  const smallest = size ?? open.map(() => input.multipleOf);
  await network.run(new Float32Array(input.channels * volume(smallest)), [1, input.channels, ...smallest]);

  return {
    model: { name: bundle.name, version: bundle.version, sha256 },
    input,
    segment: (slices, shape) => network.run(slices, shape),
    async close() {
      await session.release();
    },
  };
}

/** A loaded network of a known bundle. */
class Network {
  constructor(
    private readonly session: InferenceSession,
    private readonly bundle: ModelBundle,
    private readonly output: OutputClasses,
    private readonly oneAtATime: boolean,
  ) {}

  async run(slices: Float32Array, shape: readonly number[]): Promise<Float32Array> {
    const [n, c, ...space] = shape as [number, number, ...number[]];
    const { input } = this.bundle;
    const plane = volume(space);
    const fits = input.patch
      ? space.join() === input.patch.size.join()
      : space.length === 2 && space.every((length) => length % input.multipleOf === 0);
    if (c !== input.channels || !fits || slices.length !== n * c * plane) {
      const sizes = input.patch ? input.patch.size.join(', ') : `h, w], h and w multiples of ${input.multipleOf}, [`;
      throw new KernelModelShapeError(`The network takes [n, ${input.channels}, ${sizes}], got [${shape.join(', ')}]`);
    }
    if (!this.oneAtATime || n === 1) return this.output.toClasses(await this.answer(slices, shape), n, plane);
    const result = new Float32Array(n * SPINE_CLASSES.length * plane);
    for (let s = 0; s < n; s++) {
      const one = await this.answer(slices.slice(s * c * plane, (s + 1) * c * plane), [1, c, ...space]);
      result.set(this.output.toClasses(one, 1, plane), s * SPINE_CLASSES.length * plane);
    }
    return result;
  }

  private async answer(slices: Float32Array, shape: readonly number[]): Promise<Float32Array> {
    const { input, output } = this.bundle;
    const expected = [shape[0]!, this.output.channels, ...shape.slice(2)];
    let result;
    try {
      result = await this.session.run({ [input.name]: new Tensor('float32', slices, shape) });
    } catch (cause) {
      const why = cause instanceof Error ? cause.message.slice(0, 200) : 'unknown';
      throw new KernelModelShapeError(`The network can't be run on [${shape.join(', ')}]: ${why}`);
    }
    const tensor = result[output.name];
    if (!(tensor?.data instanceof Float32Array) || tensor.dims.join() !== expected.join()) {
      throw new KernelModelShapeError(
        `The network's output "${output.name}" is ${tensor?.type ?? 'missing'} [${tensor?.dims.join(', ') ?? ''}], wanted float32 [${expected.join(', ')}]`,
      );
    }
    return tensor.data;
  }
}

function volume(sizes: readonly number[]): number {
  return sizes.reduce((product, size) => product * size, 1);
}

async function loadSession(modelBytes: Uint8Array, threads: number): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(modelBytes, {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
      // Laying out all of a run's memory before it takes half as much again, and no less time.
      enableMemPattern: false,
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.slice(0, 200) : 'unknown';
    throw new KernelModelShapeError(`The model file can't be loaded by onnxruntime: ${reason}`);
  }
}

/**
 * Checks name, type and sizes of a tensor where the file states them.
 *
 * @param wanted - channels and spatial sizes; undefined where anything will do
 * @returns the sizes that the file states
 */
function checkTensor(
  names: readonly string[],
  metadata: readonly InferenceSession.ValueMetadata[],
  name: string,
  wanted: readonly (number | undefined)[],
): Shape {
  const index = names.indexOf(name);
  if (index < 0) {
    throw new KernelModelShapeError(`The network has no tensor "${name}", it has ${names.join(', ')}`, { name });
  }
  const entry = metadata[index];
  if (entry === undefined || !entry.isTensor) return [];
  const shape: Shape = entry.shape;
  const fits =
    entry.type === 'float32' &&
    shape.length === wanted.length + 1 &&
    wanted.every((size, n) => size === undefined || typeof shape[n + 1] === 'string' || shape[n + 1] === size);
  if (!fits) {
    const sizes = wanted.map((size, n) => (n === 0 ? `${size ?? 'any'} channels` : (size ?? 'any'))).join(', ');
    throw new KernelModelShapeError(
      `Tensor "${name}" is ${entry.type} [${shape.join(', ')}], the bundle says float32 [n, ${sizes}]`,
      { name },
    );
  }
  return shape;
}
