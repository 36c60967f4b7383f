/** Rows and columns of a block. */
export const BLOCK = 8;

/** Place in the block, row by row, of each coefficient in zigzag order. @standard ISO/IEC 10918-1 Figure A.6 */
export const ZIGZAG: readonly number[] = zigzag();

/** `COSINES[x * 8 + u]`: C(u) / 2 cos((2x + 1) u pi / 16). @standard ISO/IEC 10918-1 A.3.3 */
const COSINES = Float64Array.from({ length: BLOCK * BLOCK }, (_, n) => {
  const [x, u] = [Math.floor(n / BLOCK), n % BLOCK];
  return ((u === 0 ? Math.SQRT1_2 : 1) / 2) * Math.cos(((2 * x + 1) * u * Math.PI) / 16);
});

const half = new Float64Array(BLOCK * BLOCK);

/** Inverse discrete cosine transform of a block of 8 x 8, row by row, in place. @standard ISO/IEC 10918-1 A.3.3 */
export function inverseDct(block: Float64Array): void {
  for (let v = 0; v < BLOCK; v++) transform(block, v * BLOCK, 1, half);
  for (let x = 0; x < BLOCK; x++) transform(half, x, BLOCK, block);
}

/** Eight values, so far from each other, from one array to the same places of another. */
function transform(from: Float64Array, start: number, step: number, to: Float64Array): void {
  for (let x = 0; x < BLOCK; x++) {
    let sum = 0;
    for (let u = 0; u < BLOCK; u++) {
      sum += (COSINES[x * BLOCK + u] as number) * (from[start + u * step] as number);
    }
    to[start + x * step] = sum;
  }
}

/** Diagonals, up and down in turn. */
function zigzag(): number[] {
  const order: number[] = [];
  for (let diagonal = 0; diagonal < 2 * BLOCK - 1; diagonal++) {
    const cells = Array.from({ length: BLOCK }, (_, row) => [row, diagonal - row] as const);
    const inside = cells.filter(([, column]) => column >= 0 && column < BLOCK);
    // Even diagonals run upwards.
    if (diagonal % 2 === 0) inside.reverse();
    order.push(...inside.map(([row, column]) => row * BLOCK + column));
  }
  return order;
}
