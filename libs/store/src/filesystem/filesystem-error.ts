import {
  ObjectExistsError,
  ObjectNotFoundError,
  StoreDeniedError,
  StoreError,
  StoreFullError,
  StoreUnavailableError,
} from '../errors';

/** The one table from errno to the store's errors. */
export function fromFilesystemError(cause: unknown, key: string): StoreError {
  if (cause instanceof StoreError) return cause;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'EISDIR':
      return new ObjectNotFoundError(key, { cause });
    case 'EEXIST':
      return new ObjectExistsError(key, { cause });
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new StoreFullError(`No room to store ${key} (${code})`, { cause });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new StoreDeniedError(`The store's folder refuses ${key} (${code})`, { cause });
    default:
      return new StoreUnavailableError(`The store's folder failed on ${key} (${code ?? 'unknown'}).`, { cause });
  }
}
