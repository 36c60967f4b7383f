import {
  ObjectExistsError,
  ObjectNotFoundError,
  StoreDeniedError,
  StoreError,
  StoreFullError,
  StoreTimeoutError,
  StoreUnavailableError,
} from '../errors';

const NOT_FOUND = new Set(['NoSuchKey', 'NotFound']);
const EXISTS = new Set(['PreconditionFailed']);
const FULL = new Set(['QuotaExceeded', 'XMinioStorageFull', 'InsufficientStorage', 'EntityTooLarge', 'ENOSPC']);
const DENIED = new Set([
  'AccessDenied',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'NoSuchBucket',
  'InvalidBucketName',
  'AuthorizationHeaderMalformed',
  'InvalidRegion',
  'PermanentRedirect',
  'MovedPermanently',
  'MethodNotAllowed',
  'NotImplemented',
]);
const TIMEOUT = new Set(['ETIMEDOUT', 'RequestTimeout', 'ESOCKETTIMEDOUT', 'ABORT_ERR']);

/** The one table from S3 error codes and socket errors to the store's errors; unknown failures count as retryable. */
export function fromS3Error(cause: unknown, key: string): StoreError {
  if (cause instanceof StoreError) return cause;
  const code = codeOf(cause);
  if (NOT_FOUND.has(code)) return new ObjectNotFoundError(key, { cause });
  if (EXISTS.has(code)) return new ObjectExistsError(key, { cause });
  if (FULL.has(code)) return new StoreFullError(`The object store has no room for ${key} (${code})`, { cause });
  if (DENIED.has(code)) return new StoreDeniedError(`The object store refused ${key} (${code})`, { cause });
  if (TIMEOUT.has(code)) return new StoreTimeoutError(`The object store did not answer in time for ${key}.`, { cause });
  return new StoreUnavailableError(`The object store failed on ${key} (${code || 'no code'}).`, { cause });
}

/** Another write of the same key was under way: whose object is there now is not known. */
export function isWriteConflict(error: StoreError): boolean {
  return codeOf(error.cause) === 'ConditionalRequestConflict';
}

function codeOf(cause: unknown): string {
  if (typeof cause !== 'object' || cause === null) return '';
  const { code, message } = cause as { code?: unknown; message?: unknown };
  if (typeof code === 'string') return code;
  // The client turns a 5xx into a plain Error; the status is in its text only.
  return typeof message === 'string' && message.includes('Retryable HTTP status: 507') ? 'InsufficientStorage' : '';
}
