import { type KeySlice } from '@endplate/findings';

/** A rectangle in pixels of the key image. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where everything is on a key image, in its pixels. */
export interface KeyImageLayout {
  readonly width: number;
  readonly height: number;
  /** The slice, enlarged. */
  readonly picture: Box;
  /** Findings beside it. */
  readonly panel: Box;
  readonly header: Box;
  readonly footer: Box;
  /** Pixels of the key image per pixel of the slice. */
  readonly scale: number;
}

const MARGIN = 20;
const HEADER = 62;
const FOOTER = 74;
const PANEL = 318;
/** Between panel and picture: room for the leader lines. */
const GUTTER = 40;
const MAX_PICTURE = { width: 880, height: 920 } as const;
const MIN_PICTURE_HEIGHT = 420;
const MAX_SCALE = 6;

/** Enlarges the slice to a size that is read at 1:1, and puts header, panel and footer around it. */
export function layoutOf(slice: Pick<KeySlice, 'width' | 'height'>): KeyImageLayout {
  const scale = Math.min(MAX_SCALE, MAX_PICTURE.width / slice.width, MAX_PICTURE.height / slice.height);
  const picture = {
    x: MARGIN + PANEL + GUTTER,
    y: HEADER,
    width: Math.max(1, Math.round(slice.width * scale)),
    height: Math.max(1, Math.round(slice.height * scale)),
  };
  const body = Math.max(picture.height, MIN_PICTURE_HEIGHT);
  const width = picture.x + Math.max(picture.width, 300) + MARGIN;
  return {
    width,
    height: HEADER + body + FOOTER,
    picture,
    panel: { x: MARGIN, y: HEADER, width: PANEL, height: body },
    header: { x: MARGIN, y: 0, width: width - 2 * MARGIN, height: HEADER },
    footer: { x: MARGIN, y: HEADER + body, width: width - 2 * MARGIN, height: FOOTER },
    scale,
  };
}
