import { openSegmenter, readBundle } from '../segment/open-segmenter';
import { type SpineSegmenter } from '../segment/segmenter.port';
import { KERNEL_TASKS, runTask, type KernelTaskSetup } from './kernel-tasks';
import { type StartTasks } from './task-runner.port';

/** Each has a network with its working memory, some 100 MB for a slice of a whole spine. */
const MOST_RUNNERS = 4;

/**
 * Loads a model once per thread: as many of its calls as there are threads run at the same time, and none of them keeps the
 * caller's own thread busy, as a call of onnxruntime-node does.
 *
 * With one thread, or where the kernel is not compiled, it is loaded as `openSegmenter` does.
 *
 * @param read - gives a file of the bundle's folder by its name
 * @param threads - threads that may be busy at the same time
 * @param start - starts threads with the tasks of KERNEL_TASKS
 * @param compiled - whether threads can load the module of the tasks
 * @throws what openSegmenter throws, by its `code`
 */
export async function openThreadedSegmenter(
  read: (file: string) => Promise<Uint8Array>,
  threads: number,
  start: StartTasks,
  compiled = KERNEL_TASKS.file.endsWith('.js'),
): Promise<SpineSegmenter> {
  if (threads === 1 || !compiled) return openSegmenter(read, { intraOpThreads: threads });
  const width = Math.min(threads, MOST_RUNNERS);
  const setup: KernelTaskSetup = { files: await readBundle(read), intraOpThreads: Math.floor(threads / width) };
  const tasks = await start({ ...KERNEL_TASKS, width, setup });
  const { model, input } = await runTask(tasks, 'describe', undefined);
  return {
    model,
    input,
    tasks,
    segment: (slices, shape) => runTask(tasks, 'segment', { slices, shape }, ownBuffers(slices)),
    close: () => tasks.close(),
  };
}

function ownBuffers({ buffer, byteLength }: Float32Array): ArrayBuffer[] {
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
}
