/** An application entity title that follows PS3.5 6.2: 1 to 16 printable characters, no backslash, no outer spaces. */
export type AETitle = string & { readonly __brand: 'AETitle' };

const AE_TITLE = /^(?! )[\x20-\x5b\x5d-\x7e]{1,16}(?<! )$/;

/** Whether a text is an AE title. @standard PS3.5 6.2 */
export function isAETitle(text: string): text is AETitle {
  return AE_TITLE.test(text);
}
