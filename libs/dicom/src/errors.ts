/** Facts an error may carry into a log: offsets, tags, UIDs of transfer syntaxes and counts, never a value of a patient. */
export type DicomErrorFacts = Readonly<Record<string, string | number | boolean>>;

/** Base of every error of this room; `code` is stable, `retryable` is false because the same bytes fail again. */
export class DicomError extends Error {
  /** Doing the same with the same bytes fails again. */
  readonly retryable = false;

  constructor(
    /** Stable, upper case, starts with `DICOM_`. */
    readonly code: string,
    message: string,
    /** Safe facts for logs. */
    readonly facts: DicomErrorFacts = {},
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A text is not a UID (`DICOM_UID_INVALID`). @standard PS3.5 9.1 */
export class DicomUidError extends DicomError {
  constructor(reason: string) {
    super('DICOM_UID_INVALID', `Not a UID of PS3.5 9.1: ${reason}`, { reason });
  }
}

/** The bytes end before the data element or sequence that they announce (`DICOM_DATASET_TRUNCATED`). */
export class DicomTruncatedError extends DicomError {
  constructor(message: string, facts: DicomErrorFacts) {
    super('DICOM_DATASET_TRUNCATED', message, facts);
  }
}

/** The bytes are no data set in the given transfer syntax (`DICOM_DATASET_INVALID`). */
export class DicomDataSetError extends DicomError {
  constructor(message: string, facts: DicomErrorFacts, options?: { cause?: unknown }) {
    super('DICOM_DATASET_INVALID', message, facts, options);
  }
}

/** The data set asks for more than a limit allows: depth, header bytes, inflated bytes (`DICOM_LIMIT_EXCEEDED`). */
export class DicomLimitError extends DicomError {
  constructor(message: string, facts: DicomErrorFacts) {
    super('DICOM_LIMIT_EXCEEDED', message, facts);
  }
}

/** The bytes are no DICOM file of PS3.10 (`DICOM_PART10_INVALID`). */
export class DicomPart10Error extends DicomError {
  constructor(message: string, facts: DicomErrorFacts = {}) {
    super('DICOM_PART10_INVALID', message, facts);
  }
}

/** A natural data set cannot be written: unknown keyword or a value its VR cannot hold (`DICOM_VALUE_INVALID`). */
export class DicomValueError extends DicomError {
  constructor(keyword: string, reason: string) {
    super('DICOM_VALUE_INVALID', `${keyword}: ${reason}`, { keyword, reason });
  }
}

/** No code here reads or writes this transfer syntax (`DICOM_TRANSFER_SYNTAX_UNSUPPORTED`). */
export class DicomTransferSyntaxError extends DicomError {
  constructor(transferSyntaxUID: string, use: string) {
    super('DICOM_TRANSFER_SYNTAX_UNSUPPORTED', `Transfer syntax ${transferSyntaxUID} cannot be ${use}`, {
      transferSyntaxUID,
    });
  }
}

/** Geometry that cannot be computed with: singular affine, collinear direction cosines (`DICOM_GEOMETRY_INVALID`). */
export class DicomGeometryError extends DicomError {
  constructor(message: string) {
    super('DICOM_GEOMETRY_INVALID', message);
  }
}

/** No kept codec decodes this pixel data (`DICOM_CODEC_UNSUPPORTED`). */
export class DicomCodecUnsupportedError extends DicomError {
  constructor(message: string, facts: DicomErrorFacts) {
    super('DICOM_CODEC_UNSUPPORTED', message, facts);
  }
}

/** The compressed frame is broken or does not hold what the header says (`DICOM_CODEC_FAILED`). */
export class DicomCodecError extends DicomError {
  constructor(message: string, facts: DicomErrorFacts, options?: { cause?: unknown }) {
    super('DICOM_CODEC_FAILED', message, facts, options);
  }
}
