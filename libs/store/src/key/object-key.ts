import { StoreKeyError } from '../errors';

/** A key that has passed {@link parseObjectKey}. */
export type ObjectKey = string & { readonly __brand: 'ObjectKey' };

/** The beginning of a key, ending with a slash (or empty for the whole store). */
export type KeyPrefix = string & { readonly __brand: 'KeyPrefix' };

/** S3 allows 1024 bytes per key. */
const MAX_KEY_LENGTH = 1024;
/** Filesystems allow 255 bytes per name; some are left for the suffix of a temporary name. */
const MAX_SEGMENT_LENGTH = 200;
/** Letters, digits, dot, dash, underscore; no leading dot, so neither `.`, `..` nor a hidden name can be formed. */
const SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;

/**
 * Checks a key: slash-separated segments that cannot climb out of the store or hide in it.
 * @throws STORE_KEY_INVALID
 */
export function parseObjectKey(text: string): ObjectKey {
  checkSegments(text, 'Key');
  return text as ObjectKey;
}

/**
 * Checks a prefix: empty, or segments each followed by a slash.
 * @throws STORE_KEY_INVALID
 */
export function parseKeyPrefix(text: string): KeyPrefix {
  if (text === '') return '' as KeyPrefix;
  if (!text.endsWith('/')) throw new StoreKeyError('Prefix does not end with a slash');
  checkSegments(text.slice(0, -1), 'Prefix');
  return text as KeyPrefix;
}

function checkSegments(text: string, what: string): void {
  if (text.length === 0 || text.length > MAX_KEY_LENGTH) {
    throw new StoreKeyError(`${what} has ${text.length} characters, 1 to ${MAX_KEY_LENGTH} are allowed`);
  }
  for (const segment of text.split('/')) {
    if (segment.length > MAX_SEGMENT_LENGTH || !SEGMENT.test(segment)) {
      throw new StoreKeyError(`${what} has a segment that is empty, too long, hidden or has a forbidden character`);
    }
  }
}
