import { SopClass } from '@endplate/dicom';
import { type Services, type StoreHandler } from '@endplate/dimse';
import { type ObjectStore } from '@endplate/store';
import { type CommitmentDesk } from './commitment/commitment-desk';
import { CommitmentRequests } from './commitment/commitment-requests';
import { CommitmentService } from './commitment/commitment-service';
import { AvailabilityService } from './notice/availability-service';
import { type NoticePorts, requireService } from './notice/notice';
import { PerformedStepService } from './notice/performed-step-service';
import { PerformedSteps } from './notice/performed-steps';

/** What the services around storage need. */
export interface ServicePorts extends NoticePorts {
  readonly store: ObjectStore;
  readonly desk: CommitmentDesk;
}

/** Every service of the DICOM server. */
export function dicomServices(storage: StoreHandler, ports: ServicePorts): Services {
  const { store, desk, now } = ports;
  const commitment = new CommitmentService(new CommitmentRequests(store), desk, now);
  const steps = new PerformedStepService(new PerformedSteps(store), ports);
  const availability = new AvailabilityService(ports);
  return {
    store: storage,
    normalised: {
      [SopClass.StorageCommitmentPushModel]: (request) => {
        requireService(request.association, 'commitment', ports);
        return commitment.handle(request);
      },
      [SopClass.ModalityPerformedProcedureStep]: (request) => steps.handle(request),
      [SopClass.InstanceAvailabilityNotification]: (request) => availability.handle(request),
    },
  };
}
