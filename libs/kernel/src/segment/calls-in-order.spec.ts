import { callsInOrder } from './calls-in-order';
import { type SpineSegmenter } from './segmenter.port';

const segmenter = (width?: number): SpineSegmenter =>
  (width === undefined ? {} : { tasks: { width } }) as unknown as SpineSegmenter;

/** What is asked and taken, in order; answers come last asked first. */
async function course(calls: number, width?: number): Promise<string[]> {
  const events: string[] = [];
  const open: (() => void)[] = [];
  const running = callsInOrder(
    segmenter(width),
    Array.from({ length: calls }, (_, n) => n),
    (n) => {
      events.push(`ask ${n}`);
      return new Promise((resolve) => open.push(() => resolve(Float32Array.of(n))));
    },
    (output, n) => events.push(`take ${n} ${output[0] === n}`),
    () => events.push('other'),
  );
  let over = false;
  void running.then(() => (over = true));
  while (!over) {
    open.pop()?.();
    await Promise.resolve();
  }
  return events;
}

describe('callsInOrder', () => {
  it('has one call under way at a time where there are no threads', async () => {
    expect(await course(3)).toEqual([
      'ask 0', 'other', 'take 0 true', 'ask 1', 'take 1 true', 'ask 2', 'take 2 true',
    ]); // prettier-ignore
  });

  it('has one under way in each thread and one that waits, and takes them in order', async () => {
    expect(await course(5, 2)).toEqual([
      'ask 0', 'ask 1', 'ask 2', 'other', 'take 0 true', 'ask 3', 'take 1 true', 'ask 4', 'take 2 true', 'take 3 true', 'take 4 true',
    ]); // prettier-ignore
  });

  it('does the other work once, however few calls there are', async () => {
    expect(await course(1, 2)).toEqual(['ask 0', 'other', 'take 0 true']);
    expect(await course(0)).toEqual(['other']);
  });

  it('fails with the first call that fails', async () => {
    const failing = callsInOrder(segmenter(2), [0, 1, 2], (n) => Promise.reject(new Error(`call ${n}`)), () => undefined); // prettier-ignore
    await expect(failing).rejects.toThrow('call 0');
  });
});
