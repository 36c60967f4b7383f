import { Tag } from '@endplate/dicom';
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
  if (graphics.length === 0 && (template === '1410' || template === '1411')) {
    problems.push(`Group ${group.place} has no graphic, and TID ${template} needs one.`);
  }
  return problems;
}
