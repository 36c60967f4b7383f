import { createCanvas, type SKRSContext2D } from '@napi-rs/canvas';
import { type KeyOutlineKind, type KeySlice, type StudyFindings } from '@endplate/findings';
import { type ReportLanguage } from '../text/language';
import { type ReportText, reportText } from '../text/report-text';
import { drawPanel } from './draw-panel';
import { drawPicture } from './draw-picture';
import { fitFont } from './fit-font';
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

/**
 * Draws a key slice for a dark reading room: the slice enlarged, outlines coloured by kind, findings beside the discs,
 * legend, scale bar and the intended use, in the language asked for. Holds no patient data. The same input gives the same bytes.
 *
 * @throws FontUnusableError `REPORTING_FONT_UNUSABLE`
 */
export function drawKeyImage(
  slice: KeySlice,
  findings: StudyFindings,
  fonts: FontSet,
  language?: ReportLanguage,
): DrawnKeyImage {
  const words = reportText(language);
  const families = fontFamilies(fonts);
  const layout = layoutOf(slice);
  const canvas = createCanvas(layout.width, layout.height);
  const context = canvas.getContext('2d');
  context.fillStyle = INK.background;
  context.fillRect(0, 0, layout.width, layout.height);
  drawHeader(context, slice, findings, layout, families, words);
  drawPicture(context, slice, layout, families);
  drawPanel(context, slice, findings, layout, families, words);
  drawFooter(context, slice, findings, layout, families, words);
  const { data } = context.getImageData(0, 0, layout.width, layout.height);
  return { png: canvas.toBuffer('image/png'), rgb: withoutAlpha(data), width: layout.width, height: layout.height };
}

function drawHeader(
  context: SKRSContext2D,
  slice: KeySlice,
  findings: StudyFindings,
  { header, picture }: KeyImageLayout,
  fonts: FontFamilies,
  words: ReportText,
): void {
  context.textBaseline = 'alphabetic';
  context.textAlign = 'left';
  context.font = `20px ${fonts.bold}`;
  context.fillStyle = INK.title;
  context.fillText('Endplate', header.x, 28);
  context.font = `14px ${fonts.regular}`;
  context.fillStyle = INK.muted;
  const what = words.say(slice.kind === 'overview' ? 'picture.overview' : 'picture.disc');
  context.fillText(what, header.x, 48);
  const right = header.x + header.width;
  const room = right - picture.x;
  const caption = words.sentence(slice.caption);
  const { width } = context.measureText(caption);
  // Over a narrow picture it begins further to the left rather than being set smaller.
  const free = right - header.x - context.measureText(what).width - 24;
  fitFont(context, caption, 14, fonts.regular, free);
  context.fillText(caption, Math.min(picture.x, right - Math.min(width, free)), 48);
  const withheld = findings.labelling?.reason;
  if (withheld === undefined) return;
  context.fillStyle = INK.text;
  const unnamed = words.say('picture.levelsWithheld', { reason: words.reason(withheld.code) });
  fitFont(context, unnamed, 14, fonts.regular, room);
  context.fillText(unnamed, picture.x, 28);
}

function drawFooter(
  context: SKRSContext2D,
  slice: KeySlice,
  findings: StudyFindings,
  { footer, picture }: KeyImageLayout,
  fonts: FontFamilies,
  words: ReportText,
): void {
  context.textBaseline = 'alphabetic';
  context.textAlign = 'left';
  const room = picture.x - footer.x - 12;
  const warning = words.say('use.burnedIn');
  fitFont(context, warning, 14, fonts.bold, room);
  context.fillStyle = INK.warning;
  context.fillText(warning, footer.x, footer.y + 30);
  context.fillStyle = INK.muted;
  const { software, model } = findings;
  const program = `${software.name} ${software.version}, ${model.name} ${model.version}`;
  fitFont(context, program, 12, fonts.regular, room);
  context.fillText(program, footer.x, footer.y + 52);
  drawLegend(context, slice, picture.x, footer, fonts, words);
}

/** The kinds that the picture shows, wrapped into two lines. */
function drawLegend(
  context: SKRSContext2D,
  slice: KeySlice,
  left: number,
  footer: KeyImageLayout['footer'],
  fonts: FontFamilies,
  words: ReportText,
): void {
  const shown = new Set(slice.outlines.map((outline) => outline.kind));
  context.font = `13px ${fonts.regular}`;
  let [x, y] = [left, footer.y + 30];
  for (const kind of Object.keys(OUTLINE_STYLE) as KeyOutlineKind[]) {
    // A sacrum is drawn as the vertebral bodies are.
    if (!shown.has(kind) || (kind === 'sacrum' && shown.has('vertebral-body'))) continue;
    const style = OUTLINE_STYLE[kind];
    const legend = words.phrase(`legend.${kind}`);
    const width = context.measureText(legend).width;
    if (x > left && x + 22 + width > footer.x + footer.width) [x, y] = [left, y + 22];
    context.fillStyle = style.fill ?? 'transparent';
    context.strokeStyle = style.stroke;
    context.lineWidth = 1.5;
    context.fillRect(x, y - 10, 14, 11);
    context.strokeRect(x + 0.5, y - 9.5, 13, 10);
    context.fillStyle = INK.text;
    context.fillText(legend, x + 21, y);
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
