import { type DataSet, SopClass, Tag } from '@endplate/dicom';
import { SITE_CODES } from '../../code/anatomy-code';
import { CODE } from '../../code/concept';
import { PRIVATE } from '../../code/private-code';
import { REASON_CONCEPTS } from '../../code/reason-code';
import { mayRelate, type Relationship, type ValueType } from '../content/relationship';
import { checkGroups } from './check-groups';
import { childrenNamed, isNamed, readCode, readContent, type ReadItem } from './read-content';

const OURS = new Map(
  [...Object.values(PRIVATE), ...SITE_CODES, ...REASON_CONCEPTS]
    .filter(({ scheme }) => scheme === '99ENDPLATE')
    .map(({ value, meaning }) => [value, meaning]),
);

const CODE_SEQUENCES = [Tag.ConceptNameCodeSequence, Tag.ConceptCodeSequence, Tag.MeasurementUnitsCodeSequence];

/** Whether the content tree is one of our TID 1500, item by item and as a whole. */
export function checkContent(dataSet: DataSet): string[] {
  const root = readContent(dataSet);
  const inSpace = dataSet.string(Tag.SOPClassUID) === SopClass.Comprehensive3DSRStorage;
  const problems: string[] = [];
  const open = [root];
  for (let item = open.pop(); item; item = open.pop()) {
    problems.push(...checkItem(item, inSpace));
    for (const child of item.children) {
      if (!mayRelate(item.valueType as ValueType, child.relationship as Relationship, child.valueType as ValueType)) {
        problems.push(
          `Item ${child.place}: ${item.valueType} may not have ${child.valueType} as ${child.relationship}.`,
        );
      }
      open.push(child);
    }
  }
  return [...problems, ...checkRoot(root), ...checkGroups(root)];
}

/** @standard PS3.16 TID 1500 */
function checkRoot(root: ReadItem): string[] {
  const problems: string[] = [];
  const [template] = root.dataSet.sequence(Tag.ContentTemplateSequence);
  if (template?.string(Tag.TemplateIdentifier) !== '1500' || !isNamed(root, CODE.measurementReport)) {
    problems.push('The root is not that of TID 1500, Imaging Measurement Report.');
  }
  for (const concept of [
    CODE.language,
    CODE.observerType,
    CODE.deviceObserverUID,
    CODE.imageLibrary,
    CODE.imagingMeasurements,
    CODE.qualitativeEvaluations,
  ]) {
    const count = childrenNamed(root, concept).length;
    if (count !== 1) problems.push(`TID 1500 has one item "${concept.meaning}", the report has ${count}.`);
  }
  const evaluations = childrenNamed(root, CODE.qualitativeEvaluations).flatMap((item) => item.children);
  if (!evaluations.some((item) => isNamed(item, PRIVATE.intendedUse))) {
    problems.push('The report does not say what it is intended for.');
  }
  return problems;
}

function checkItem(item: ReadItem, inSpace: boolean): string[] {
  const { valueType, dataSet, place } = item;
  const problems = CODE_SEQUENCES.flatMap((tag) => codeFaults(dataSet, tag, place));
  if (item.name === undefined && valueType !== 'IMAGE')
    problems.push(`Item ${place}: ${valueType} has no concept name.`);
  if (valueType === 'CODE' && readCode(dataSet, Tag.ConceptCodeSequence) === undefined) {
    problems.push(`Item ${place}: CODE has no code.`);
  }
  if (valueType === 'TEXT' && dataSet.string(Tag.TextValue) === undefined)
    problems.push(`Item ${place}: TEXT is empty.`);
  if (valueType === 'UIDREF' && dataSet.string(Tag.UID) === undefined) problems.push(`Item ${place}: UIDREF is empty.`);
  if (valueType === 'NUM') problems.push(...numFaults(dataSet, place));
  if (valueType === 'IMAGE' && dataSet.sequence(Tag.ReferencedSOPSequence).length !== 1) {
    problems.push(`Item ${place}: IMAGE refers to no image, or to several.`);
  }
  if (valueType === 'SCOORD') problems.push(...graphicFaults(item, 2));
  if (valueType === 'SCOORD3D') {
    problems.push(...graphicFaults(item, 3));
    if (!inSpace) problems.push(`Item ${place}: only Comprehensive 3D SR may hold SCOORD3D.`);
    if (dataSet.string(Tag.ReferencedFrameOfReferenceUID) === undefined) {
      problems.push(`Item ${place}: SCOORD3D has no frame of reference.`);
    }
  }
  return problems;
}

function codeFaults(dataSet: DataSet, tag: number, place: string): string[] {
  return (tag === Tag.MeasurementUnitsCodeSequence ? dataSet.sequence(Tag.MeasuredValueSequence) : [dataSet]).flatMap(
    (holder) => {
      const code = readCode(holder, tag);
      if (code === undefined) return [];
      if (code.value === '' || code.scheme === '' || code.meaning === '')
        return [`Item ${place}: a code is incomplete.`];
      if (code.scheme !== '99ENDPLATE' || OURS.get(code.value) === code.meaning) return [];
      return [`Item ${place}: the code ${code.value} is not in our private scheme with this meaning.`];
    },
  );
}

function numFaults(dataSet: DataSet, place: string): string[] {
  const [measured] = dataSet.sequence(Tag.MeasuredValueSequence);
  if (!measured) return [`Item ${place}: NUM has no value.`];
  return [
    ...(measured.number(Tag.NumericValue) === undefined ? [`Item ${place}: NUM is no number.`] : []),
    ...(readCode(measured, Tag.MeasurementUnitsCodeSequence) === undefined ? [`Item ${place}: NUM has no unit.`] : []),
  ];
}

/** A closed line of at least three different points. */
function graphicFaults({ dataSet, place, valueType, children }: ReadItem, axes: 2 | 3): string[] {
  const data = dataSet.numbers(Tag.GraphicData);
  const problems: string[] = [];
  if (data.length % axes !== 0 || data.length < 4 * axes) {
    problems.push(`Item ${place}: ${valueType} is no closed line of three points or more.`);
  } else if (data.slice(0, axes).some((value, n) => value !== data[data.length - axes + n])) {
    problems.push(`Item ${place}: ${valueType} is not closed.`);
  }
  if (valueType === 'SCOORD' && children.filter((child) => child.valueType === 'IMAGE').length !== 1) {
    problems.push(`Item ${place}: SCOORD is selected from no image, or from several.`);
  }
  return problems;
}
