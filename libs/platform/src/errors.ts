/** Base of every failure of the platform room. */
export class PlatformError extends Error {
  constructor(
    readonly code: 'PLATFORM_CONFIG_INVALID' | 'PLATFORM_START_FAILED' | 'PLATFORM_THREAD_ENDED',
    message: string,
    options?: ErrorOptions,
    readonly retryable = false,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The environment does not make a configuration; `faults` has one line per fault and never a value. */
export class ConfigInvalidError extends PlatformError {
  constructor(readonly faults: readonly string[]) {
    super('PLATFORM_CONFIG_INVALID', `The configuration has ${faults.length} fault(s):\n  ${faults.join('\n  ')}`);
  }
}

/** A thread ended before its task was done; another one takes its place. */
export class ThreadEndedError extends PlatformError {
  constructor(how: string) {
    super('PLATFORM_THREAD_ENDED', `A thread ended (${how}) before its task was done. Do it again.`, undefined, true);
  }
}

/** The part of the error shape that all rooms share. */
export interface CodedError {
  readonly name: string;
  readonly code: string;
  readonly retryable: boolean;
  readonly message: string;
}

/** True for the errors of our rooms, whichever room they come from. */
export function isCodedError(error: unknown): error is CodedError & Error {
  if (!(error instanceof Error)) return false;
  const { code, retryable } = error as { code?: unknown; retryable?: unknown };
  return typeof code === 'string' && typeof retryable === 'boolean';
}
