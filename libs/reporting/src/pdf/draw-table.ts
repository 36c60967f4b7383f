import { type SKRSContext2D } from '@napi-rs/canvas';
import { fitFont } from '../capture/fit-font';
import { type FontFamilies } from '../capture/font-set';
import { type ReportText } from '../text/report-text';
import { type FindingRow } from './finding-rows';
import { fitText } from './fit-text';
import { PAGE, PAPER } from './page';

interface Column {
  readonly x: number;
  readonly width: number;
  readonly title: string;
  readonly text: (row: FindingRow) => string;
}

const ROW = 15;
const MIN_SIZE = 4.5;
/** More discs than this are set closer, so that the pictures keep their half of the page. */
const TABLE_HEIGHT = 250;

/**
 * Draws the table of the discs.
 * @returns y below it
 */
export function drawTable(
  context: SKRSContext2D,
  rows: readonly FindingRow[],
  modality: 'CT' | 'MR',
  top: number,
  fonts: FontFamilies,
  words: ReportText,
): number {
  const step = Math.min(ROW, TABLE_HEIGHT / Math.max(1, rows.length));
  const columns = columnsFor(modality, words);
  context.textAlign = 'left';
  context.fillStyle = PAPER.muted;
  for (const { x, width, title } of columns) {
    fitFont(context, title, 8, fonts.bold, width);
    context.fillText(title, x, top + 8);
  }
  rule(context, top + 13);
  let y = top + 13;
  for (const row of rows) {
    if (row.positive) {
      context.fillStyle = PAPER.positive;
      context.fillRect(PAGE.left, y, PAGE.right - PAGE.left, step);
    }
    const size = Math.min(9, step * 0.62);
    context.fillStyle = PAPER.text;
    columns.forEach(({ x, width, text }, n) => {
      const family = n === 0 || (n === 1 && row.positive) ? fonts.bold : fonts.regular;
      cell(context, text(row), { x, y: y + step * 0.7, width, size, family });
    });
    y += step;
    rule(context, y);
  }
  return y;
}

function columnsFor(modality: 'CT' | 'MR', words: ReportText): readonly Column[] {
  const ct = modality === 'CT';
  return [
    { x: PAGE.left + 4, width: 72, title: words.say('page.disc'), text: ({ level }) => level },
    {
      x: PAGE.left + 82,
      width: 178,
      title: words.say(ct ? 'page.calcification' : 'page.modic'),
      text: ({ finding }) => finding,
    },
    {
      x: PAGE.left + 266,
      width: 152,
      title: words.say(ct ? 'page.volume' : 'page.signal'),
      text: ({ detail }) => detail,
    },
    {
      x: PAGE.left + 424,
      width: 89,
      title: words.say('page.heights'),
      text: ({ heights }) => heights,
    },
  ];
}

/** Long words are set smaller before they are cut: a finding that stands there in part misleads. */
function cell(
  context: SKRSContext2D,
  text: string,
  place: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly size: number;
    readonly family: string;
  },
): void {
  context.font = `${place.size}px ${place.family}`;
  const needed = context.measureText(text).width;
  const size = Math.max(MIN_SIZE, Math.min(place.size, (place.size * place.width) / Math.max(needed, 1)));
  context.font = `${size}px ${place.family}`;
  context.fillText(fitText(context, text, place.width), place.x, place.y);
}

function rule(context: SKRSContext2D, y: number): void {
  context.strokeStyle = PAPER.rule;
  context.lineWidth = 0.5;
  context.beginPath();
  context.moveTo(PAGE.left, y);
  context.lineTo(PAGE.right, y);
  context.stroke();
}
