import { type SpineSegmenter } from './segmenter.port';

/**
 * Calls of a network whose answers are taken in order: one at a time, or, with threads, one in each and one that waits, so that
 * the next input is made and the last answer is taken while they run.
 *
 * @param ask - makes the input and calls the network
 * @param meanwhile - other work, done once, when the first calls are under way
 */
export async function callsInOrder<Call>(
  { tasks }: SpineSegmenter,
  calls: Iterable<Call>,
  ask: (call: Call) => Promise<Float32Array>,
  take: (output: Float32Array, call: Call) => void,
  meanwhile?: () => void,
): Promise<void> {
  const ahead = tasks ? tasks.width + 1 : 1;
  const running: { readonly output: Promise<Float32Array>; readonly call: Call }[] = [];
  const takeNext = async (): Promise<void> => {
    const { output, call } = running.shift()!;
    take(await output, call);
  };
  let other = meanwhile;
  for (const call of calls) {
    if (running.length === ahead) {
      other?.();
      other = undefined;
      await takeNext();
    }
    const output = ask(call);
    // Its failure counts when its turn has come.
    output.catch(() => undefined);
    running.push({ output, call });
  }
  other?.();
  while (running.length > 0) await takeNext();
}
