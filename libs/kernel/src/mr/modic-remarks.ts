import { type Assessment, type Modic } from '@endplate/findings';

/** What a report says of all endplates together: what type 1 may also be, and that a focal lesion was seen. */
export function modicRemarks(assessments: readonly Assessment<Modic>[]): string[] {
  const values = assessments.flatMap((assessment) => (assessment.status === 'assessed' ? [assessment.value] : []));
  const remarks: string[] = [];
  if (values.some(({ type, mixedOf }) => type === '1' || mixedOf?.includes('1'))) {
    remarks.push('Type 1 changes: infection and tumour not excluded.');
  }
  if (values.some(({ focalLesion }) => focalLesion)) {
    remarks.push('A focal marrow lesion was seen, which is not Modic change.');
  }
  return remarks;
}
