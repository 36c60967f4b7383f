/** What a thread runs: a compiled module that exports a function which makes the tasks. */
export interface ThreadModule {
  /** Its path. */
  readonly file: string;
  /** Name of the exported function `(setup) => Promise<{ [task]: (input) => result }>`. */
  readonly create: string;
}

/** What a thread is started with. */
export interface ThreadStart extends ThreadModule {
  readonly setup: unknown;
}

/** To a thread: one task. */
export interface ThreadTask {
  readonly task: string;
  readonly input: unknown;
}

/** An error with what a structured clone of it leaves behind. */
export interface ThreadFailure {
  readonly error: Error;
  readonly code?: unknown;
  readonly retryable?: unknown;
  readonly name: string;
}

/** From a thread: it is ready, or how a task ended. */
export type ThreadAnswer = { readonly result: unknown } | { readonly failure: ThreadFailure };
