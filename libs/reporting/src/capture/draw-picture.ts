import { createCanvas, ImageData, type SKRSContext2D } from '@napi-rs/canvas';
import { type KeyOutline, type KeySlice } from '@endplate/findings';
import { type FontFamilies } from './font-set';
import { type KeyImageLayout } from './layout';
import { INK, OUTLINE_STYLE } from './palette';
import { smoothOutline } from './smooth-outline';

/** Outlines follow pixels of about a millimetre: that much is not anatomy. */
const SMOOTH_MM = 0.9;

/** The slice, its outlines, the names of the vertebrae, directions and a scale bar. */
export function drawPicture(
  context: SKRSContext2D,
  slice: KeySlice,
  layout: KeyImageLayout,
  fonts: FontFamilies,
): void {
  const { picture, scale } = layout;
  context.save();
  context.beginPath();
  context.rect(picture.x, picture.y, picture.width, picture.height);
  context.clip();
  drawGrey(context, slice, layout);
  context.translate(picture.x, picture.y);
  for (const kind of Object.keys(OUTLINE_STYLE)) {
    for (const outline of slice.outlines)
      if (outline.kind === kind) drawOutline(context, outline, scale, slice.spacingMm);
  }
  drawVertebraNames(context, slice, scale, fonts);
  drawDirections(context, layout, fonts);
  drawScaleBar(context, slice, layout, fonts);
  context.restore();
}

/** Text with a dark rim, so that it reads on bright marrow as well as on black. */
export function haloText(context: SKRSContext2D, text: string, x: number, y: number, ink: string): void {
  context.lineJoin = 'round';
  context.lineWidth = 3.5;
  context.strokeStyle = INK.halo;
  context.strokeText(text, x, y);
  context.fillStyle = ink;
  context.fillText(text, x, y);
}

function drawGrey(context: SKRSContext2D, slice: KeySlice, { picture }: KeyImageLayout): void {
  const rgba = new Uint8ClampedArray(slice.width * slice.height * 4);
  for (let n = 0; n < slice.grey.length; n++) {
    const grey = slice.grey[n]!;
    rgba.set([grey, grey, grey, 255], 4 * n);
  }
  const small = createCanvas(slice.width, slice.height);
  small.getContext('2d').putImageData(new ImageData(rgba, slice.width, slice.height), 0, 0);
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = 'high';
  context.drawImage(small, picture.x, picture.y, picture.width, picture.height);
}

function drawOutline(context: SKRSContext2D, outline: KeyOutline, scale: number, spacingMm: number): void {
  const style = OUTLINE_STYLE[outline.kind];
  const points = smoothOutline(outline.points, SMOOTH_MM / spacingMm);
  if (points.length < 3) return;
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x * scale, y * scale);
  context.closePath();
  if (style.fill !== undefined) {
    context.fillStyle = style.fill;
    context.fill();
  }
  context.lineJoin = 'round';
  context.lineWidth = style.width;
  context.strokeStyle = style.stroke;
  context.stroke();
}

function drawVertebraNames(context: SKRSContext2D, slice: KeySlice, scale: number, fonts: FontFamilies): void {
  if (slice.kind !== 'overview') return;
  context.font = `14px ${fonts.bold}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (const { kind, label, points } of slice.outlines) {
    if ((kind !== 'vertebral-body' && kind !== 'sacrum') || label === undefined) continue;
    const [x, y] = centroid(points);
    haloText(context, label, x * scale, y * scale, INK.label);
  }
}

/** Sagittal: columns go from anterior to posterior, rows from head to feet. */
function drawDirections(context: SKRSContext2D, { picture }: KeyImageLayout, fonts: FontFamilies): void {
  context.font = `15px ${fonts.bold}`;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  haloText(context, 'A', 10, picture.height / 2, INK.text);
  context.textAlign = 'right';
  haloText(context, 'P', picture.width - 10, picture.height / 2, INK.text);
  context.textAlign = 'center';
  haloText(context, 'H', picture.width / 2, 16, INK.text);
  haloText(context, 'F', picture.width / 2, picture.height - 16, INK.text);
}

function drawScaleBar(
  context: SKRSContext2D,
  slice: KeySlice,
  { picture, scale }: KeyImageLayout,
  fonts: FontFamilies,
): void {
  const length = (10 / slice.spacingMm) * scale;
  const right = Math.round(picture.width - 18) + 0.5;
  const left = right - length;
  const y = Math.round(picture.height - 20) + 0.5;
  for (const [ink, width] of [
    [INK.halo, 4],
    [INK.label, 1.5],
  ] as const) {
    context.strokeStyle = ink;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(left, y - 5);
    context.lineTo(left, y);
    context.lineTo(right, y);
    context.lineTo(right, y - 5);
    context.stroke();
  }
  context.font = `13px ${fonts.regular}`;
  context.textAlign = 'center';
  context.textBaseline = 'alphabetic';
  haloText(context, '10 mm', (left + right) / 2, y - 9, INK.label);
}

/** Centroid of the area, which for a C-shaped outline is nearer to its middle than the mean of its corners. */
function centroid(points: KeyOutline['points']): [number, number] {
  let [area, x, y] = [0, 0, 0];
  points.forEach(([ax, ay], n) => {
    const [bx, by] = points[(n + 1) % points.length]!;
    const cross = ax * by - bx * ay;
    area += cross;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  });
  if (area === 0) return [points[0]![0], points[0]![1]];
  return [x / (3 * area), y / (3 * area)];
}
