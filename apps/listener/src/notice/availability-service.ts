import { deriveUid } from '@endplate/dicom';
import {
  type AvailabilityNotification,
  type NormalisedAnswer,
  type NormalisedRequest,
  parseAvailabilityNotification,
  Status,
} from '@endplate/dimse';
import { type NoticePorts, requireService } from './notice';

/**
 * Instance Availability Notification as SCP: success is answered once what it says is evidence of its study.
 * @standard PS3.4 R.3
 */
export class AvailabilityService {
  constructor(private readonly ports: NoticePorts) {}

  async handle(request: NormalisedRequest): Promise<NormalisedAnswer> {
    requireService(request.association, 'ian', this.ports);
    if (request.operation !== 'create') return { status: Status.UnrecognisedOperation };
    const { dataSet, transferSyntaxUID, association } = request;
    const notification = parseAvailabilityNotification(dataSet, transferSyntaxUID);
    const { studyInstanceUID } = notification;
    const requester = association.callingAETitle;
    // What is UNAVAILABLE cannot be had from anyone: it is not waited for.
    const instances = notification.instances
      .filter(({ availability }) => availability !== 'UNAVAILABLE')
      .map(({ seriesInstanceUID, sopInstanceUID }) => ({ seriesInstanceUID, sopInstanceUID }));
    const id = request.sopInstanceUID ?? uidOf(notification);
    if (instances.length > 0) {
      await this.ports.record({ source: 'ian', studyInstanceUID, id, requester, instances });
    }
    const outcome = instances.length > 0 ? 'recorded' : 'nothing-available';
    this.ports.notify({ source: 'ian', requester, outcome, instances: instances.length });
    return { status: Status.Success, ...(request.sopInstanceUID ? {} : { sopInstanceUID: id }) };
  }
}

/** The UID that we give a notification without one: the same where it comes again. */
function uidOf({ studyInstanceUID, instances }: AvailabilityNotification): string {
  const named = instances.map(({ sopInstanceUID, availability }) => `${sopInstanceUID} ${availability}`).sort();
  return deriveUid('availability-notification', studyInstanceUID, ...named);
}
