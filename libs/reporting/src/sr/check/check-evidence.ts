import { type DataSet, Tag } from '@endplate/dicom';

/** Whether the evidence lists every image that the content refers to, and the predecessor is another report. */
export function checkEvidence(dataSet: DataSet): string[] {
  const listed = new Map<string, string>();
  const problems: string[] = [];
  for (const { sopClassUID, sopInstanceUID } of hierarchy(dataSet, Tag.CurrentRequestedProcedureEvidenceSequence)) {
    if (listed.has(sopInstanceUID)) problems.push(`The evidence lists the image ${sopInstanceUID} twice.`);
    listed.set(sopInstanceUID, sopClassUID);
  }
  if (listed.size === 0) problems.push('The evidence lists no image.');
  for (const { sopClassUID, sopInstanceUID } of contentReferences(dataSet)) {
    const known = listed.get(sopInstanceUID);
    if (known === undefined)
      problems.push(`The content refers to the image ${sopInstanceUID}, which the evidence lacks.`);
    else if (known !== sopClassUID) problems.push(`The image ${sopInstanceUID} has another SOP class in the evidence.`);
  }
  const own = dataSet.string(Tag.SOPInstanceUID);
  if (hierarchy(dataSet, Tag.PredecessorDocumentsSequence).some(({ sopInstanceUID }) => sopInstanceUID === own)) {
    problems.push('The report names itself as its predecessor.');
  }
  return [...new Set(problems)];
}

interface Reference {
  readonly sopClassUID: string;
  readonly sopInstanceUID: string;
}

function hierarchy(dataSet: DataSet, tag: number): Reference[] {
  return dataSet
    .sequence(tag)
    .flatMap((study) => study.sequence(Tag.ReferencedSeriesSequence))
    .flatMap((series) => series.sequence(Tag.ReferencedSOPSequence))
    .map(reference);
}

function contentReferences(dataSet: DataSet): Reference[] {
  const found: Reference[] = [];
  const open = [...dataSet.sequence(Tag.ContentSequence)];
  for (let item = open.pop(); item; item = open.pop()) {
    open.push(...item.sequence(Tag.ContentSequence));
    found.push(...item.sequence(Tag.ReferencedSOPSequence).map(reference));
  }
  return found;
}

function reference(item: DataSet): Reference {
  return {
    sopClassUID: item.string(Tag.ReferencedSOPClassUID) ?? '',
    sopInstanceUID: item.string(Tag.ReferencedSOPInstanceUID) ?? '',
  };
}
