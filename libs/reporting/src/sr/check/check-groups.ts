import { SopClass, Tag } from '@endplate/dicom';
import { type CodedConcept } from '../../code/coded-concept';
import { CODE } from '../../code/concept';
import { childrenNamed, type ReadItem } from './read-content';

const GROUP_TEMPLATES = new Set(['1410', '1411', '1501']);

/** Whether every measurement group says what it is about, is tracked by a UID of its own, and has one graphic at most. */
export function checkGroups(root: ReadItem): string[] {
  const groups = childrenNamed(root, CODE.imagingMeasurements).flatMap((item) =>
    childrenNamed(item, CODE.measurementGroup),
  );
  const seen = new Set<string>();
  return groups.flatMap((group) => {
    const problems = checkGroup(group);
    const uid = childrenNamed(group, CODE.trackingUniqueIdentifier)[0]?.dataSet.string(Tag.UID);
    if (uid !== undefined && seen.has(uid)) {
      problems.push(`Group ${group.place}: the tracking UID ${uid} is that of another group.`);
    }
    if (uid !== undefined) seen.add(uid);
    return problems;
  });
}

function checkGroup(group: ReadItem): string[] {
  const problems: string[] = [];
  const once: readonly CodedConcept[] = [
    CODE.trackingIdentifier,
    CODE.trackingUniqueIdentifier,
    CODE.finding,
    CODE.findingSite,
  ];
  for (const concept of once) {
    const count = childrenNamed(group, concept).length;
    if (count !== 1) problems.push(`Group ${group.place} has ${count} items "${concept.meaning}" and needs one.`);
  }
  const template = group.dataSet.sequence(Tag.ContentTemplateSequence)[0]?.string(Tag.TemplateIdentifier) ?? '';
  if (!GROUP_TEMPLATES.has(template)) problems.push(`Group ${group.place} follows no template for groups.`);
  const graphics = group.children.filter(({ valueType }) => valueType === 'SCOORD' || valueType === 'SCOORD3D');
  if (graphics.length > 1) problems.push(`Group ${group.place} has ${graphics.length} graphics; viewers take up one.`);
  const segments = childrenNamed(group, CODE.referencedSegment);
  if (graphics.length + segments.length === 0 && (template === '1410' || template === '1411')) {
    problems.push(`Group ${group.place} has no graphic, and TID ${template} needs one, or a segment.`);
  }
  return [...problems, ...segmentFaults(group, segments, graphics.length)];
}

/** @standard PS3.16 TID 1411 */
function segmentFaults(group: ReadItem, segments: readonly ReadItem[], graphics: number): string[] {
  if (segments.length === 0) return [];
  const problems: string[] = [];
  if (segments.length > 1) problems.push(`Group ${group.place} refers to ${segments.length} segments.`);
  if (graphics > 0) problems.push(`Group ${group.place} has a graphic and a segment; TID 1411 takes one of them.`);
  if (childrenNamed(group, CODE.sourceSeriesForSegmentation).length !== 1) {
    problems.push(`Group ${group.place} does not say which series its segment was drawn on.`);
  }
  for (const { place, dataSet } of segments) {
    const [reference] = dataSet.sequence(Tag.ReferencedSOPSequence);
    if (reference?.string(Tag.ReferencedSOPClassUID) !== SopClass.SegmentationStorage) {
      problems.push(`Item ${place} refers to no segmentation.`);
    }
    if ((reference?.number(Tag.ReferencedSegmentNumber) ?? 0) < 1) {
      problems.push(`Item ${place} does not say which segment it means.`);
    }
  }
  return problems;
}
