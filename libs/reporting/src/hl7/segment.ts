/** A component, or several; a field may repeat. */
export type Component = string | number | undefined;
/** A field: one component, its components, or repetitions of those. */
export type Field = Component | readonly Component[] | { readonly repeat: readonly (readonly Component[])[] };

const ESCAPES: Readonly<Record<string, string>> = {
  '|': '\\F\\',
  '^': '\\S\\',
  '&': '\\T\\',
  '~': '\\R\\',
  '\\': '\\E\\',
};

/** Text with its delimiters escaped; line ends become `\.br\`, other control characters blanks. @standard HL7 v2.5.1 2.7 */
export function escapeText(text: string): string {
  return text
    .replace(/[|^&~\\]/g, (delimiter) => ESCAPES[delimiter]!)
    .replace(/\r\n|\r|\n/g, '\\.br\\')
    .replace(/[\u0000-\u001f\u007f]/g, ' ');
}

/** A segment without its end: `OBX|1|NM|…`; empty fields at the end are left out. @standard HL7 v2.5.1 2.5 */
export function segment(name: string, fields: readonly Field[]): string {
  return [name, ...fields.map(encode)].join('|').replace(/\|+$/, '');
}

function encode(field: Field): string {
  if (field === undefined) return '';
  if (typeof field === 'string' || typeof field === 'number') return escapeText(String(field));
  if ('repeat' in field) return field.repeat.map(components).join('~');
  return components(field);
}

function components(list: readonly Component[]): string {
  return list
    .map((one) => (one === undefined ? '' : escapeText(String(one))))
    .join('^')
    .replace(/\^+$/, '');
}
