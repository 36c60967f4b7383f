import { type DataSet, Tag } from '@endplate/dicom';
import { type CodedConcept } from '../../code/coded-concept';

/** A content item as it was read, with its place in the tree (`1.6.2`). */
export interface ReadItem {
  readonly place: string;
  readonly valueType: string;
  readonly relationship: string;
  readonly name: ReadCode | undefined;
  readonly dataSet: DataSet;
  readonly children: readonly ReadItem[];
}

/** A code as it was read: any part may be missing. */
export interface ReadCode {
  readonly value: string;
  readonly scheme: string;
  readonly meaning: string;
}

/** The content tree of a report. Its depth is bounded by the parser. */
export function readContent(dataSet: DataSet, place = '1'): ReadItem {
  return {
    place,
    valueType: dataSet.string(Tag.ValueType) ?? '',
    relationship: dataSet.string(Tag.RelationshipType) ?? '',
    name: readCode(dataSet, Tag.ConceptNameCodeSequence),
    dataSet,
    children: dataSet.sequence(Tag.ContentSequence).map((child, n) => readContent(child, `${place}.${n + 1}`)),
  };
}

/** The first code of a code sequence. */
export function readCode(dataSet: DataSet, tag: number): ReadCode | undefined {
  const [item] = dataSet.sequence(tag);
  if (!item) return undefined;
  return {
    value: item.string(Tag.CodeValue) ?? '',
    scheme: item.string(Tag.CodingSchemeDesignator) ?? '',
    meaning: item.string(Tag.CodeMeaning) ?? '',
  };
}

/** Whether an item has this concept name. */
export function isNamed(item: ReadItem, concept: CodedConcept): boolean {
  return item.name?.value === concept.value && item.name.scheme === concept.scheme;
}

/** The children with this concept name. */
export function childrenNamed(item: ReadItem, concept: CodedConcept): readonly ReadItem[] {
  return item.children.filter((child) => isNamed(child, concept));
}
