/** Schemes that we code in; `99ENDPLATE` is ours, documented in docs/sr-template.md. @standard PS3.16 8 */
export type CodingScheme = 'DCM' | 'SCT' | 'LN' | 'UCUM' | 'RFC5646' | 'UMLS' | 'NCIt' | '99ENDPLATE';

/** A coded entry: value (at most 16 characters), scheme designator, meaning (at most 64). @standard PS3.3 8.8 */
export interface CodedConcept {
  readonly value: string;
  readonly scheme: CodingScheme;
  readonly meaning: string;
}

/** Makes codes of one scheme. */
export function inScheme(scheme: CodingScheme): (value: string, meaning: string) => CodedConcept {
  return (value, meaning) => ({ value, scheme, meaning });
}
