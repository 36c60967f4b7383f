import { parentPort, workerData, type TransferListItem } from 'node:worker_threads';
import { type ThreadAnswer, type ThreadFailure, type ThreadStart, type ThreadTask } from './thread-message';

/** Where a thread begins: it loads its module, says that it is ready, and does one task after the other. */
type Tasks = Readonly<Record<string, (input: unknown) => unknown>>;

const port = parentPort;
if (!port) throw new Error('thread-entry runs in a thread');
const { file, create, setup } = workerData as ThreadStart;
// eslint-disable-next-line @typescript-eslint/no-require-imports -- the module is named by whoever starts the thread
const module_ = require(file) as Readonly<Record<string, (setup: unknown) => Promise<Tasks>>>;

async function serve(): Promise<void> {
  const tasks = await module_[create]!(setup);
  port!.on('message', ({ task, input }: ThreadTask) => answer(async () => tasks[task]!(input)));
}

function answer(work: () => Promise<unknown>): void {
  work().then(
    (result) => tell({ result }, buffersOf(result)),
    (error: unknown) => tell({ failure: failureOf(error) }, []),
  );
}

function tell(message: ThreadAnswer, move: readonly TransferListItem[]): void {
  port!.postMessage(message, move);
}

/** The memory of an array that is the whole result goes over and is not copied. */
function buffersOf(result: unknown): ArrayBuffer[] {
  return ArrayBuffer.isView(result) && result.buffer instanceof ArrayBuffer ? [result.buffer] : [];
}

function failureOf(error: unknown): ThreadFailure {
  const { code, retryable } = (error ?? {}) as { code?: unknown; retryable?: unknown };
  const thrown = error instanceof Error ? error : new Error('a thread threw something that is no error');
  return { error: thrown, name: thrown.name, code, retryable };
}

answer(serve);
