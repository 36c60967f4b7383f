import { isUid, Tag, type DataSet } from '@endplate/dicom';
import { ServiceFailure } from '../errors';
import { Status } from '../message/status';
import { parseAttributeList, referencedInstance, requiredItems, requiredTerm, requiredUid } from './attribute-list';
import { MAX_NAMED_INSTANCES } from './performed-step';
import type { CommitmentInstance } from './storage-commitment';

const AVAILABILITIES = ['ONLINE', 'NEARLINE', 'OFFLINE', 'UNAVAILABLE'] as const;

/** Instance Availability (0008,0056). @standard PS3.4 Table R.3.2-1 */
export type InstanceAvailability = (typeof AVAILABILITIES)[number];

/** One instance, and where a peer has it. */
export interface AvailableInstance extends CommitmentInstance {
  readonly seriesInstanceUID: string;
  readonly availability: InstanceAvailability;
}

/** What a peer says is there of a study. @standard PS3.4 R.3.2 */
export interface AvailabilityNotification {
  readonly studyInstanceUID: string;
  readonly instances: readonly AvailableInstance[];
  /** Performed procedure steps that made them. */
  readonly performedSteps: readonly string[];
}

const MAX_STEPS = 100;

/**
 * The attribute list of a notification.
 * @throws DIMSE_SERVICE_FAILURE with the status that the N-CREATE is answered with
 * @standard PS3.4 R.3.2.1
 */
export function parseAvailabilityNotification(dataSet: Buffer, transferSyntaxUID: string): AvailabilityNotification {
  const attributes = parseAttributeList(dataSet, transferSyntaxUID);
  const studyInstanceUID = requiredUid(attributes, Tag.StudyInstanceUID);
  const instances: AvailableInstance[] = [];
  for (const series of requiredItems(attributes, Tag.ReferencedSeriesSequence)) {
    const seriesInstanceUID = requiredUid(series, Tag.SeriesInstanceUID);
    const references = requiredItems(series, Tag.ReferencedSOPSequence);
    if (instances.length + references.length > MAX_NAMED_INSTANCES) {
      throw new ServiceFailure(Status.ResourceLimitation, `More than ${MAX_NAMED_INSTANCES} instances`);
    }
    for (const reference of references) instances.push(instanceOf(reference, seriesInstanceUID));
  }
  return { studyInstanceUID, instances, performedSteps: stepsOf(attributes) };
}

function instanceOf(reference: DataSet, seriesInstanceUID: string): AvailableInstance {
  return {
    seriesInstanceUID,
    ...referencedInstance(reference, Tag.ReferencedSOPClassUID, Tag.ReferencedSOPInstanceUID),
    availability: requiredTerm(reference, Tag.InstanceAvailability, AVAILABILITIES),
  };
}

function stepsOf(attributes: DataSet): string[] {
  return attributes
    .sequence(Tag.ReferencedPerformedProcedureStepSequence)
    .slice(0, MAX_STEPS)
    .map((item) => item.string(Tag.ReferencedSOPInstanceUID) ?? '')
    .filter((uid) => isUid(uid));
}
