import { type SKRSContext2D } from '@napi-rs/canvas';
import { type KeyOutline, type KeySlice, type StudyFindings } from '@endplate/findings';
import { discLines, type DiscLine } from './disc-lines';
import { type FontFamilies } from './font-set';
import { type KeyImageLayout } from './layout';
import { INK, OUTLINE_STYLE } from './palette';
import { type ReportText } from '../text/report-text';
import { fitFont } from './fit-font';
import { placeBlocks } from './place-blocks';

interface DiscBlock {
  readonly title: string;
  readonly lines: readonly DiscLine[];
  readonly outline: KeyOutline;
  readonly height: number;
}

const TITLE = 17;
const LINE = 14;
const STEP = 19;
const GAP = 9;
const MIN_STEP = 13;

/** Findings beside the discs, each tied to its disc by a thin line; blocks never overlap. */
export function drawPanel(
  context: SKRSContext2D,
  slice: KeySlice,
  findings: StudyFindings,
  layout: KeyImageLayout,
  fonts: FontFamilies,
  words: ReportText,
): void {
  const { panel, picture, scale } = layout;
  const all = discBlocks(slice, findings, words);
  if (all.length === 0) return;
  const needed = all.reduce((sum, block) => sum + block.height + GAP, 0);
  // More discs than fit are set smaller, down to where it is still read at 1:1.
  const shrink = Math.max(MIN_STEP / STEP, Math.min(1, panel.height / needed));
  const wanted = all.map(({ outline, height }) => ({
    centre: picture.y + anteriorEdge(outline)[1] * scale,
    height: height * shrink,
  }));
  const tops = placeBlocks(wanted, panel.y + 4, panel.y + panel.height - 4, GAP * shrink);
  all.forEach((block, n) => {
    drawLeader(context, block, tops[n]!, layout, shrink);
    drawBlock(context, block, tops[n]!, layout, fonts, shrink);
  });
}

function discBlocks(slice: KeySlice, findings: StudyFindings, words: ReportText): DiscBlock[] {
  const modality = findings.series.find((s) => s.seriesInstanceUID === slice.seriesInstanceUID)?.modality ?? 'CT';
  return findings.discs.flatMap((disc): DiscBlock[] => {
    const outline = slice.outlines.find((o) => o.kind === 'disc' && o.findingId === disc.id);
    if (!outline || outline.points.length === 0) return [];
    const lines = discLines(findings, disc, modality, slice.kind === 'disc', words);
    return [
      {
        title: disc.level ?? words.say('short.disc', { ordinal: disc.ordinal }),
        lines,
        outline,
        height: STEP + 2 + lines.length * STEP,
      },
    ];
  });
}

function drawBlock(
  context: SKRSContext2D,
  block: DiscBlock,
  top: number,
  { panel }: KeyImageLayout,
  fonts: FontFamilies,
  shrink: number,
): void {
  const right = panel.x + panel.width;
  context.textAlign = 'right';
  context.textBaseline = 'alphabetic';
  fitFont(context, block.title, TITLE * shrink, fonts.bold, panel.width);
  context.fillStyle = INK.title;
  context.fillText(block.title, right, top + 15 * shrink);
  block.lines.forEach((line, n) => {
    context.fillStyle = inkOf(line);
    fitFont(context, line.text, LINE * shrink, fonts.regular, panel.width);
    context.fillText(line.text, right, top + (STEP + 15 + n * STEP) * shrink);
  });
}

function drawLeader(
  context: SKRSContext2D,
  block: DiscBlock,
  top: number,
  { panel, picture, scale }: KeyImageLayout,
  shrink: number,
): void {
  const [x, y] = anteriorEdge(block.outline);
  const from = { x: panel.x + panel.width + 8, y: top + 9 * shrink };
  const to = { x: picture.x + x * scale, y: picture.y + y * scale };
  context.strokeStyle = INK.leader;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.lineTo(from.x + 14, from.y);
  context.lineTo(picture.x - 4, to.y);
  context.lineTo(to.x - 3, to.y);
  context.stroke();
  context.fillStyle = INK.leader;
  context.beginPath();
  context.arc(to.x, to.y, 2.5, 0, 2 * Math.PI);
  context.fill();
}

function inkOf(line: DiscLine): string {
  if (line.kind !== undefined) return OUTLINE_STYLE[line.kind].stroke;
  return line.tone === 'muted' ? INK.muted : INK.text;
}

/** The foremost point of an outline: columns go from anterior to posterior. */
function anteriorEdge({ points }: KeyOutline): readonly [number, number] {
  return points.reduce((best, point) => (point[0] < best[0] ? point : best));
}
