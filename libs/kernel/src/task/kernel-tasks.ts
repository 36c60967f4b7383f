import { openSegmenter } from '../segment/open-segmenter';
import { type SegmenterShape, type SpineSegmenter } from '../segment/segmenter.port';
import { type TaskRunner } from './task-runner.port';

/** What the tasks of one thread are made from. */
export interface KernelTaskSetup {
  /** The bundle's, by name. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** Threads within one call of the network. */
  readonly intraOpThreads: number;
}

/** The tasks of one thread, which has a network of its own. */
export interface KernelTasks {
  describe(nothing: undefined): Pick<SpineSegmenter, 'model' | 'input'>;
  segment(call: { slices: Float32Array; shape: SegmenterShape }): Promise<Float32Array>;
}

/** The module of the tasks, for whoever starts threads. */
export const KERNEL_TASKS = { file: __filename, create: 'createKernelTasks' } as const;

/** Makes the tasks of one thread. @throws KernelModelBundleError, KernelModelDigestError, KernelModelShapeError */
export async function createKernelTasks({ files, intraOpThreads }: KernelTaskSetup): Promise<KernelTasks> {
  const segmenter = await openSegmenter((file) => Promise.resolve(files[file]!), { intraOpThreads, oneAtATime: true });
  return {
    describe: () => ({ model: segmenter.model, input: segmenter.input }),
    segment: ({ slices, shape }) => segmenter.segment(slices, shape),
  };
}

type Input<Name extends keyof KernelTasks> = Parameters<KernelTasks[Name]>[0];
type Output<Name extends keyof KernelTasks> = Awaited<ReturnType<KernelTasks[Name]>>;

/** Has one task done by a runner. */
export async function runTask<Name extends keyof KernelTasks>(
  runner: TaskRunner,
  name: Name,
  input: Input<Name>,
  move?: readonly ArrayBuffer[],
): Promise<Output<Name>> {
  return (await runner.run(name, input, move)) as Output<Name>;
}
