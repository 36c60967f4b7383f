/** Facts an error may carry into a log: names, shapes and digests, never a value of a patient. */
export type KernelErrorFacts = Readonly<Record<string, string | number | boolean>>;

/** Base of every error of this room; `code` is stable, starts with `KERNEL_`; `retryable` is false: the same input fails again. */
export class KernelError extends Error {
  /** Doing the same again fails again. */
  readonly retryable = false;

  constructor(
    readonly code: string,
    message: string,
    readonly facts: KernelErrorFacts = {},
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A bundle.json does not say what the kernel needs to run the network (`KERNEL_MODEL_BUNDLE`). */
export class KernelModelBundleError extends KernelError {
  constructor(message: string) {
    super('KERNEL_MODEL_BUNDLE', message);
  }
}

/** The model file is not the one that its bundle names (`KERNEL_MODEL_DIGEST`). */
export class KernelModelDigestError extends KernelError {
  constructor(expected: string, found: string) {
    super(
      'KERNEL_MODEL_DIGEST',
      `The model file has sha256 ${found}, its bundle.json says ${expected}. Fetch it again.`,
      {
        expected,
        found,
      },
    );
  }
}

/** The network's inputs or outputs are not what its bundle says (`KERNEL_MODEL_SHAPE`). */
export class KernelModelShapeError extends KernelError {
  constructor(message: string, facts: KernelErrorFacts = {}) {
    super('KERNEL_MODEL_SHAPE', message, facts);
  }
}

/** A label file is no NIfTI-1 volume that can be read (`KERNEL_NIFTI_INVALID`). */
export class KernelNiftiError extends KernelError {
  constructor(message: string, facts: KernelErrorFacts = {}) {
    super('KERNEL_NIFTI_INVALID', message, facts);
  }
}
