import { type FactoryProvider } from '@nestjs/common';
import { type ObjectStore } from '@endplate/store';
import { EvidenceRecorder } from '@endplate/studies';
import { AeDirectory } from './association/ae-directory';
import { DoorGuard } from './association/door-guard';
import { CommitmentDesk } from './commitment/commitment-desk';
import { DicomDoor } from './dicom-door';
import { dicomServices } from './dicom-services';
import { DoorObserver } from './door-observer';
import { type ListenerConfig } from './listener.config';
import { ListenerObserver } from './listener-observer';
import { keepEvidence } from './notice/keep-evidence';
import { InstanceReceiver } from './receive/instance-receiver';
import { StoreService } from './receive/store-service';

/** The DICOM server with every service behind it. @param store - token of the object store */
export function dicomDoorProvider(store: symbol, dicom: ListenerConfig['dicom'], now: () => Date): FactoryProvider {
  return {
    provide: DicomDoor,
    useFactory: (
      receiver: InstanceReceiver,
      directory: AeDirectory,
      guard: DoorGuard,
      desk: CommitmentDesk,
      objects: ObjectStore,
      observer: ListenerObserver,
      doorObserver: DoorObserver,
      recorder: EvidenceRecorder,
    ) => {
      const refused = (error: unknown, source: string) => observer.instanceRefused(error, source);
      const services = dicomServices(guard.guard(new StoreService(receiver, directory, refused)), {
        desk,
        store: objects,
        directory,
        now,
        record: keepEvidence(recorder, observer),
        notify: (event) => observer.notice(event),
      });
      return new DicomDoor(dicom, guard, services, (event) => observer.dimse(event), (until) => doorObserver.tlsLoaded(until)); // prettier-ignore
    },
    inject: [
      InstanceReceiver,
      AeDirectory,
      DoorGuard,
      CommitmentDesk,
      store,
      ListenerObserver,
      DoorObserver,
      EvidenceRecorder,
    ],
  };
}
