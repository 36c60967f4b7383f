import { type SKRSContext2D } from '@napi-rs/canvas';

/**
 * Sets the font at this size, or at the smaller one at which the text fits: words are never squeezed nor cut.
 *
 * @param size - wanted, px
 * @param family - of a font set
 * @param room - width for the text, px
 */
export function fitFont(context: SKRSContext2D, text: string, size: number, family: string, room: number): void {
  context.font = `${size}px ${family}`;
  const { width } = context.measureText(text);
  if (width > room) context.font = `${(size * room) / width}px ${family}`;
}
