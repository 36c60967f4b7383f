/** Facts an error may carry into a log: UIDs of images, counts, sizes. */
export type ImagingErrorFacts = Readonly<Record<string, string | number | boolean>>;

/** Base of every error of this room; `code` is stable, `retryable` is false because the same images fail again. */
export class ImagingError extends Error {
  /** Doing the same with the same images fails again. */
  readonly retryable = false;

  constructor(
    /** Stable, upper case, starts with `IMAGING_`. */
    readonly code: string,
    message: string,
    /** Safe facts for logs. */
    readonly facts: ImagingErrorFacts = {},
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A series has no geometry or no images to make a volume of (`IMAGING_SERIES_UNUSABLE`). */
export class ImagingSeriesError extends ImagingError {
  constructor(message: string, facts: ImagingErrorFacts = {}) {
    super('IMAGING_SERIES_UNUSABLE', message, facts);
  }
}

/** The bytes of an instance are not what its header said when the series was made (`IMAGING_INSTANCE_MISMATCH`). */
export class ImagingInstanceError extends ImagingError {
  constructor(message: string, facts: ImagingErrorFacts) {
    super('IMAGING_INSTANCE_MISMATCH', message, facts);
  }
}

/** A volume or stack would take more memory than allowed (`IMAGING_VOLUME_TOO_LARGE`). */
export class ImagingSizeError extends ImagingError {
  constructor(message: string, facts: ImagingErrorFacts) {
    super('IMAGING_VOLUME_TOO_LARGE', message, facts);
  }
}
