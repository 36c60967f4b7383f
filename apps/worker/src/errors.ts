/** Stable codes of what the worker itself can fail with. */
export type WorkerErrorCode =
  | 'WORKER_BUNDLE_UNUSABLE'
  | 'WORKER_VERSION_MISSING'
  | 'WORKER_INSTANCE_MISSING'
  | 'WORKER_ANALYSIS_FAILED'
  | 'WORKER_CORRECTION_INVALID';

/** Base of every failure of the worker. */
export class WorkerError extends Error {
  constructor(
    readonly code: WorkerErrorCode,
    readonly retryable: boolean,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The network cannot be used; the process must not start with it. */
export class BundleUnusableError extends WorkerError {
  constructor(folder: string, why: string, options?: ErrorOptions) {
    super(
      'WORKER_BUNDLE_UNUSABLE',
      false,
      `The model bundle in "${folder}" is refused: ${why} Set MODEL_BUNDLE to a folder with bundle.json and its model file.`,
      options,
    );
  }
}

/** A job names a version that has no manifest. */
export class VersionMissingError extends WorkerError {
  constructor(readonly version: number) {
    super('WORKER_VERSION_MISSING', true, `Version ${version} has no manifest; it is tried again later.`);
  }
}

/** An instance of the manifest is not in the store. */
export class InstanceMissingError extends WorkerError {
  constructor(options?: ErrorOptions) {
    super('WORKER_INSTANCE_MISSING', true, 'An instance of the manifest is not in the store.', options);
  }
}

/** The analysis ended with an error that is not ours; its own message may quote a value and is left out. */
export class AnalysisFailedError extends WorkerError {
  constructor(what: string, options?: ErrorOptions) {
    super('WORKER_ANALYSIS_FAILED', true, `The analysis failed: ${what}.`, options);
  }
}

/** The findings that a version was made of do not have the form they were written in. */
export class CorrectionUnreadableError extends WorkerError {
  constructor() {
    super(
      'WORKER_CORRECTION_INVALID',
      false,
      'The corrected findings of this version cannot be read. Correct it anew.',
    );
  }
}
