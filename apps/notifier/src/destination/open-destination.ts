import { type Destination } from '@endplate/platform';
import { type CommitmentRecords } from '../commitment/commitment-records';
import { type DestinationPort } from './destination.port';
import { dimseDestination } from './dimse';
import { fhirDestination } from './fhir';
import { hl7Destination } from './hl7';
import { type MoveBack } from './move-back';
import { stowDestination } from './stow';
import { webhookDestination } from './webhook';

/** What destinations of any kind need besides their settings. */
export interface DestinationPorts {
  /** Ours, where a destination does not say another. */
  readonly aeTitle: string;
  readonly commitments: CommitmentRecords;
  /** Where objects arrive that are moved back; absent where nothing listens. */
  readonly moveBack?: MoveBack;
  /** ms since 1970. */
  readonly nowMs: () => number;
}

/** The conversation with a destination of whichever kind. */
export function openDestination(destination: Destination, ports: DestinationPorts): DestinationPort {
  switch (destination.kind) {
    case 'dimse':
      return dimseDestination(destination, ports.aeTitle, ports.commitments, ports.moveBack);
    case 'stow':
      return stowDestination(destination);
    case 'fhir':
      return fhirDestination(destination);
    case 'hl7':
      return hl7Destination(destination);
    case 'webhook':
      return webhookDestination(destination, ports.nowMs);
    default:
      return destination satisfies never;
  }
}
