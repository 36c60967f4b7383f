import { type CodedConcept } from '../../code/coded-concept';
import { CODE } from '../../code/concept';
import { UNIT } from '../../code/unit';
import { code, type ContentItem, num } from '../content/content-item';

/** What a measurement needs besides concept, value and unit. */
export interface MeasurementDetail {
  /** How the number was drawn from the voxels, for example mean. */
  readonly derivation?: CodedConcept;
  /** Which part of the site was measured. */
  readonly part?: CodedConcept;
  /** How it was measured. */
  readonly method?: CodedConcept;
}

/** One measurement. @standard PS3.16 TID 300, PS3.16 TID 1419 */
export function measurement(
  name: CodedConcept,
  value: number,
  unit: CodedConcept,
  detail: MeasurementDetail = {},
): ContentItem {
  return num('CONTAINS', name, value, unit, [
    ...(detail.part ? [code('HAS CONCEPT MOD', CODE.topographicalModifier, detail.part)] : []),
    ...(detail.method ? [code('HAS CONCEPT MOD', CODE.measurementMethod, detail.method)] : []),
    ...(detail.derivation ? [code('HAS CONCEPT MOD', CODE.derivation, detail.derivation)] : []),
  ]);
}

/** One qualitative evaluation, with the kernel's confidence as certainty in per cent. @standard PS3.16 TID 1410 */
export function evaluation(name: CodedConcept, value: CodedConcept, confidence?: number): ContentItem {
  return code('CONTAINS', name, value, [
    ...(confidence === undefined
      ? []
      : [num('HAS PROPERTIES', CODE.certainty, Math.round(confidence * 100), UNIT.percent)]),
  ]);
}
