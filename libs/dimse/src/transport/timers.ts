/** The clock and timers of this room, so that specs can turn the hands. */
export interface Timers {
  /** Milliseconds of a monotonic clock. */
  now(): number;
  /** Calls back once after `ms`; the returned function cancels. */
  after(ms: number, callback: () => void): () => void;
  /** Calls back every `ms`; the returned function cancels. */
  every(ms: number, callback: () => void): () => void;
}

/** The process's own clock; its timers keep no process alive. */
export const systemTimers: Timers = {
  now: () => performance.now(),
  after: (ms, callback) => {
    const handle = setTimeout(callback, ms);
    handle.unref();
    return () => clearTimeout(handle);
  },
  every: (ms, callback) => {
    const handle = setInterval(callback, ms);
    handle.unref();
    return () => clearInterval(handle);
  },
};
