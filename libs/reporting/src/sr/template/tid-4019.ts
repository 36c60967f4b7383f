import { type StudyFindings } from '@endplate/findings';
import { CODE } from '../../code/concept';
import { type ContentItem, text } from '../content/content-item';
import { type Relationship } from '../content/relationship';

/** Program, network with its digest and thresholds that made the results. @standard PS3.16 TID 4019 */
export function algorithmIdentification(
  findings: Pick<StudyFindings, 'software' | 'model' | 'thresholdsVersion'>,
  relationship: Relationship,
): ContentItem[] {
  const { software, model } = findings;
  return [
    text(relationship, CODE.algorithmName, software.name),
    text(relationship, CODE.algorithmVersion, software.version),
    text(relationship, CODE.algorithmParameters, `model ${model.name} ${model.version} sha256 ${model.sha256}`),
    text(relationship, CODE.algorithmParameters, `thresholds ${findings.thresholdsVersion}`),
  ];
}
