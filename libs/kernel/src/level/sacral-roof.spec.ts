import { CLASS } from '../segment/spine-class';
import { closeSacralRoof } from './sacral-roof';

const [COLUMNS, ROWS] = [12, 40];
const [DISC, SACRUM] = [1, 2];

/** One slice: a disc of rows 4 to 9 over a sacrum that begins `gap` rows below it; columns 2 to 9. */
function drawn(gap: number): { labels: Uint8Array; tissue: Uint8Array } {
  const labels = new Uint8Array(COLUMNS * ROWS);
  const tissue = new Uint8Array(labels.length).fill(CLASS.background);
  const paint = (from: number, to: number, label: number, kind: number): void => {
    for (let row = from; row <= to; row++) {
      labels.fill(label, row * COLUMNS + 2, row * COLUMNS + 10);
      tissue.fill(kind, row * COLUMNS + 2, row * COLUMNS + 10);
    }
  };
  paint(4, 9, DISC, CLASS.disc);
  paint(10 + gap, 30, SACRUM, CLASS.body);
  return { labels, tissue };
}

function close(picture: ReturnType<typeof drawn>): void {
  closeSacralRoof({
    ...picture,
    grid: { dims: [COLUMNS, ROWS, 1], spacingMm: [1, 1, 4], affine: [] },
    disc: DISC,
    sacrum: SACRUM,
    caudal: [0, 1],
  });
}

/** First row of the sacrum in a column. */
function roof(labels: Uint8Array, column: number): number {
  return Array.from({ length: ROWS }, (_, row) => row).find((row) => labels[row * COLUMNS + column] === SACRUM)!;
}

describe('closeSacralRoof', () => {
  it.each([
    [1, 11],
    [2, 12],
    [3, 13],
    [5, 12],
    [7, 12],
    [11, 21],
  ])('a sacrum that begins %i mm below the disc begins in row %i', (gap, first) => {
    const picture = drawn(gap);
    close(picture);
    for (let column = 2; column < 10; column++) expect(roof(picture.labels, column)).toBe(first);
  });

  it('follows a disc that lies aslant', () => {
    const picture = drawn(5);
    closeSacralRoof({
      ...picture,
      grid: { dims: [COLUMNS, ROWS, 1], spacingMm: [1, 1, 4], affine: [] },
      disc: DISC,
      sacrum: SACRUM,
      caudal: [0.6, 0.8],
    });
    expect(roof(picture.labels, 6)).toBe(11);
    expect(picture.labels.filter((label) => label === DISC)).toHaveLength(48);
  });

  it('leaves a canal between both, and what belongs to another structure', () => {
    const picture = drawn(5);
    picture.tissue.fill(CLASS.canal, 11 * COLUMNS + 2, 11 * COLUMNS + 6);
    picture.labels.fill(3, 11 * COLUMNS + 6, 11 * COLUMNS + 10);
    const before = picture.labels.slice();
    close(picture);
    expect(picture.labels).toEqual(before);
  });

  it('keeps within the slice', () => {
    const picture = drawn(ROWS);
    const before = picture.labels.slice();
    close(picture);
    expect(picture.labels).toEqual(before);
  });
});
