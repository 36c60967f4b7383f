import { Tag as TAG_BY_KEYWORD } from './generated/tag';
import { TAGS_BY_VR } from './generated/vr';

/** Data element tags by keyword, as group * 65536 + element. @standard PS3.6 6 */
export const Tag = TAG_BY_KEYWORD;
/** A data element tag as group * 65536 + element. @standard PS3.5 7.1 */
export type Tag = number;

/** Value representations, and the dictionary's "depends on context": `ox`, `xs`, `lt`, `up`. @standard PS3.5 6.2 */
export type Vr = string;

let vrByTag: Map<number, Vr> | undefined;

function dictionary(): Map<number, Vr> {
  if (vrByTag === undefined) {
    vrByTag = new Map();
    for (const [vr, tags] of Object.entries(TAGS_BY_VR)) {
      for (const hex of tags.split(' ')) vrByTag.set(parseInt(hex, 16), vr);
    }
  }
  return vrByTag;
}

/** The tag of a keyword of the data dictionary, `undefined` for a word that is none. */
export function tagOfKeyword(keyword: string): Tag | undefined {
  return Object.hasOwn(Tag, keyword) ? Tag[keyword as keyof typeof Tag] : undefined;
}

/**
 * The VR of a tag in the data dictionary; `UN` where it is not known, `UL` for group lengths, `LO` for private creators.
 *
 * @standard PS3.6 6
 */
export function dictionaryVr(tag: Tag): Vr {
  const group = tag >>> 16;
  const element = tag & 0xffff;
  if (element === 0) return 'UL';
  if (group & 1) return element >= 0x10 && element <= 0xff ? 'LO' : 'UN';
  const vr = dictionary().get(tag);
  if (vr !== undefined) return vr;
  const high = group & 0xff00;
  // Repeating groups: curves 50xx, overlays 60xx (PS3.5 7.6).
  if (high === 0x5000 || high === 0x6000) return dictionary().get(((high << 16) | element) >>> 0) ?? 'UN';
  return 'UN';
}

/** `(gggg,eeee)`, for messages. */
export function formatTag(tag: Tag): string {
  const hex = tag.toString(16).padStart(8, '0').toUpperCase();
  return `(${hex.slice(0, 4)},${hex.slice(4)})`;
}
