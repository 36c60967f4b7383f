import { type FactoryProvider } from '@nestjs/common';
import { type ObjectStore } from '@endplate/store';
import { StudyAssembler } from '@endplate/studies';
import { AeDirectory } from '../association/ae-directory';
import { ListenerObserver } from '../listener-observer';
import { PendingStudies } from '../receive/pending-studies';
import { CommitmentDesk } from './commitment-desk';
import { CommitmentRequests } from './commitment-requests';
import { StoredInstances } from './stored-instances';

/** @param store - token of the object store */
export function commitmentDeskProvider(store: symbol, aeTitle: string, now: () => Date): FactoryProvider {
  return {
    provide: CommitmentDesk,
    useFactory: (
      objects: ObjectStore,
      assembler: StudyAssembler,
      directory: AeDirectory,
      pending: PendingStudies,
      observer: ListenerObserver,
    ) =>
      new CommitmentDesk({
        instances: new StoredInstances(objects, () => assembler.recentStudies()),
        records: new CommitmentRequests(objects),
        moving: () => pending.any,
        directory,
        aeTitle,
        now,
        notify: (event) => observer.commitment(event),
      }),
    inject: [store, StudyAssembler, AeDirectory, PendingStudies, ListenerObserver],
  };
}
