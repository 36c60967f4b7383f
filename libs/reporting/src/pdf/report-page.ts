import { createCanvas, ImageData, PDFDocument, type SKRSContext2D } from '@napi-rs/canvas';
import { type KeySlice, type StudyFindings } from '@endplate/findings';
import { drawKeyImage } from '../capture/draw-key-image';
import { layoutOf } from '../capture/layout';
import { fitFont } from '../capture/fit-font';
import { type FontFamilies, fontFamilies, type FontSet } from '../capture/font-set';
import { type ReportLanguage } from '../text/language';
import { type ReportText, reportText } from '../text/report-text';
import { drawTable } from './draw-table';
import { fitText, wrapText } from './fit-text';
import { PAGE, PAPER } from './page';
import { findingRows } from './finding-rows';
import { curvatureSentences } from '../text/curvature';

/**
 * The findings on one page of A4: a table of the discs, the overview and the first positive discs, what the reader must
 * know, in the language asked for. Holds no patient data: the object that it travels in names the patient. The same input gives the same bytes.
 *
 * @returns a PDF
 * @throws FontUnusableError `REPORTING_FONT_UNUSABLE`
 */
export function renderReportPage(
  findings: StudyFindings,
  slices: readonly KeySlice[],
  fonts: FontSet,
  language?: ReportLanguage,
): Buffer {
  const words = reportText(language);
  const families = fontFamilies(fonts);
  const document = new PDFDocument({ title: words.say('object.title'), creator: 'Endplate', compressionLevel: 6 });
  const context = document.beginPage(PAGE.width, PAGE.height) as SKRSContext2D;
  context.fillStyle = PAPER.background;
  context.fillRect(0, 0, PAGE.width, PAGE.height);
  context.textBaseline = 'alphabetic';
  let y = drawHead(context, findings, families, words);
  const modality = findings.series.some((series) => series.used && series.modality === 'CT') ? 'CT' : 'MR';
  y = drawTable(context, findingRows(findings, modality, words), modality, y, families, words);
  y = drawRemarks(context, findings, y + 14, families, words);
  drawPictures(context, findings, slices, fonts, y + 8, words);
  drawFoot(context, findings, families, words);
  document.endPage();
  return document.close();
}

function drawHead(context: SKRSContext2D, findings: StudyFindings, fonts: FontFamilies, words: ReportText): number {
  const { left, right } = PAGE;
  context.fillStyle = PAPER.text;
  context.textAlign = 'left';
  context.font = `18px ${fonts.bold}`;
  const title = words.say('page.title');
  context.fillText(title, left, 50);
  const room = right - left - context.measureText(title).width - 16;
  context.textAlign = 'right';
  context.font = `9px ${fonts.regular}`;
  context.fillStyle = PAPER.muted;
  const time = findings.createdAt.slice(0, 16).replace('T', ' ');
  context.fillText(words.say('page.version', { version: findings.version, time }), right, 42);
  const notRead = words.say('object.notRead');
  fitFont(context, notRead, 9, fonts.regular, room);
  context.fillText(notRead, right, 54);
  context.textAlign = 'left';
  context.fillStyle = PAPER.warning;
  context.fillRect(left, 62, right - left, 20);
  context.fillStyle = PAPER.background;
  context.font = `10px ${fonts.bold}`;
  context.fillText(words.say('use.intended'), left + 8, 76);
  return 98;
}

/** Between pictures. */
const GAP = 8;
/** Under the crop of a disc. */
const CAPTION = 14;

/** What a reader must see beside the numbers: level names withheld, remarks. */
function drawRemarks(
  context: SKRSContext2D,
  findings: StudyFindings,
  top: number,
  fonts: FontFamilies,
  words: ReportText,
): number {
  const withheld = findings.labelling?.reason;
  const before = findings.predecessorVersion;
  const remarks = [
    ...(withheld
      ? [words.say('picture.levelsWithheld', { reason: words.reason(withheld.code) }) + words.say('join.stop')]
      : []),
    ...(before === undefined ? [] : [words.say('page.replaces', { version: before })]),
    ...curvatureSentences(findings, words),
    ...findings.remarks.map((remark) => words.sentence(remark)),
  ];
  context.font = `8.5px ${fonts.regular}`;
  context.fillStyle = PAPER.text;
  let y = top;
  for (const line of remarks.flatMap((remark) => wrapText(context, remark, PAGE.right - PAGE.left)).slice(0, 10)) {
    context.fillText(line, PAGE.left, y);
    y += 11.5;
  }
  return y;
}

/** The overview on the left, up to two discs beside it, as large as the rest of the page lets them be. */
function drawPictures(
  context: SKRSContext2D,
  findings: StudyFindings,
  slices: readonly KeySlice[],
  fonts: FontSet,
  top: number,
  words: ReportText,
): void {
  const overview = slices.find(({ kind }) => kind === 'overview');
  const discs = slices.filter(({ kind }) => kind === 'disc').slice(0, 2);
  const room = { width: PAGE.right - PAGE.left, height: PAGE.bottom - top };
  if (room.height < 80) return;
  const share = discs.length > 0 ? 0.56 : 1;
  let x = PAGE.left;
  if (overview) {
    const { width } = drawOne(context, overview, findings, fonts, words, {
      x,
      y: top,
      width: room.width * share,
      height: room.height,
    });
    x += width + GAP;
  }
  let y = top;
  for (const slice of discs) {
    const height = (room.height - GAP * (discs.length - 1)) / discs.length - CAPTION;
    y += drawOne(context, slice, findings, fonts, words, { x, y, width: PAGE.right - x, height }).height + CAPTION;
    drawCaption(context, slice, findings, fonts, words, { x, y: y - 4 });
    y += GAP;
  }
}

/** The level under the crop of a disc; what was found stands in the table. */
function drawCaption(
  context: SKRSContext2D,
  slice: KeySlice,
  findings: StudyFindings,
  fonts: FontSet,
  words: ReportText,
  at: { readonly x: number; readonly y: number },
): void {
  const disc = findings.discs.find(({ id }) => id === slice.discId);
  if (!disc) return;
  context.textAlign = 'left';
  context.fillStyle = PAPER.text;
  context.font = `8.5px ${fontFamilies(fonts).bold}`;
  context.fillText(disc.level ?? words.say('short.disc', { ordinal: disc.ordinal }), at.x, at.y);
}

/**
 * The overview with its panel; of a disc the crop alone, for beside the overview its panel would be too small to read.
 * @returns the room that the picture took
 */
function drawOne(
  context: SKRSContext2D,
  slice: KeySlice,
  findings: StudyFindings,
  fonts: FontSet,
  words: ReportText,
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): { readonly width: number; readonly height: number } {
  const drawn = drawKeyImage(slice, findings, fonts, words.language);
  const { rgb } = drawn;
  const { x, y, width, height } = slice.kind === 'disc' ? layoutOf(slice).picture : { x: 0, y: 0, ...drawn };
  const rgba = new Uint8ClampedArray(drawn.width * drawn.height * 4).fill(255);
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) rgba.set(rgb.subarray(from, from + 3), to);
  const canvas = createCanvas(width, height);
  canvas.getContext('2d').putImageData(new ImageData(rgba, drawn.width, drawn.height), -x, -y);
  const scale = Math.min(box.width / width, box.height / height);
  context.drawImage(canvas, box.x, box.y, width * scale, height * scale);
  return { width: width * scale, height: height * scale };
}

function drawFoot(context: SKRSContext2D, findings: StudyFindings, fonts: FontFamilies, words: ReportText): void {
  const { software, model, thresholdsVersion } = findings;
  context.textAlign = 'left';
  context.font = `7.5px ${fonts.regular}`;
  context.fillStyle = PAPER.muted;
  const line = words.say('page.program', {
    software: `${software.name} ${software.version}`,
    model: `${model.name} ${model.version}`,
    sha256: model.sha256.slice(0, 16),
    thresholds: thresholdsVersion,
  });
  context.fillText(fitText(context, line, PAGE.right - PAGE.left), PAGE.left, PAGE.height - 34);
  context.fillText(
    fitText(context, words.say('page.study', { uid: findings.studyInstanceUID }), PAGE.right - PAGE.left),
    PAGE.left,
    PAGE.height - 23,
  );
}
