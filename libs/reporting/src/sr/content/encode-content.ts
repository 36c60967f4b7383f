import { type NaturalDataset } from '@endplate/dicom';
import { codeItem, type ContentItem } from './content-item';

/** A content tree as attributes: those of the root belong into the data set itself. @standard PS3.3 C.17.3 */
export function encodeContent(root: ContentItem): NaturalDataset {
  return {
    ValueType: root.valueType,
    ...(root.name ? { ConceptNameCodeSequence: [codeItem(root.name)] } : {}),
    ...root.body,
    ...(root.children.length > 0 ? { ContentSequence: root.children.map(encodeChild) } : {}),
  };
}

function encodeChild(item: ContentItem): NaturalDataset {
  return { RelationshipType: item.relationship, ...encodeContent(item) };
}

/** Every image that a content tree refers to, by SOP Instance UID. */
export function referencedInstances(root: ContentItem): Map<string, NaturalDataset> {
  const found = new Map<string, NaturalDataset>();
  const open = [root];
  for (let item = open.pop(); item; item = open.pop()) {
    open.push(...item.children);
    if (item.valueType !== 'IMAGE') continue;
    const [reference] = item.body['ReferencedSOPSequence'] as NaturalDataset[];
    found.set(String(reference!['ReferencedSOPInstanceUID']), reference!);
  }
  return found;
}
