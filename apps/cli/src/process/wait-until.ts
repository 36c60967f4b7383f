/** How long and how often to ask. */
export interface WaitOptions {
  readonly timeoutMs: number;
  readonly everyMs?: number;
  /** Ends the wait with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Asks until there is an answer.
 *
 * @param what - named in the error when the time is over
 * @param ask - undefined means "not yet"; what it throws ends the wait
 */
export async function waitUntil<T>(what: string, ask: () => Promise<T | undefined>, options: WaitOptions): Promise<T> {
  const deadline = Date.now() + options.timeoutMs;
  for (;;) {
    options.signal?.throwIfAborted();
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${Math.round(options.timeoutMs / 1000)} s.`);
    await new Promise((resolve) => setTimeout(resolve, options.everyMs ?? 100));
  }
}
