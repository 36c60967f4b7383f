import { createCanvas, type SKRSContext2D } from '@napi-rs/canvas';
import { type KeyOutlineKind, type KeySlice, type StudyFindings } from '@endplate/findings';
import { inSentence, reasonConcept } from '../code/reason-code';
import { drawPanel } from './draw-panel';
import { drawPicture } from './draw-picture';
import { type FontFamilies, fontFamilies, type FontSet } from './font-set';
import { type KeyImageLayout, layoutOf } from './layout';
import { INK, OUTLINE_STYLE } from './palette';

/** A key image: as PNG, and as `width * height * 3` bytes of red, green and blue, row-major. */
export interface DrawnKeyImage {
  readonly png: Buffer;
  readonly rgb: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Burned into every picture of ours. */
export const BURNED_IN_WARNING = 'Research use only. Not a diagnosis.';

/**
 * Draws a key slice for a dark reading room: the slice enlarged, outlines coloured by kind, findings beside the discs,
 * legend, scale bar and the intended use. Holds no patient data. The same input gives the same bytes.
 *
 * @throws FontUnusableError `REPORTING_FONT_UNUSABLE`
 */
export function drawKeyImage(slice: KeySlice, findings: StudyFindings, fonts: FontSet): DrawnKeyImage {
  const families = fontFamilies(fonts);
  const layout = layoutOf(slice);
  const canvas = createCanvas(layout.width, layout.height);
  const context = canvas.getContext('2d');
  context.fillStyle = INK.background;
  context.fillRect(0, 0, layout.width, layout.height);
  drawHeader(context, slice, findings, layout, families);
  drawPicture(context, slice, layout, families);
  drawPanel(context, slice, findings, layout, families);
  drawFooter(context, slice, findings, layout, families);
  const { data } = context.getImageData(0, 0, layout.width, layout.height);
  return { png: canvas.toBuffer('image/png'), rgb: withoutAlpha(data), width: layout.width, height: layout.height };
}

function drawHeader(
  context: SKRSContext2D,
  slice: KeySlice,
  findings: StudyFindings,
  { header, picture }: KeyImageLayout,
  fonts: FontFamilies,
): void {
  context.textBaseline = 'alphabetic';
  context.textAlign = 'left';
  context.font = `20px "${fonts.bold}"`;
  context.fillStyle = INK.title;
  context.fillText('Endplate', header.x, 28);
  context.font = `14px "${fonts.regular}"`;
  context.fillStyle = INK.muted;
  context.fillText(slice.kind === 'overview' ? 'Overview' : 'Disc', header.x, 48);
  const room = header.x + header.width - picture.x;
  context.fillText(slice.caption, picture.x, 48, room);
  const withheld = findings.labelling?.reason;
  if (withheld === undefined) return;
  context.fillStyle = INK.text;
  context.fillText(`Level names withheld: ${inSentence(reasonConcept(withheld.code).meaning)}`, picture.x, 28, room);
}

function drawFooter(
  context: SKRSContext2D,
  slice: KeySlice,
  findings: StudyFindings,
  { footer, picture }: KeyImageLayout,
  fonts: FontFamilies,
): void {
  context.textBaseline = 'alphabetic';
  context.textAlign = 'left';
  context.font = `14px "${fonts.bold}"`;
  context.fillStyle = INK.warning;
  context.fillText(BURNED_IN_WARNING, footer.x, footer.y + 30);
  context.font = `12px "${fonts.regular}"`;
  context.fillStyle = INK.muted;
  const { software, model } = findings;
  context.fillText(
    `${software.name} ${software.version}, ${model.name} ${model.version}`,
    footer.x,
    footer.y + 52,
    picture.x - footer.x - 12,
  );
  drawLegend(context, slice, picture.x, footer, fonts);
}

/** The kinds that the picture shows, wrapped into two lines. */
function drawLegend(
  context: SKRSContext2D,
  slice: KeySlice,
  left: number,
  footer: KeyImageLayout['footer'],
  fonts: FontFamilies,
): void {
  const shown = new Set(slice.outlines.map((outline) => outline.kind));
  context.font = `13px "${fonts.regular}"`;
  let [x, y] = [left, footer.y + 30];
  for (const kind of Object.keys(OUTLINE_STYLE) as KeyOutlineKind[]) {
    if (!shown.has(kind)) continue;
    const style = OUTLINE_STYLE[kind];
    const width = context.measureText(style.legend).width;
    if (x > left && x + 22 + width > footer.x + footer.width) [x, y] = [left, y + 22];
    context.fillStyle = style.fill ?? 'transparent';
    context.strokeStyle = style.stroke;
    context.lineWidth = 1.5;
    context.fillRect(x, y - 10, 14, 11);
    context.strokeRect(x + 0.5, y - 9.5, 13, 10);
    context.fillStyle = INK.text;
    context.fillText(style.legend, x + 21, y);
    x += 21 + width + 20;
  }
}

function withoutAlpha(rgba: Uint8ClampedArray): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    rgb[to] = rgba[from]!;
    rgb[to + 1] = rgba[from + 1]!;
    rgb[to + 2] = rgba[from + 2]!;
  }
  return rgb;
}
