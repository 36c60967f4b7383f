import { createHash } from 'node:crypto';
import { GlobalFonts } from '@napi-rs/canvas';
import { FontUnusableError } from '../errors';

/** One font, or several of which each draws what the ones before it have no glyph for. */
export type FontBytes = Uint8Array | readonly Uint8Array[];

/** The bytes of the fonts to draw with: TrueType, OpenType or WOFF, read by the caller. */
export interface FontSet {
  readonly regular: FontBytes;
  readonly bold: FontBytes;
}

/** Names under which the drawing library knows a font set: lists of quoted families, as CSS has them. */
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
  const families = { regular: registerAll(fonts.regular), bold: registerAll(fonts.bold) };
  known.set(fonts, families);
  return families;
}

function registerAll(fonts: FontBytes): string {
  const list = fonts instanceof Uint8Array ? [fonts] : fonts;
  return list.map((bytes) => `"${register(bytes)}"`).join(', ');
}

function register(bytes: Uint8Array): string {
  const name = `Endplate ${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}`;
  if (registered.has(name)) return name;
  if (GlobalFonts.register(Buffer.from(bytes), name) === null) throw new FontUnusableError(name);
  registered.add(name);
  return name;
}
