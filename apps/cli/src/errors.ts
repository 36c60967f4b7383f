/** A failure to tell the caller of a command, with the exit code that goes with it. */
export class CliError extends Error {
  readonly retryable = false;

  constructor(
    readonly code: 'CLI_FAILED' | 'CLI_USAGE',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'CliError';
  }

  /** 1 for work that failed, 2 for a call whose words are off. */
  get exitCode(): 1 | 2 {
    return this.code === 'CLI_USAGE' ? 2 : 1;
  }
}
