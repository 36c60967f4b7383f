import { formatTag, isUid, parseDataSet, parseUid, type DataSet, type Tag } from '@endplate/dicom';
import { ServiceFailure } from '../errors';
import { Status } from '../message/status';
import type { CommitmentInstance } from './storage-commitment';

/** Sequences within sequences that an attribute list may have; those of PS3.3 C.4.14 have four. */
const MAX_DEPTH = 8;
const MAX_ELEMENTS = 400_000;

/**
 * The attribute or modification list of an N-CREATE or N-SET.
 * @throws DIMSE_SERVICE_FAILURE with 0212 where the bytes are no dataset
 */
export function parseAttributeList(bytes: Buffer, transferSyntaxUID: string): DataSet {
  try {
    return parseDataSet(bytes, parseUid(transferSyntaxUID), { maxDepth: MAX_DEPTH, maxElements: MAX_ELEMENTS });
  } catch (cause) {
    throw new ServiceFailure(Status.MistypedArgument, 'The attribute list is no dataset', { cause });
  }
}

/** The text of a type 1 attribute. @throws DIMSE_SERVICE_FAILURE with 0120 where it is absent, 0121 where it is empty */
export function requiredText(dataSet: DataSet, tag: Tag): string {
  if (!dataSet.has(tag)) throw missingAttribute(tag);
  const text = dataSet.string(tag);
  if (text === undefined) throw new ServiceFailure(Status.MissingAttributeValue, `${formatTag(tag)} is empty`);
  return text;
}

/** The UID of a type 1 attribute. @throws DIMSE_SERVICE_FAILURE as {@link requiredText}, 0106 where it is no UID */
export function requiredUid(dataSet: DataSet, tag: Tag): string {
  const uid = requiredText(dataSet, tag);
  if (!isUid(uid)) throw invalidValue(tag, 'is no UID (PS3.5 9.1)');
  return uid;
}

/** One of the values that the standard enumerates. @throws DIMSE_SERVICE_FAILURE as {@link requiredText}, 0106 where it is none */
export function requiredTerm<T extends string>(dataSet: DataSet, tag: Tag, terms: readonly T[]): T {
  const text = requiredText(dataSet, tag);
  const term = terms.find((one) => one === text);
  if (term === undefined) throw invalidValue(tag, `is none of ${terms.join(', ')}`);
  return term;
}

/** The items of a type 1 sequence. @throws DIMSE_SERVICE_FAILURE with 0120 where it is absent, 0121 without an item */
export function requiredItems(dataSet: DataSet, tag: Tag): readonly DataSet[] {
  if (!dataSet.has(tag)) throw missingAttribute(tag);
  const items = dataSet.sequence(tag);
  if (items.length === 0) throw new ServiceFailure(Status.MissingAttributeValue, `${formatTag(tag)} has no item`);
  return items;
}

/** An item that references a SOP instance. @throws DIMSE_SERVICE_FAILURE as {@link requiredUid} @standard PS3.3 10.8 */
export function referencedInstance(item: DataSet, classTag: Tag, instanceTag: Tag): CommitmentInstance {
  return { sopClassUID: requiredUid(item, classTag), sopInstanceUID: requiredUid(item, instanceTag) };
}

/** 0120, with the attributes that are missing. @standard PS3.7 C.5.13 */
export function missingAttribute(...tags: Tag[]): ServiceFailure {
  const attributeIdentifierList = tags;
  return new ServiceFailure(Status.MissingAttribute, `${tags.map(formatTag).join(' ')} missing`, { attributeIdentifierList }); // prettier-ignore
}

/** 0106. @standard PS3.7 C.5.11 */
export function invalidValue(tag: Tag, fault: string): ServiceFailure {
  return new ServiceFailure(Status.InvalidAttributeValue, `${formatTag(tag)} ${fault}`);
}
