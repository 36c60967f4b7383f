import { type CodedConcept, inScheme } from './coded-concept';

const ucum = inScheme('UCUM');

/** Units of measurement, UCUM. @standard PS3.16 CID 7181, PS3.16 CID 7183 */
export const UNIT = {
  mm: ucum('mm', 'mm'),
  mm2: ucum('mm2', 'square millimeter'),
  mm3: ucum('mm3', 'cubic millimeter'),
  hounsfield: ucum("[hnsf'U]", 'Hounsfield unit'),
  percent: ucum('%', 'Percent'),
  degree: ucum('deg', 'Degree'),
  ratio: ucum('1', 'no units'),
} as const satisfies Record<string, CodedConcept>;
