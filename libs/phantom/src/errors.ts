/** Base of every error of this room; `code` is stable, `retryable` is false because the same options fail again. */
export class PhantomError extends Error {
  /** Doing the same with the same options fails again. */
  readonly retryable = false;

  constructor(
    /** Stable, upper case, starts with `PHANTOM_`. */
    readonly code: string,
    message: string,
    /** Safe facts for logs. */
    readonly facts: Readonly<Record<string, string | number>> = {},
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** An option is out of the range that can be drawn (`PHANTOM_OPTION_INVALID`). */
export class PhantomOptionError extends PhantomError {
  constructor(option: string, value: number, range: string) {
    super('PHANTOM_OPTION_INVALID', `${option} is ${value}; ${range} can be drawn`, { option, value });
  }
}

/** @throws {@link PhantomOptionError} `PHANTOM_OPTION_INVALID` if a value is not within [low, high] */
export function checkRange(option: string, value: number, low: number, high: number): void {
  if (!(value >= low && value <= high)) throw new PhantomOptionError(option, value, `${low} to ${high}`);
}
