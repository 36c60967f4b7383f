import { SopClass } from '@endplate/dicom';
import { type Services, type StoreHandler } from '@endplate/dimse';
import { type ObjectStore } from '@endplate/store';
import { type CommitmentDesk } from './commitment/commitment-desk';
import { CommitmentRequests } from './commitment/commitment-requests';
import { CommitmentService } from './commitment/commitment-service';

/** What the services around storage need. */
export interface ServicePorts {
  readonly store: ObjectStore;
  readonly desk: CommitmentDesk;
  readonly now: () => Date;
}

/** Every service of the DICOM server. */
export function dicomServices(storage: StoreHandler, { store, desk, now }: ServicePorts): Services {
  const commitment = new CommitmentService(new CommitmentRequests(store), desk, now);
  return {
    store: storage,
    normalised: { [SopClass.StorageCommitmentPushModel]: (request) => commitment.handle(request) },
  };
}
