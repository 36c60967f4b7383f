/** Stable codes of everything the store can fail with. */
export type StoreErrorCode =
  | 'STORE_KEY_INVALID'
  | 'STORE_NOT_FOUND'
  | 'STORE_EXISTS'
  | 'STORE_SIZE_MISMATCH'
  | 'STORE_TOO_LARGE'
  | 'STORE_WRITER_CLOSED'
  | 'STORE_UNCONFIRMED'
  | 'STORE_FULL'
  | 'STORE_DENIED'
  | 'STORE_TIMEOUT'
  | 'STORE_UNAVAILABLE';

/** Base of every failure of the store; `retryable` says whether the same call may work later. */
export class StoreError extends Error {
  constructor(
    readonly code: StoreErrorCode,
    readonly retryable: boolean,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A key or a part of one (UID, version, name) does not have the form of the key table. */
export class StoreKeyError extends StoreError {
  constructor(what: string) {
    super('STORE_KEY_INVALID', false, `${what}. Build keys with the functions of keys.ts from checked UIDs.`);
  }
}

/** There is no object under the key. */
export class ObjectNotFoundError extends StoreError {
  constructor(
    readonly key: string,
    options?: ErrorOptions,
  ) {
    super('STORE_NOT_FOUND', false, `No object under ${key}.`, options);
  }
}

/** A conditional write found an object under the key; the stored object is untouched. */
export class ObjectExistsError extends StoreError {
  constructor(
    readonly key: string,
    options?: ErrorOptions,
  ) {
    super('STORE_EXISTS', false, `An object is already under ${key} and was left as it is.`, options);
  }
}

/** The bytes that came are not as many as were announced; nothing was stored. */
export class ObjectSizeError extends StoreError {
  constructor(
    readonly key: string,
    readonly announcedBytes: number,
    readonly receivedBytes: number,
  ) {
    super(
      'STORE_SIZE_MISMATCH',
      false,
      `${key}: ${announcedBytes} bytes were announced, ${receivedBytes} came. Nothing was stored.`,
    );
  }
}

/** The object is larger than the caller is willing to hold in memory; use `getStream`. */
export class ObjectTooLargeError extends StoreError {
  constructor(
    readonly key: string,
    readonly sizeBytes: number,
    readonly maxBytes: number,
  ) {
    super('STORE_TOO_LARGE', false, `${key} has ${sizeBytes} bytes, at most ${maxBytes} are read at once.`);
  }
}

/** The writer was committed or aborted before this call. */
export class WriterClosedError extends StoreError {
  constructor() {
    super('STORE_WRITER_CLOSED', false, 'The writer was already committed or aborted. Open a new one.');
  }
}

/** The store confirmed a write, and has something else under the key when it is asked again. */
export class ObjectUnconfirmedError extends StoreError {
  constructor(readonly key: string) {
    super('STORE_UNCONFIRMED', true, `${key} is not what the store confirmed. See whether its disk is well.`);
  }
}

/** No room left (disk full, quota, or below the configured reserve). */
export class StoreFullError extends StoreError {
  constructor(what: string, options?: ErrorOptions) {
    super('STORE_FULL', true, `${what}. Free space or raise the quota.`, options);
  }
}

/** Credentials, permissions or the bucket are wrong: trying again changes nothing. */
export class StoreDeniedError extends StoreError {
  constructor(what: string, options?: ErrorOptions) {
    super('STORE_DENIED', false, `${what}. Check bucket, credentials and permissions.`, options);
  }
}

/** The store did not answer in time; whether the write happened is unknown. */
export class StoreTimeoutError extends StoreError {
  constructor(what: string, options?: ErrorOptions) {
    super('STORE_TIMEOUT', true, what, options);
  }
}

/** The store cannot be reached or failed on its side. */
export class StoreUnavailableError extends StoreError {
  constructor(what: string, options?: ErrorOptions) {
    super('STORE_UNAVAILABLE', true, what, options);
  }
}
