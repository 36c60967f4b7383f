import { type DataSet, formatTag, Tag } from '@endplate/dicom';
import { type ObjectProof } from '@endplate/studies';

/** What a comparison of two data sets gave. */
export interface Comparison {
  readonly proof: Exclude<ObjectProof, 'listed'>;
  /** Elements that differ, are missing or were added, as `(gggg,eeee)`, with the place of an item in its sequence. */
  readonly changed: readonly string[];
}

/** Named at most; a PACS that changes more has changed the object. */
const MAX_NAMED = 64;
const DATA_SET_TRAILING_PADDING = 0xfffcfffc;
/** VRs whose bytes are compared as they lie there; of the others the values are. @standard PS3.5 6.2 */
const OPAQUE_VRS: ReadonlySet<string> = new Set(['OB', 'OW', 'OL', 'OV', 'UN']);

/**
 * Compares what came back with what was sent, element by element. Lengths of groups and padding at the end say nothing
 * of the object, nor do padding blanks of texts.
 */
export function compareDataSets(sent: DataSet, back: DataSet): Comparison {
  const changed: string[] = [];
  walk(sent, back, '', changed);
  return { proof: changed.length === 0 ? 'equal' : 'changed', changed: changed.slice(0, MAX_NAMED) };
}

/** Both were parsed by our parser, which bounds the depth. */
function walk(sent: DataSet, back: DataSet, path: string, changed: string[]): void {
  const tags = [...new Set([...sent.tags, ...back.tags])].filter(saysSomething).sort((a, b) => a - b);
  for (const tag of tags) {
    if (changed.length >= MAX_NAMED) return;
    const here = `${path}${formatTag(tag)}`;
    const items = [sent.sequence(tag), back.sequence(tag)] as const;
    if (sent.has(tag) !== back.has(tag) || items[0].length !== items[1].length) changed.push(here);
    else if (items[0].length > 0) {
      items[0].forEach((item, n) => walk(item, items[1][n]!, `${here}[${n + 1}].`, changed));
    } else if (!sameValue(sent, back, tag)) changed.push(here);
  }
}

function saysSomething(tag: Tag): boolean {
  return (tag & 0xffff) !== 0 && tag !== DATA_SET_TRAILING_PADDING;
}

function sameValue(sent: DataSet, back: DataSet, tag: Tag): boolean {
  if (tag === Tag.PixelData) return samePixels(sent, back);
  const [a, b] = [sent.bytes(tag) ?? Buffer.alloc(0), back.bytes(tag) ?? Buffer.alloc(0)];
  if (a.equals(b)) return true;
  const vr = sent.vr(tag) ?? 'UN';
  if (OPAQUE_VRS.has(vr)) return withoutPadding(a).equals(withoutPadding(b));
  return JSON.stringify(sent.strings(tag)) === JSON.stringify(back.strings(tag));
}

/** Compressed frames count as they lie there: another compression is another object to whoever reads it. */
function samePixels(sent: DataSet, back: DataSet): boolean {
  const [a, b] = [sent.pixelData(), back.pixelData()];
  if (a?.kind === 'native' && b?.kind === 'native') return a.bytes.equals(b.bytes);
  if (a?.kind !== 'encapsulated' || b?.kind !== 'encapsulated' || a.fragments.length !== b.fragments.length) {
    return false;
  }
  return a.fragments.every((fragment, n) => fragment.equals(b.fragments[n]!));
}

/** One NUL makes an odd length even. @standard PS3.5 7.1.1 */
function withoutPadding(bytes: Buffer): Buffer {
  return bytes.length > 0 && bytes.at(-1) === 0 ? bytes.subarray(0, -1) : bytes;
}
