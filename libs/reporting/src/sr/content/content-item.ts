import { type NaturalDataset } from '@endplate/dicom';
import { type ImageReference } from '@endplate/findings';
import { type CodedConcept } from '../../code/coded-concept';

/** Relationship of a content item to its parent. @standard PS3.3 C.17.3.2.4 */
export type Relationship =
  'CONTAINS' | 'HAS OBS CONTEXT' | 'HAS CONCEPT MOD' | 'HAS PROPERTIES' | 'SELECTED FROM' | 'INFERRED FROM';

/** A content item as an item of the Content Sequence. */
export type ContentItem = NaturalDataset;

/** Code Sequence item. @standard PS3.3 8.8 */
export function codeItem(code: CodedConcept): NaturalDataset {
  return { CodeValue: code.value, CodingSchemeDesignator: code.scheme, CodeMeaning: code.meaning };
}

function item(
  relationship: Relationship,
  type: string,
  name: CodedConcept | undefined,
  body: NaturalDataset,
): ContentItem {
  return {
    RelationshipType: relationship,
    ValueType: type,
    ...(name ? { ConceptNameCodeSequence: [codeItem(name)] } : {}),
    ...body,
  };
}

/** CONTAINER, its parts listed separately (PS3.3 C.18.8). */
export function container(name: CodedConcept, children: readonly ContentItem[]): ContentItem {
  return item('CONTAINS', 'CONTAINER', name, { ContinuityOfContent: 'SEPARATE', ContentSequence: [...children] });
}

/** CODE. */
export function code(
  relationship: Relationship,
  name: CodedConcept,
  value: CodedConcept,
  children: readonly ContentItem[] = [],
): ContentItem {
  return item(relationship, 'CODE', name, { ConceptCodeSequence: [codeItem(value)], ...nested(children) });
}

/** TEXT. */
export function text(relationship: Relationship, name: CodedConcept, value: string): ContentItem {
  return item(relationship, 'TEXT', name, { TextValue: value });
}

/** UIDREF. */
export function uidRef(relationship: Relationship, name: CodedConcept, uid: string): ContentItem {
  return item(relationship, 'UIDREF', name, { UID: uid });
}

/** NUM with its unit; children give derivation and method. @standard PS3.3 C.18.1 */
export function num(
  name: CodedConcept,
  value: number,
  unit: CodedConcept,
  children: readonly ContentItem[] = [],
): ContentItem {
  return item('CONTAINS', 'NUM', name, {
    MeasuredValueSequence: [{ MeasurementUnitsCodeSequence: [codeItem(unit)], NumericValue: decimal(value) }],
    ...nested(children),
  });
}

/** IMAGE. @standard PS3.3 C.18.4 */
export function image(relationship: Relationship, reference: ImageReference): ContentItem {
  return item(relationship, 'IMAGE', undefined, { ReferencedSOPSequence: [sopItem(reference)] });
}

/** SCOORD: a closed polyline in pixels of one image. @standard PS3.3 C.18.6 */
export function polygonOnImage(
  name: CodedConcept,
  points: readonly (readonly [number, number])[],
  reference: ImageReference,
): ContentItem {
  return item('CONTAINS', 'SCOORD', name, {
    GraphicType: 'POLYLINE',
    GraphicData: closed(points).flat(),
    ContentSequence: [image('SELECTED FROM', reference)],
  });
}

/** SCOORD3D: a closed planar polygon in mm, LPS. @standard PS3.3 C.18.9 */
export function polygonInSpace(
  name: CodedConcept,
  points: readonly (readonly [number, number, number])[],
  frameOfReferenceUID: string,
): ContentItem {
  return item('CONTAINS', 'SCOORD3D', name, {
    GraphicType: 'POLYGON',
    GraphicData: closed(points).flat(),
    ReferencedFrameOfReferenceUID: frameOfReferenceUID,
  });
}

/** Referenced SOP Sequence item. */
export function sopItem(reference: ImageReference): NaturalDataset {
  return {
    ReferencedSOPClassUID: reference.sopClassUID,
    ReferencedSOPInstanceUID: reference.sopInstanceUID,
    ...(reference.frameNumber === undefined ? {} : { ReferencedFrameNumber: reference.frameNumber }),
  };
}

function closed<T extends readonly number[]>(points: readonly T[]): T[] {
  return [...points, points[0]!];
}

function nested(children: readonly ContentItem[]): NaturalDataset {
  return children.length > 0 ? { ContentSequence: [...children] } : {};
}

/** At most four decimals and 16 characters (VR DS). */
function decimal(value: number): string {
  const rounded = Math.round(value * 1e4) / 1e4;
  return String(Object.is(rounded, -0) ? 0 : rounded).slice(0, 16);
}
