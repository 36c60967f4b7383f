import { type Destination } from '@endplate/platform';
import { type CommitmentRecords } from '../commitment/commitment-records';
import { type DestinationPort } from './destination.port';
import { dimseDestination } from './dimse';

/** What destinations of any kind need besides their settings. */
export interface DestinationPorts {
  /** Ours, where a destination does not say another. */
  readonly aeTitle: string;
  readonly commitments: CommitmentRecords;
}

/** The conversation with a destination of whichever kind. */
export function openDestination(destination: Destination, ports: DestinationPorts): DestinationPort {
  switch (destination.kind) {
    case 'dimse':
      return dimseDestination(destination, ports.aeTitle, ports.commitments);
    default:
      throw new Error('not yet');
  }
}
