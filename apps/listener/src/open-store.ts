import { createFilesystemStore, createS3Store, type ObjectStore } from '@endplate/store';
import { type ListenerConfig } from './listener.config';

/** The object store that the configuration names. @throws STORE_DENIED, STORE_UNAVAILABLE */
export function openStore({ store }: ListenerConfig): Promise<ObjectStore> {
  return store.kind === 'filesystem' ? createFilesystemStore(store) : createS3Store(store);
}
