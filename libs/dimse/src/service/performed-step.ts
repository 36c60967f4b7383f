import { Tag, type DataSet } from '@endplate/dicom';
import { ServiceFailure } from '../errors';
import { Status } from '../message/status';
import {
  invalidValue,
  missingAttribute,
  parseAttributeList,
  referencedInstance,
  requiredItems,
  requiredTerm,
  requiredText,
  requiredUid,
} from './attribute-list';
import type { CommitmentInstance } from './storage-commitment';

const STATUSES = ['IN PROGRESS', 'COMPLETED', 'DISCONTINUED'] as const;

/** Performed Procedure Step Status (0040,0252). @standard PS3.3 C.4.14 */
export type PerformedStepStatus = (typeof STATUSES)[number];

/** One item of the Performed Series Sequence (0040,0340). */
export interface PerformedSeries {
  readonly seriesInstanceUID: string;
  /** Images and non-image objects that the step made. */
  readonly instances: readonly CommitmentInstance[];
}

/** What we keep of a step: what was made, nothing of the patient. @standard PS3.4 F.7.2 */
export interface PerformedStep {
  readonly status: PerformedStepStatus;
  /** Studies of the Scheduled Step Attributes Sequence, each once. */
  readonly studyInstanceUIDs: readonly string[];
  /** Whether end date and end time are known. */
  readonly ended: boolean;
  readonly series: readonly PerformedSeries[];
}

/** Instances that one step, or one notification, may name. */
export const MAX_NAMED_INSTANCES = 20_000;
/** Error ID of a change to a step that is over. @standard PS3.4 Table F.7.2-2 */
export const MAY_NO_LONGER_BE_UPDATED = 0xa710;

const MAX_STUDIES = 100;
const TYPE_1_AT_CREATION = [
  Tag.PerformedProcedureStepID,
  Tag.PerformedStationAETitle,
  Tag.PerformedProcedureStepStartDate,
  Tag.PerformedProcedureStepStartTime,
  Tag.Modality,
];
const END = [Tag.PerformedProcedureStepEndDate, Tag.PerformedProcedureStepEndTime];

/**
 * The step that an N-CREATE begins. Attributes of type 1 must be there, those of type 2 are taken as empty where they
 * are not.
 * @throws DIMSE_SERVICE_FAILURE with the status that the N-CREATE is answered with
 * @standard PS3.4 F.7.2.1
 */
export function parsePerformedStep(dataSet: Buffer, transferSyntaxUID: string): PerformedStep {
  const attributes = parseAttributeList(dataSet, transferSyntaxUID);
  const absent = [...TYPE_1_AT_CREATION, Tag.ScheduledStepAttributesSequence, Tag.PerformedProcedureStepStatus].filter(
    (tag) => !attributes.has(tag),
  );
  if (absent.length > 0) throw missingAttribute(...absent);
  for (const tag of TYPE_1_AT_CREATION) requiredText(attributes, tag);
  const status = requiredTerm(attributes, Tag.PerformedProcedureStepStatus, STATUSES);
  if (status !== 'IN PROGRESS') throw invalidValue(Tag.PerformedProcedureStepStatus, 'must be IN PROGRESS');
  return {
    status,
    studyInstanceUIDs: studiesOf(requiredItems(attributes, Tag.ScheduledStepAttributesSequence)),
    ended: hasEnd(attributes),
    series: performedSeries(attributes),
  };
}

/**
 * A step after an N-SET: a sequence that comes again takes the place of the one before.
 * @throws DIMSE_SERVICE_FAILURE with the status that the N-SET is answered with: 0110 with Error ID A710 where the step
 * is over, 0120 and 0121 where a completed step lacks its end or its series
 * @standard PS3.4 F.7.2.2
 */
export function changePerformedStep(step: PerformedStep, dataSet: Buffer, transferSyntaxUID: string): PerformedStep {
  if (step.status !== 'IN PROGRESS') {
    const errorID = MAY_NO_LONGER_BE_UPDATED;
    throw new ServiceFailure(Status.ProcessingFailure, 'Performed Procedure Step Object may no longer be updated', {
      errorID,
    });
  }
  const changes = parseAttributeList(dataSet, transferSyntaxUID);
  refuseAnotherStudy(step, changes);
  const status = changes.has(Tag.PerformedProcedureStepStatus)
    ? requiredTerm(changes, Tag.PerformedProcedureStepStatus, STATUSES)
    : step.status;
  const changed = {
    ...step,
    status,
    ended: step.ended || hasEnd(changes),
    series: changes.has(Tag.PerformedSeriesSequence) ? performedSeries(changes) : step.series,
  };
  if (status === 'COMPLETED') checkFinalState(changed, changes);
  return changed;
}

/** @standard PS3.4 Table F.7.2-1, requirement type for the final state */
function checkFinalState({ ended, series }: PerformedStep, changes: DataSet): void {
  const absent = ended ? [] : END.filter((tag) => !changes.has(tag));
  if (absent.length > 0) throw missingAttribute(...absent);
  if (!ended) for (const tag of END) requiredText(changes, tag);
  if (series.length === 0) requiredItems(changes, Tag.PerformedSeriesSequence);
}

/** The study is that of the N-CREATE; some modalities send it again. */
function refuseAnotherStudy({ studyInstanceUIDs }: PerformedStep, changes: DataSet): void {
  const again = studiesOf(changes.sequence(Tag.ScheduledStepAttributesSequence));
  if (again.every((uid) => studyInstanceUIDs.includes(uid))) return;
  throw new ServiceFailure(Status.NoSuchAttribute, 'The study of a step may not change', {
    attributeIdentifierList: [Tag.ScheduledStepAttributesSequence],
  });
}

function studiesOf(items: readonly DataSet[]): string[] {
  if (items.length > MAX_STUDIES) throw new ServiceFailure(Status.ResourceLimitation, `More than ${MAX_STUDIES} studies`); // prettier-ignore
  return [...new Set(items.map((item) => requiredUid(item, Tag.StudyInstanceUID)))];
}

function hasEnd(attributes: DataSet): boolean {
  return END.every((tag) => attributes.string(tag) !== undefined);
}

function performedSeries(attributes: DataSet): PerformedSeries[] {
  let left = MAX_NAMED_INSTANCES;
  const series = attributes.sequence(Tag.PerformedSeriesSequence).map((item) => {
    const seriesInstanceUID = requiredUid(item, Tag.SeriesInstanceUID);
    const references = [
      ...item.sequence(Tag.ReferencedImageSequence),
      ...item.sequence(Tag.ReferencedNonImageCompositeSOPInstanceSequence),
    ];
    left -= references.length;
    if (left < 0) throw tooMany();
    const instances = references.map((reference) =>
      referencedInstance(reference, Tag.ReferencedSOPClassUID, Tag.ReferencedSOPInstanceUID),
    );
    return { seriesInstanceUID, instances };
  });
  if (series.length > MAX_NAMED_INSTANCES) throw tooMany();
  return series;
}

function tooMany(): ServiceFailure {
  return new ServiceFailure(Status.ResourceLimitation, `More than ${MAX_NAMED_INSTANCES} instances`);
}
