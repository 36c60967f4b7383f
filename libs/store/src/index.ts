export * from './errors';
export * from './keys';
export { type KeyPrefix, type ObjectKey, parseKeyPrefix, parseObjectKey } from './key/object-key';
export {
  type ObjectBody,
  type ObjectEntry,
  type ObjectStat,
  type ObjectStore,
  type ObjectWriter,
  type WriteOptions,
} from './object-store.port';
export { createFilesystemStore, type FilesystemStoreOptions } from './filesystem/filesystem-store';
export { createS3Store, type S3StoreOptions } from './s3/s3-store';
export { Spool, type SpoolEvent, type SpoolOptions, type SpoolState } from './spool/spool';
export { type SpooledRecord } from './spool/delivery-queue';
export { type SpoolWriter } from './spool/spool-writer';
export { Turns } from './spool/turns';
