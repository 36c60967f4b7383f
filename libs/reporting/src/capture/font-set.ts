import { createHash } from 'node:crypto';
import { GlobalFonts } from '@napi-rs/canvas';
import { FontUnusableError } from '../errors';

/** The bytes of the fonts to draw with: TrueType or OpenType, read by the caller. */
export interface FontSet {
  readonly regular: Uint8Array;
  readonly bold: Uint8Array;
}

/** Names under which the drawing library knows a font set. */
export interface FontFamilies {
  readonly regular: string;
  readonly bold: string;
}

const known = new WeakMap<FontSet, FontFamilies>();
const registered = new Set<string>();

/**
 * Makes a font set known to the drawing library, once per content.
 *
 * @throws {@link FontUnusableError} `REPORTING_FONT_UNUSABLE`
 */
export function fontFamilies(fonts: FontSet): FontFamilies {
  const before = known.get(fonts);
  if (before) return before;
  const families = { regular: register(fonts.regular), bold: register(fonts.bold) };
  known.set(fonts, families);
  return families;
}

function register(bytes: Uint8Array): string {
  const name = `Endplate ${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}`;
  if (registered.has(name)) return name;
  if (GlobalFonts.register(Buffer.from(bytes), name) === null) throw new FontUnusableError(name);
  registered.add(name);
  return name;
}
