import { formatDecimalString, isUid, type NaturalDataset } from '@endplate/dicom';
import { type ImageReference } from '@endplate/findings';
import { type CodedConcept } from '../../code/coded-concept';
import { ContentInvalidError } from '../../errors';
import { mayRelate, type Relationship, type ValueType } from './relationship';

/**
 * One content item of a report's tree. Made only by the functions of this file, which refuse what the standard does not
 * allow, so that no invalid one exists.
 */
export interface ContentItem {
  readonly valueType: ValueType;
  readonly relationship: Relationship;
  readonly name?: CodedConcept;
  /** Attributes of the value itself, by keyword. */
  readonly body: NaturalDataset;
  readonly children: readonly ContentItem[];
}

/** Settings of {@link container}. */
export interface ContainerOptions {
  readonly relationship?: Relationship;
  /** Template that the container begins, in DCMR. @standard PS3.3 C.18.8.1.2 */
  readonly templateId?: string;
}

const DCMR_UID = '1.2.840.10008.8.1.1';
const MAX_VALUE = 16;
const MAX_MEANING = 64;

/** CONTAINER whose items are listed separately. @standard PS3.3 C.18.8 */
export function container(
  name: CodedConcept,
  children: readonly ContentItem[],
  options: ContainerOptions = {},
): ContentItem {
  const template = options.templateId;
  return make('CONTAINER', options.relationship ?? 'CONTAINS', name, children, {
    ContinuityOfContent: 'SEPARATE',
    ...(template === undefined
      ? {}
      : {
          ContentTemplateSequence: [
            { MappingResource: 'DCMR', MappingResourceUID: DCMR_UID, TemplateIdentifier: template },
          ],
        }),
  });
}

/** CODE. @standard PS3.3 C.17.3.2 */
export function code(
  relationship: Relationship,
  name: CodedConcept,
  value: CodedConcept,
  children: readonly ContentItem[] = [],
): ContentItem {
  return make('CODE', relationship, name, children, { ConceptCodeSequence: [codeItem(value)] });
}

/** TEXT. @standard PS3.3 C.17.3.2 */
export function text(relationship: Relationship, name: CodedConcept, value: string): ContentItem {
  if (value.trim() === '') throw new ContentInvalidError(`the text of "${name.meaning}" is empty`);
  return make('TEXT', relationship, name, [], { TextValue: value });
}

/** UIDREF. @standard PS3.3 C.17.3.2 */
export function uidRef(relationship: Relationship, name: CodedConcept, uid: string): ContentItem {
  if (!isUid(uid)) throw new ContentInvalidError(`"${name.meaning}" refers to "${uid}", which is no UID`);
  return make('UIDREF', relationship, name, [], { UID: uid });
}

/** NUM with its unit. @standard PS3.3 C.18.1 */
export function num(
  relationship: Relationship,
  name: CodedConcept,
  value: number,
  unit: CodedConcept,
  children: readonly ContentItem[] = [],
): ContentItem {
  if (!Number.isFinite(value)) throw new ContentInvalidError(`"${name.meaning}" is ${value}`);
  const rounded = Math.round(value * 1e4) / 1e4;
  const text = formatDecimalString('NumericValue', Object.is(rounded, -0) ? 0 : rounded);
  return make('NUM', relationship, name, children, {
    MeasuredValueSequence: [{ MeasurementUnitsCodeSequence: [codeItem(unit)], NumericValue: text }],
  });
}

/** IMAGE: a whole image, or one frame of a multi-frame one. @standard PS3.3 C.18.4 */
export function image(relationship: Relationship, reference: ImageReference, name?: CodedConcept): ContentItem {
  return make('IMAGE', relationship, name, [], { ReferencedSOPSequence: [sopItem(reference)] });
}

/** IMAGE: one segment of a segmentation. @standard PS3.3 C.18.4 */
export function segmentImage(name: CodedConcept, reference: ImageReference, segmentNumber: number): ContentItem {
  if (!Number.isInteger(segmentNumber) || segmentNumber < 1) {
    throw new ContentInvalidError(`"${name.meaning}" refers to segment ${segmentNumber}`);
  }
  const item = { ...sopItem(reference), ReferencedSegmentNumber: segmentNumber };
  return make('IMAGE', 'CONTAINS', name, [], { ReferencedSOPSequence: [item] });
}

/**
 * SCOORD: a closed polyline, [column, row] in pixels of one image, top left corner of the top left pixel 0, 0.
 *
 * @standard PS3.3 C.18.6
 */
export function polygonOnImage(
  name: CodedConcept,
  points: readonly (readonly [number, number])[],
  reference: ImageReference,
): ContentItem {
  return make('SCOORD', 'CONTAINS', name, [image('SELECTED FROM', reference)], {
    GraphicType: 'POLYLINE',
    GraphicData: closed(points),
  });
}

/** SCOORD3D: a closed planar polygon, LPS mm. @standard PS3.3 C.18.9 */
export function polygonInSpace(
  name: CodedConcept,
  points: readonly (readonly [number, number, number])[],
  frameOfReferenceUID: string,
): ContentItem {
  if (!isUid(frameOfReferenceUID)) throw new ContentInvalidError('a frame of reference that is no UID');
  return make('SCOORD3D', 'CONTAINS', name, [], {
    GraphicType: 'POLYGON',
    GraphicData: closed(points),
    ReferencedFrameOfReferenceUID: frameOfReferenceUID,
  });
}

/** Referenced SOP Sequence item. @standard PS3.3 10.8 */
export function sopItem(reference: ImageReference): NaturalDataset {
  return {
    ReferencedSOPClassUID: reference.sopClassUID,
    ReferencedSOPInstanceUID: reference.sopInstanceUID,
    ...(reference.frameNumber === undefined ? {} : { ReferencedFrameNumber: reference.frameNumber }),
  };
}

/** Code Sequence item. @standard PS3.3 8.8 */
export function codeItem(concept: CodedConcept): NaturalDataset {
  const { value, scheme, meaning } = concept;
  if (value.length === 0 || value.length > MAX_VALUE || meaning.length === 0 || meaning.length > MAX_MEANING) {
    throw new ContentInvalidError(`the code (${value}, ${scheme}, "${meaning}") is empty or too long`);
  }
  return { CodeValue: value, CodingSchemeDesignator: scheme, CodeMeaning: meaning };
}

function make(
  valueType: ValueType,
  relationship: Relationship,
  name: CodedConcept | undefined,
  children: readonly ContentItem[],
  body: NaturalDataset,
): ContentItem {
  for (const child of children) {
    if (mayRelate(valueType, child.relationship, child.valueType)) continue;
    throw new ContentInvalidError(`${valueType} ${child.relationship} ${child.valueType} is not in the IOD`);
  }
  return { valueType, relationship, ...(name ? { name } : {}), body, children };
}

/** The points, the first one repeated at the end, as one list. */
function closed(points: readonly (readonly number[])[]): number[] {
  if (points.length < 3) throw new ContentInvalidError(`an outline of ${points.length} points`);
  const flat = [...points, points[0]!].flat();
  if (!flat.every(Number.isFinite)) throw new ContentInvalidError('an outline with a coordinate that is no number');
  return flat;
}
